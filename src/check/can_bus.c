/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A CAN bus in trouble: the controller's state, error frames, frames that this host did not take in
 * time. A motor that is missing on it is motor-status's.
 */
#include <stdio.h>

#include "check/check.h"

enum { P_ERRORS, P_LOST };

static const struct check_param params[] = {
	{"errors", "frames/s", 5, 0, 1e6, "error frames that are a warning"},
	{"lost", "frames", 1, 0, 1e9, "frames that were not taken in time: a note"},
	{0},
};

struct one {
	bool heard;
	double at_s;
	int64_t corrupt, overruns;
};

struct memory {
	struct one bus[RUN_BUSES];
	bool any;
	unsigned subject;
	double rate;
};

static void judge_state(struct check *c, unsigned subject, const struct bus *b)
{
	const char *word = bus_state_word((enum bus_state)b->state);
	struct finding f = {LEVEL_FAIL, subject, (double)b->tx_errors, 128, "errors"};

	if (b->state == BUS_OFF || b->state == BUS_GONE) {
		f.threshold = 256;
		check_find(c, &f, "%s is %s: no motor hears a command any more", b->name, word);
	} else if (b->state == BUS_PASSIVE || b->state == BUS_WARNING) {
		f.level = LEVEL_WARN;
		f.threshold = b->state == BUS_PASSIVE ? 128 : 96;
		check_find(c, &f, "%s is error %s: cable, termination or bit rate", b->name, word);
	}
}

static void bus(struct check *c, unsigned subject, const struct bus *b)
{
	struct memory *m = c->memory;
	struct one *k = &m->bus[subject - SUBJECT_BUS];
	struct finding f = {LEVEL_WARN, subject, 0, c->param[P_ERRORS], "frames/s"};
	double dt_s = c->now_s - k->at_s;

	if (!b->can)
		return;
	judge_state(c, subject, b);
	if (k->heard && dt_s > 0)
		f.value = (double)(b->corrupt - k->corrupt) / (dt_s < 1 ? 1 : dt_s);
	if (f.value >= f.threshold)
		check_find(c, &f, "%s: %.0f error frames a second", b->name, f.value);
	m->rate = !m->any || subject == m->subject || f.value > m->rate ? f.value : m->rate;
	m->any = true;
	m->subject = subject;
	f = (struct finding){LEVEL_NOTE, subject, (double)(b->overruns - k->overruns),
			     c->param[P_LOST], "frames"};
	if (f.value >= f.threshold)
		check_find(c, &f, "%s: %.0f frames were not taken in time", b->name, f.value);
	*k = (struct one){true, c->now_s, b->corrupt, b->overruns};
}

static void show(const struct check *c, struct check_status *out)
{
	const struct memory *m = c->memory;

	if (!m->any) {
		snprintf(out->why, sizeof(out->why), "not applicable: no CAN bus is seen");
		out->absent = true;
		return;
	}
	check_reading(c, out, m->subject, m->rate, c->param[P_ERRORS], "frames/s");
	snprintf(out->why, sizeof(out->why), "%.1f error frames a second", m->rate);
}

const struct check_class check_can_bus = {
	.name = "can-bus",
	.summary = "error frames, a controller in trouble, lost frames",
	.needs = NEED_BUS,
	.params = params,
	.memory_size = sizeof(struct memory),
	.bus = bus,
	.show = show,
};
