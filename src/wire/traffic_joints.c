/* SPDX-License-Identifier: Apache-2.0 */
/* Joints out of the parts of messages, and a reply with actions as events. */
#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/text.h"
#include "wire/traffic_impl.h"

void traffic_tell_hello(struct traffic *p, int64_t t_ns)
{
	struct event ev = {.kind = EVENT_HELLO, .hello = &p->hello};

	p->told = !p->again;
	traffic_emit(p, &ev, t_ns);
}

static bool is_named(const struct traffic *p, const char *name, size_t len)
{
	for (unsigned i = 0; i < p->names; i++) {
		if (strlen(p->name[i]) == len && memcmp(p->name[i], name, len) == 0)
			return true;
	}
	return false;
}

int traffic_name(struct traffic *p, const char *list, struct err *e)
{
	p->name = xcalloc(MAX_JOINTS, sizeof(*p->name));
	for (const char *at = list;; at++) {
		size_t len = strcspn(at, ",");
		char clean[NAME_BYTES];

		if (p->names == MAX_JOINTS)
			return err_set(e, EINVAL, "joints: more than %d names", MAX_JOINTS);
		text_clean(clean, sizeof(clean), at, len);
		if (!clean[0] || is_named(p, clean, strlen(clean)))
			return err_set(e, EINVAL, "joints: name %u is %s", p->names + 1,
				       clean[0] ? "there already" : "empty");
		text_copy(p->name[p->names++], NAME_BYTES, clean);
		at += len;
		if (!*at)
			return 0;
	}
}

/* Whether the user's names are those of a reply's actions. */
static bool named_by_user(struct traffic *p, int64_t t_ns)
{
	unsigned dims = p->reply.action.dims;

	if (p->names == dims || !p->names)
		return p->names;
	if (!p->misnamed)
		traffic_note(p, t_ns, "joints= names %u joints, the actions have %u values",
			     p->names, dims);
	p->misnamed = true;
	return false;
}

/* One more joint of a list; false: there is no room. */
static bool add_joint(struct traffic *p, struct hello *h, const char *before, const char *part,
		      unsigned index)
{
	char name[3 * NAME_BYTES];

	if (h->joints == MAX_JOINTS)
		return false;
	snprintf(name, sizeof(name), "%s%s%s.%u", p->prefix, before, part, index);
	text_copy(h->joint[h->joints].name, NAME_BYTES, name);
	h->joint[h->joints++].unit = UNIT_UNKNOWN;
	return true;
}

static void name_actions(struct traffic *p, struct hello *h)
{
	char name[2 * NAME_BYTES];

	for (unsigned i = 0; i < h->joints; i++) {
		snprintf(name, sizeof(name), "%s%s", p->prefix, p->name[i]);
		text_copy(h->joint[i].name, NAME_BYTES, name);
	}
}

/* The first joint of the action's part that a part of the state belongs to, or -1. */
static int joint_of_part(const struct traffic *p, unsigned state)
{
	const struct traffic_parts *s = &p->request.state, *a = &p->reply.action;
	unsigned at = 0;

	for (unsigned i = 0; i < a->n; at += a->part[i++].dims) {
		if (a->part[i].dims == s->part[state].dims &&
		    (!p->protocol->named || strcmp(a->part[i].name, s->part[state].name) == 0))
			return (int)at;
	}
	return -1;
}

/* The joints of a reply and its request; p->seen, too. */
static void find_joints(struct traffic *p, struct hello *h, int64_t t_ns)
{
	const struct traffic_parts *s = &p->request.state, *a = &p->reply.action;
	unsigned at = 0;

	h->joints = 0;
	for (unsigned i = 0; i < a->n; i++) {
		for (unsigned k = 0; k < a->part[i].dims; k++)
			add_joint(p, h, "", a->part[i].name, k);
	}
	p->dims = h->joints;
	if (named_by_user(p, t_ns))
		name_actions(p, h);
	for (unsigned i = 0; i < s->n; i++) {
		int same = joint_of_part(p, i);

		for (unsigned k = 0; k < s->part[i].dims; k++, at++) {
			unsigned own = h->joints;

			if (same >= 0)
				p->seen[at] = (uint16_t)((unsigned)same + k);
			else if (add_joint(p, h, p->protocol->named ? "state." : "",
					   s->part[i].name, k))
				p->seen[at] = (uint16_t)own;
			else
				p->seen[at] = MAX_JOINTS;
		}
	}
}

static bool same_joints(const struct hello *a, const struct hello *b, unsigned n)
{
	for (unsigned i = 0; i < n; i++) {
		if (strcmp(a->joint[i].name, b->joint[i].name) != 0)
			return false;
	}
	return true;
}

/* Tells a hello when the joints are others than told; a request without a state adds none. */
static void update_joints(struct traffic *p, int64_t t_ns)
{
	struct hello *h = xcalloc(1, sizeof(*h));
	unsigned had = p->hello.joints, dims = p->dims;
	bool same;

	*h = p->hello;
	find_joints(p, h, t_ns);
	same = p->dims == dims && h->joints <= had && same_joints(h, &p->hello, h->joints) &&
	       (h->joints == had || !p->request.state.n);
	if (!same) {
		p->hello = *h;
		traffic_tell_hello(p, t_ns);
	}
	free(h);
}

/* The parts' columns side by side. */
static void join_columns(struct traffic *p)
{
	struct traffic_reply *r = &p->reply;
	const double *from = r->column;
	unsigned at = 0;

	if (r->columns > r->row_room) {
		r->row_room = r->columns;
		r->row = xrealloc(r->row, r->row_room, sizeof(double));
	}
	for (unsigned i = 0; i < r->action.n; i++) {
		unsigned dims = r->action.part[i].dims;

		for (unsigned h = 0; h < r->horizon; h++, from += dims)
			memcpy(r->row + (size_t)h * r->action.dims + at, from,
			       dims * sizeof(double));
		at += dims;
	}
}

static void tell_chunk(struct traffic *p, int64_t t_ns)
{
	struct chunk c = {.number = CHUNK_UNKNOWN,
			  .seq = SEQ_UNKNOWN,
			  .request_ns = p->request_ns,
			  .reply_ns = t_ns,
			  .latency_s = (double)NAN,
			  .horizon = p->reply.horizon,
			  .dims = p->reply.action.dims,
			  .actions = p->reply.row,
			  .prompt_known = p->request.prompt_known};
	struct event ev = {.kind = EVENT_CHUNK, .chunk = &c};

	if (p->request_ns != TIME_UNKNOWN)
		c.latency_s = (double)(t_ns - p->request_ns) / 1e9;
	text_copy(c.prompt, sizeof(c.prompt), p->request.prompt);
	traffic_emit(p, &ev, t_ns);
}

static void tell_step(struct traffic *p, int64_t t_ns)
{
	struct event ev = {.kind = EVENT_STEP, .step = &p->step};

	step_init(&p->step, p->hello.joints);
	p->step.seq = SEQ_UNKNOWN;
	p->step.t_ns = t_ns;
	p->step.src_ns = TIME_UNKNOWN;
	p->step.driver = DRIVER_POLICY;
	p->step.chunk = CHUNK_UNKNOWN;
	p->step.position = 0;
	for (unsigned i = 0; i < p->dims; i++)
		vec_set(&p->step.vec[VEC_ASKED], i, p->reply.row[i]);
	for (unsigned i = 0; i < p->request.state.dims; i++) {
		if (p->seen[i] < MAX_JOINTS)
			vec_set(&p->step.vec[VEC_SEEN], p->seen[i], p->request.value[i]);
	}
	traffic_emit(p, &ev, t_ns);
}

void traffic_act(struct traffic *p, int64_t t_ns)
{
	/* The episode first: a hello in none is taken as another connection. */
	traffic_episode_begin(p, "first reply", true, t_ns);
	update_joints(p, t_ns);
	join_columns(p);
	traffic_exchange(p, EXCHANGE_ANSWERED, t_ns, p->reply.bytes, NULL, true);
	tell_chunk(p, t_ns);
	tell_step(p, t_ns);
	p->asked += !p->asked; /* its request passed unseen */
	p->acted_ns = t_ns;
	p->executable = p->reply.horizon;
}
