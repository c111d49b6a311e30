/* SPDX-License-Identifier: Apache-2.0 */
#include "sim/fault.h"

#include <errno.h>
#include <string.h>

#include "base/text.h"

enum { ROOM_TICKS = 35, DEFAULT_AT_S = 4 };

void fault_init(struct fault *f, const struct sim_cfg *cfg)
{
	memset(f, 0, sizeof(*f));
	f->row = cfg->fault;
	f->strength = cfg->strength;
	f->at_ns = (int64_t)(cfg->fault_at_s * (double)NS_PER_S);
	f->rng = rng_seed(cfg->seed ^ 0x6661756c74u);
	f->first_seq = SEQ_UNKNOWN;
}

void fault_park(struct fault *f, int64_t t_ns, double pose[SO101_JOINTS])
{
	if (!f->row)
		return;
	if (f->row->acts->every_episode) {
		f->begun = false;
		f->wait = 0;
		f->hold = 0;
	}
	if (t_ns >= f->at_ns && f->row->acts->at_start) {
		f->begun = true;
		if (f->row->acts->park)
			f->row->acts->park(f, pose);
	}
}

bool fault_begin(struct fault *f, int64_t t_ns, const struct plan *plan, double tick)
{
	if (!f->row || f->begun || f->row->acts->at_start || t_ns < f->at_ns)
		return false;
	if (plan->ticks - tick < ROOM_TICKS)
		return false;
	if (f->row->acts->ready && !f->row->acts->ready(f, plan, tick))
		return false;
	f->begun = true;
	f->begun_ns = t_ns;
	return true;
}

void fault_touch(struct fault *f, int64_t seq)
{
	if (f->first_seq == SEQ_UNKNOWN)
		f->first_seq = seq;
}

static int unknown_fault(const char *name, struct err *e)
{
	const struct sim_fault *best = &sim_fault_table[0];

	for (const struct sim_fault *row = sim_fault_table; row->name; row++) {
		if (text_distance(name, row->name) < text_distance(name, best->name))
			best = row;
	}
	return err_set(e, EINVAL, "no fault is called '%s': did you mean '%s'?", name, best->name);
}

static int parse_number(const char *text, const char *what, double min, double max, double *out,
			struct err *e)
{
	if (!text_to_double(text, out) || *out < min || *out > max)
		return err_set(e, EINVAL, "%s of the fault is '%s', not a number from %g to %g",
			       what, text, min, max);
	return 0;
}

int sim_fault_parse(struct sim_cfg *cfg, const char *text, struct err *e)
{
	char word[128];
	char *colon, *at;
	int rc = 0;

	if (text_copy(word, sizeof(word), text) != strlen(text))
		return err_set(e, EINVAL, "'%s' is too long for a fault", text);
	colon = strchr(word, ':');
	if (colon)
		*colon++ = '\0';
	at = strchr(word, '@');
	if (at)
		*at++ = '\0';
	cfg->fault = sim_fault_find(word);
	if (!cfg->fault)
		return unknown_fault(word, e);
	cfg->fault_at_s = DEFAULT_AT_S;
	cfg->strength = cfg->fault->strength;
	if (at)
		rc = parse_number(at, "the second", 0, 1e6, &cfg->fault_at_s, e);
	if (rc == 0 && colon)
		rc = parse_number(colon, "the strength", cfg->fault->min, cfg->fault->max,
				  &cfg->strength, e);
	return rc;
}

const struct sim_fault *sim_fault_find(const char *name)
{
	for (const struct sim_fault *row = sim_fault_table; row->name; row++) {
		if (strcmp(row->name, name) == 0)
			return row;
	}
	return NULL;
}
