/* SPDX-License-Identifier: Apache-2.0 */
#include <errno.h>
#include <string.h>

#include "base/text.h"
#include "sim/bus_impl.h"

static const struct sim_bus_fault *nearest(const char *name)
{
	const struct sim_bus_fault *best = &sim_bus_fault_table[0];

	for (const struct sim_bus_fault *row = sim_bus_fault_table; row->name; row++) {
		if (text_distance(name, row->name) < text_distance(name, best->name))
			best = row;
	}
	return best;
}

/* Cuts text at mark; what is behind it, or NULL. */
static char *cut(char *text, char mark)
{
	char *at = strchr(text, mark);

	if (at)
		*at++ = '\0';
	return at;
}

static bool parse(const char *text, double min, double max, double *out)
{
	return !text || (text_to_double(text, out) && *out >= min && *out <= max);
}

static struct sim_fault_state *free_state(struct sim_bus *b)
{
	for (unsigned i = 0; i < SIM_FAULTS; i++) {
		if (!b->fault[i].row)
			return &b->fault[i];
	}
	return NULL;
}

int sim_bus_break(struct sim_bus *b, int64_t now_ns, const char *text, struct err *e)
{
	struct sim_fault_state *f = free_state(b), state = {0};
	char word[96], *times, *strength, *at, *id;
	double seconds = 0, motor = b->motor[b->cfg.motors > 2 ? 2 : 0].cfg.id, left = 1e15;

	if (text_copy(word, sizeof(word), text) != strlen(text))
		return err_set(e, EINVAL, "'%s' is too long for a fault", text);
	if (!f)
		return err_set(e, ENOSPC, "%d faults are set already: clear them", SIM_FAULTS);
	times = cut(word, '*');
	strength = cut(word, ':');
	at = cut(word, '@');
	id = cut(word, '/');
	state.row = nearest(word);
	if (strcmp(state.row->name, word) != 0)
		return err_set(e, EINVAL, "no fault of a bus is called '%s': did you mean '%s'?",
			       word, state.row->name);
	state.strength = state.row->strength;
	if (!parse(times, 1, 1e15, &left) || !parse(at, 0, 1e6, &seconds) ||
	    !parse(strength, state.row->min, state.row->max, &state.strength) ||
	    !parse(id, 0, 253, &motor))
		return err_set(e, EINVAL,
			       "'%s' is no fault: NAME/ID@SECONDS:STRENGTH*TIMES, strength %g to "
			       "%g %s",
			       text, state.row->min, state.row->max, state.row->unit);
	state.motor = sim_bus_find(b, (unsigned)motor);
	if (!state.motor)
		return err_set(e, EINVAL, "'%s': no motor has the id %g", text, motor);
	state.left = (uint64_t)left;
	state.at_ns = now_ns + (int64_t)(seconds * (double)NS_PER_S);
	*f = state;
	sim_faults_run(b);
	return 0;
}

void sim_bus_mend(struct sim_bus *b)
{
	for (unsigned i = 0; i < SIM_FAULTS; i++) {
		struct sim_fault_state *f = &b->fault[i];

		if (f->row && f->begun && f->row->acts->end)
			f->row->acts->end(b, f);
		*f = (struct sim_fault_state){0};
	}
}

void sim_faults_run(struct sim_bus *b)
{
	for (unsigned i = 0; i < SIM_FAULTS; i++) {
		struct sim_fault_state *f = &b->fault[i];

		if (!f->row || f->begun || b->now_ns < f->at_ns)
			continue;
		f->begun = true;
		if (f->row->acts->begin)
			f->row->acts->begin(b, f);
		for (unsigned k = 0; k < b->cfg.motors; k++)
			b->class->publish(&b->motor[k]);
	}
}

void sim_faults_reply(struct sim_bus *b, struct sim_motor *m, struct sim_chunk *c)
{
	for (unsigned i = 0; i < SIM_FAULTS; i++) {
		struct sim_fault_state *f = &b->fault[i];

		if (!f->row || !f->begun || f->motor != m || !f->left || !f->row->acts->reply)
			continue;
		f->count++;
		if (f->row->acts->reply(b, f, c))
			f->left--;
	}
}
