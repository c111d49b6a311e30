/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Every value of every source at its own time, beside the ticks: what a tick samples of a source
 * that is faster than it, or has another phase, is not all that the source said.
 */
#include "engine/merge_internal.h"

static void add(struct merge *m, const struct input *in, unsigned *n, const struct sample_value *v)
{
	struct sample_value *to = &m->values[*n];

	if (v->joint >= in->hello->joints || in->map[v->joint] >= MAX_JOINTS || v->vector >= VEC_N)
		return;
	*to = *v;
	to->unit = (uint8_t)in->hello->joint[v->joint].unit;
	to->joint = in->map[v->joint];
	++*n;
}

static void tell(struct merge *m, const struct event *ev, unsigned n)
{
	struct sample sample = {.n = n, .v = m->values};
	struct event out = *ev;

	out.kind = EVENT_SAMPLE;
	out.sample = &sample;
	if (n)
		m->host.out(m->host.host, &out);
}

void merge_sample(struct merge *m, const struct event *ev)
{
	const struct input *in = &m->input[ev->source];
	unsigned n = 0;

	if (!m->host.samples || !in->hello || merge_catching_up(m, ev->source))
		return;
	for (unsigned i = 0; i < ev->sample->n && n < MERGE_VALUES; i++)
		add(m, in, &n, &ev->sample->v[i]);
	tell(m, ev, n);
}

void merge_sample_step(struct merge *m, const struct event *ev)
{
	const struct input *in = &m->input[ev->source];
	const struct step *s = ev->step;
	unsigned n = 0;

	if (!m->host.samples || in->hello->samples)
		return;
	for (unsigned k = 0; k < VEC_N; k++) {
		for (unsigned j = 0; s->vec[k].present && j < s->joints; j++) {
			struct sample_value v = {.value = s->vec[k].v[j]};

			v.joint = (uint16_t)j;
			v.vector = (uint8_t)k;
			if (vec_known(&s->vec[k], j))
				add(m, in, &n, &v);
		}
	}
	tell(m, ev, n);
}
