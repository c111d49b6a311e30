/* SPDX-License-Identifier: Apache-2.0 */
/* Each value of each source at its own time, beside the ticks of one of them. */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "../tap.h"
#include "base/buf.h"
#include "base/text.h"
#include "engine/merge.h"

enum { MS = 1000000, ARMS = 4, JOINTS = 7 };

struct bench {
	struct merge *m;
	struct buf out;
	unsigned samples, values, steps;
	double next[ARMS * JOINTS]; /* of each column: the value that comes next */
	unsigned wrong;
};

static void show(struct bench *b, const struct event *ev)
{
	buf_printf(&b->out, "%lld of %u:", (long long)ev->t_ns, ev->source);
	for (unsigned i = 0; i < ev->sample->n; i++) {
		const struct sample_value *v = &ev->sample->v[i];

		buf_printf(&b->out, " %s%u=%g%s", vec_word((enum vec_kind)v->vector), v->joint,
			   v->value, unit_short((enum unit)v->unit));
	}
	buf_str(&b->out, "; ");
}

static void on_out(void *host, const struct event *ev)
{
	struct bench *b = host;

	b->steps += ev->kind == EVENT_STEP;
	if (ev->kind != EVENT_SAMPLE)
		return;
	b->samples++;
	b->values += ev->sample->n;
	for (unsigned i = 0; i < ev->sample->n; i++) {
		const struct sample_value *v = &ev->sample->v[i];

		if (v->joint < ARMS * JOINTS && v->value != b->next[v->joint]++)
			b->wrong++;
	}
	show(b, ev);
}

static void begin(struct bench *b, bool samples)
{
	static const struct resume_point fresh = {.last_seq = SEQ_UNKNOWN};
	struct merge_host host = {.host = b, .out = on_out, .samples = samples};

	*b = (struct bench){0};
	b->m = merge_new(&host, &fresh, 0);
}

static void end(struct bench *b)
{
	merge_free(b->m);
	buf_fini(&b->out);
}

/* Joints NAME0 … NAMEn-1. tells: it tells samples by itself. */
static void hello(struct bench *b, uint16_t source, const char *name, unsigned n, enum unit unit,
		  bool tells)
{
	struct hello h = {.facts = FACT_SENT | FACT_GOT, .joints = n, .samples = tells};
	struct event ev = {.kind = EVENT_HELLO, .src_ns = TIME_UNKNOWN, .source = source};

	for (unsigned j = 0; j < n; j++) {
		snprintf(h.joint[j].name, NAME_BYTES, "%s%u", name, j);
		h.joint[j].unit = unit;
	}
	ev.hello = &h;
	merge_feed(b->m, &ev);
}

static void sample(struct bench *b, uint16_t source, int64_t t_ns, unsigned joint, double value)
{
	struct sample_value v = {.value = value, .joint = (uint16_t)joint, .vector = VEC_GOT};
	struct sample s = {.n = 1, .v = &v};
	struct event ev = {.kind = EVENT_SAMPLE, .t_ns = t_ns, .src_ns = TIME_UNKNOWN};

	ev.source = source;
	ev.sample = &s;
	merge_feed(b->m, &ev);
}

static void step(struct bench *b, uint16_t source, int64_t t_ns, unsigned n, double sent)
{
	struct event ev = {.kind = EVENT_STEP, .t_ns = t_ns, .src_ns = TIME_UNKNOWN};
	struct step s;

	step_init(&s, n);
	s.seq = SEQ_UNKNOWN;
	s.t_ns = t_ns;
	for (unsigned j = 0; j < n; j++)
		vec_set(&s.vec[VEC_SENT], j, sent);
	ev.source = source;
	ev.step = &s;
	merge_feed(b->m, &ev);
}

static void columns(struct tap *t)
{
	struct bench b;

	begin(&b, true);
	sample(&b, 1, 1, 0, 9); /* before it said what its joints are */
	hello(&b, 0, "a", 2, UNIT_DEG, false);
	hello(&b, 1, "b", 2, UNIT_RAD, true);
	step(&b, 0, 2, 2, 5);
	sample(&b, 1, 3, 1, 7);
	sample(&b, 1, 3, 2, 8); /* a joint that it does not have */
	step(&b, 1, 4, 2, 6);	/* tells its values by itself */
	if (!ok(t,
		strcmp(buf_text(&b.out), "2 of 0: sent0=5deg sent1=5deg; 3 of 1: got3=7rad; ") == 0,
		"in the columns of the run, in the units of their source"))
		printf("# %s\n", buf_text(&b.out));
	end(&b);
	begin(&b, false);
	hello(&b, 0, "a", 2, UNIT_DEG, true);
	sample(&b, 0, 3, 1, 7);
	step(&b, 0, 4, 2, 6);
	ok(t, b.samples == 0 && b.steps == 1, "none where nobody wants them");
	end(&b);
}

/* Four arms at 250 Hz, each with its own phase and a rate that is not quite the others'. */
static void arms(struct tap *t)
{
	static const char *const names[ARMS] = {"a", "b", "c", "d"};
	static const int64_t period_ns[ARMS] = {4000000, 3998000, 4003000, 4000100};
	unsigned cycles = 0;
	int64_t due[ARMS] = {0, 1100000, 2050000, 3900000};
	struct bench b;

	begin(&b, true);
	for (uint16_t i = 0; i < ARMS; i++)
		hello(&b, i, names[i], JOINTS, UNIT_RAD, true);
	for (int64_t now = 0; now < 1000 * (int64_t)MS; now += MS / 10) {
		for (uint16_t i = 0; i < ARMS; i++) {
			double n = (double)(due[i] / period_ns[i]);

			if (due[i] > now)
				continue;
			for (unsigned j = 0; j < JOINTS; j++)
				sample(&b, i, due[i] + j * 100000, j, n);
			step(&b, i, due[i], JOINTS, n);
			due[i] += period_ns[i];
			cycles++;
		}
	}
	ok(t, b.steps < cycles / 3 && b.values == cycles * JOINTS && !b.wrong,
	   "%u cycles of four arms: %u ticks of the first, and %u values, none lost or twice",
	   cycles, b.steps, b.values);
	end(&b);
}

int main(void)
{
	struct tap t = {0};

	columns(&t);
	arms(&t);
	return tap_done(&t);
}
