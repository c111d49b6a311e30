/* SPDX-License-Identifier: Apache-2.0 */
/* What a message holds, leaf by leaf while it passes. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/text.h"
#include "wire/traffic_impl.h"

enum { RANGED = 1 << 16 /* elements of a tensor whose range is told */ };

static struct traffic_camera *find_camera(struct traffic *p, const char *name)
{
	for (unsigned i = 0; i < p->cameras; i++) {
		if (strcmp(p->camera[i].name, name) == 0)
			return &p->camera[i];
	}
	return NULL;
}

/* A picture of it is to be looked at: the first of an episode, or a second has passed. */
static bool camera_due(struct traffic *p, const char *name)
{
	const struct traffic_camera *c = find_camera(p, name);

	if (!p->in_episode || !c || c->last_ns == TIME_UNKNOWN)
		return true;
	return p->t_ns - c->last_ns >= NS_PER_S;
}

static size_t want_of_request(void *host, const char *path, uint32_t size)
{
	struct traffic *p = host;
	struct traffic_leaf leaf = {0};

	if (size <= TRAFFIC_SMALL)
		return size;
	p->protocol->role(&leaf, path, false);
	if (leaf.role != TRAFFIC_CAMERA && leaf.role != TRAFFIC_STATE &&
	    leaf.role != TRAFFIC_STATE_GUESS)
		return 0;
	return size <= TRAFFIC_IMAGE_MAX && camera_due(p, leaf.name) ? size : 0;
}

static size_t want_of_reply(void *host, const char *path, uint32_t size)
{
	(void)host;
	(void)path;
	return size <= TRAFFIC_REPLY_ARRAY ? size : 0;
}

static void add_tensor(struct traffic *p, bool reply, const char *name, const struct ndarray *a,
		       bool picture)
{
	unsigned at = p->requested + (reply ? p->replied : 0);
	struct tensor *t = &p->tensor[at];

	if (at >= (reply ? TENSORS_MAX : TRAFFIC_REQUESTED))
		return;
	*t = (struct tensor){.reply = reply};
	t->min = t->max = t->mean = (double)NAN;
	text_copy(t->name, sizeof(t->name), name);
	text_copy(t->dtype, sizeof(t->dtype), a->dtype);
	t->dims = (uint8_t)(a->dims < 4 ? a->dims : 4);
	for (unsigned i = 0; i < t->dims; i++)
		t->shape[i] = a->shape[i] < UINT32_MAX ? (uint32_t)a->shape[i] : UINT32_MAX;
	if (!picture && a->count <= RANGED)
		ndarray_range(a, &t->min, &t->max, &t->mean);
	if (reply)
		p->replied++;
	else
		p->requested++;
}

static void take_picture(struct traffic *p, const char *name, const struct ndarray *a)
{
	struct traffic_camera *c = find_camera(p, name);
	struct traffic_shot *s;

	if (!a->data || !camera_due(p, name) || p->shots == TRAFFIC_CAMERAS)
		return;
	if (!c && p->cameras == TRAFFIC_CAMERAS)
		return;
	if (!c) {
		c = &p->camera[p->cameras++];
		text_copy(c->name, sizeof(c->name), name);
		c->last_ns = TIME_UNKNOWN;
	}
	if (!p->shot)
		p->shot = xcalloc(TRAFFIC_CAMERAS, sizeof(*p->shot));
	s = &p->shot[p->shots];
	frame_init(&s->frame);
	text_copy(s->frame.camera, sizeof(s->frame.camera), name);
	p->shots += picture_facts(&s->frame, s->thumb, a);
}

/* The last row of an array: of a history the newest. Returns its first element. */
static uint64_t last_row(const struct ndarray *a, unsigned *dims)
{
	uint64_t d = a->dims ? a->shape[a->dims - 1] : 1, rows = 1;

	*dims = d <= MAX_JOINTS ? (unsigned)d : MAX_JOINTS + 1;
	if (a->dims >= 2)
		rows = a->shape[a->dims - 2];
	return (rows - 1) * d; /* of the first batch, where there are several */
}

/* Makes room for dims more joints of a part; false: there is none. */
static bool add_part(struct traffic_parts *s, const char *name, unsigned dims)
{
	unsigned last = s->n ? s->n - 1 : 0;

	if (!dims || s->dims + dims > MAX_JOINTS)
		return false;
	if (s->n && strcmp(s->part[last].name, name) == 0) {
		s->part[last].dims += dims;
	} else if (s->n < TRAFFIC_PARTS) {
		text_copy(s->part[s->n].name, sizeof(s->part[0].name), name);
		s->part[s->n++].dims = dims;
	} else {
		return false;
	}
	s->dims += dims;
	return true;
}

static void take_state(struct traffic *p, const struct traffic_leaf *leaf, const struct ndarray *a)
{
	struct traffic_request *r = &p->request;
	unsigned dims, at;
	uint64_t from;

	if (!ndarray_numbers(a) || a->kind == 'b' || !a->count || a->dims > 3)
		return;
	if (leaf->role == TRAFFIC_STATE && !r->exact) {
		r->exact = true;
		r->state.n = r->state.dims = 0; /* guesses before it */
	} else if (leaf->role == TRAFFIC_STATE_GUESS && r->exact) {
		return;
	}
	from = last_row(a, &dims);
	at = r->state.dims;
	if (!add_part(&r->state, leaf->part, dims))
		return;
	for (unsigned i = 0; i < dims; i++)
		r->value[at + i] = ndarray_at(a, from + i);
}

/* How an array makes actions: [horizon][dims], behind the first element of any batch. */
static bool action_shape(const struct ndarray *a, bool named, uint64_t *horizon, uint64_t *dims)
{
	unsigned d = a->dims;

	*horizon = *dims = 1;
	if (d == 1 && named)
		*horizon = a->shape[0]; /* a part of one joint */
	else if (d == 1)
		*dims = a->shape[0];
	if (d >= 2) {
		*horizon = a->shape[d - 2];
		*dims = a->shape[d - 1];
	}
	return a->count && d <= 4 && *horizon <= TRAFFIC_HORIZON_MAX && *dims <= MAX_JOINTS;
}

static void take_action(struct traffic *p, const struct traffic_leaf *leaf, const struct ndarray *a)
{
	struct traffic_reply *r = &p->reply;
	uint64_t horizon, dims;

	if (a->plain && p->protocol->named)
		return; /* a list, of indices maybe: actions are arrays */
	if (!ndarray_numbers(a) || !action_shape(a, p->protocol->named, &horizon, &dims) ||
	    (r->action.n && horizon != r->horizon) ||
	    !add_part(&r->action, leaf->part, (unsigned)dims)) {
		r->odd = true;
		return;
	}
	r->horizon = (unsigned)horizon;
	if (r->columns + horizon * dims > r->column_room) {
		r->column_room = r->columns + (size_t)(horizon * dims);
		r->column = xrealloc(r->column, r->column_room, sizeof(double));
	}
	for (uint64_t i = 0; i < horizon * dims; i++)
		r->column[r->columns++] = ndarray_at(a, i);
}

static void take_prompt(struct traffic *p, const char *text, size_t n)
{
	struct traffic_request *r = &p->request;

	if (r->prompt_known)
		return;
	r->prompt_known = true;
	text_clean(r->prompt, sizeof(r->prompt), text, n);
}

static void take_array(struct traffic *p, bool reply, const struct traffic_leaf *leaf,
		       const struct ndarray *a)
{
	bool picture = !reply && picture_is(a);
	char text[PAYLOAD_TEXT];
	size_t n;

	add_tensor(p, reply, leaf->name, a, picture);
	if (leaf->role == TRAFFIC_PROMPT && (n = ndarray_text(a, text, sizeof(text))) > 0)
		take_prompt(p, text, n);
	else if (leaf->role == TRAFFIC_ACTION)
		take_action(p, leaf, a);
	else if (picture && leaf->role != TRAFFIC_OTHER)
		take_picture(p, leaf->name, a);
	else if (leaf->role == TRAFFIC_STATE || leaf->role == TRAFFIC_STATE_GUESS)
		take_state(p, leaf, a);
}

static void take_text(struct traffic *p, const struct traffic_leaf *leaf, const char *text,
		      size_t n)
{
	if (leaf->role == TRAFFIC_PROMPT) {
		take_prompt(p, text, n);
	} else if (leaf->role == TRAFFIC_ENDPOINT) {
		text_clean(p->request.endpoint, sizeof(p->request.endpoint), text, n);
	} else if (leaf->role == TRAFFIC_ERROR && !p->reply.error) {
		p->reply.error = xcalloc(n + 1, 1);
		memcpy(p->reply.error, text, n);
		p->reply.error_len = n;
	}
}

static void request_leaf(void *host, const struct payload_leaf *l)
{
	struct traffic *p = host;
	struct traffic_leaf leaf = {0};

	p->protocol->role(&leaf, l->path, false);
	if (l->kind == PAYLOAD_ARRAY)
		take_array(p, false, &leaf, l->array);
	else if (l->kind == PAYLOAD_STRING)
		take_text(p, &leaf, l->text, l->len);
}

/* Metadata of the server, for a note. */
static void meta_leaf(struct traffic *p, const struct payload_leaf *l)
{
	size_t at = strlen(p->meta), room = sizeof(p->meta) - at;
	char text[64] = "";

	if (l->kind == PAYLOAD_STRING)
		text_clean(text, sizeof(text), l->text, l->len);
	else if (l->kind == PAYLOAD_NUMBER)
		snprintf(text, sizeof(text), "%g", l->number);
	else
		snprintf(text, sizeof(text), "%llu numbers", (unsigned long long)l->array->count);
	snprintf(p->meta + at, room, "%s%s: %s", at ? ", " : "", l->path, text);
}

static void reply_leaf(void *host, const struct payload_leaf *l)
{
	struct traffic *p = host;
	struct traffic_leaf leaf = {0};

	if (p->what == TRAFFIC_METADATA) {
		meta_leaf(p, l);
		return;
	}
	p->protocol->role(&leaf, l->path, true);
	if (l->kind == PAYLOAD_ARRAY)
		take_array(p, true, &leaf, l->array);
	else if (l->kind == PAYLOAD_STRING)
		take_text(p, &leaf, l->text, l->len);
	else if (leaf.role == TRAFFIC_SERVER_MS)
		p->reply.server_ms = l->number;
	else if (leaf.role == TRAFFIC_POLICY_MS)
		p->reply.policy_ms = l->number;
}

void traffic_message_init(struct traffic *p)
{
	p->hosts[0] = (struct payload_host){p, want_of_request, request_leaf};
	p->hosts[1] = (struct payload_host){p, want_of_reply, reply_leaf};
	for (unsigned i = 0; i < 2; i++)
		payload_init(&p->reader[i], &p->hosts[i], p->protocol->separator);
}

void traffic_message_fini(struct traffic *p)
{
	for (unsigned i = 0; i < 2; i++)
		payload_fini(&p->reader[i]);
	free(p->reply.column);
	free(p->reply.row);
	free(p->reply.error);
	free(p->shot);
}

void traffic_message_begin(struct traffic *p, enum traffic_message what)
{
	struct traffic_reply *r = &p->reply;

	payload_begin(&p->reader[what != TRAFFIC_REQUEST]);
	if (what == TRAFFIC_REQUEST) {
		memset(&p->request, 0, sizeof(p->request));
		p->requested = p->replied = p->shots = 0;
		return;
	}
	p->what = what;
	p->meta[0] = '\0';
	p->replied = 0;
	free(r->error);
	r->error = NULL;
	r->action.n = r->action.dims = r->horizon = 0;
	r->columns = 0;
	r->odd = false;
	r->server_ms = r->policy_ms = (double)NAN;
}
