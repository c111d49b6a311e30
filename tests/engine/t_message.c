/* SPDX-License-Identifier: Apache-2.0 */
/* Packed messages: what goes in comes out, and nothing else is accepted. */
#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "../tap.h"
#include "base/mem.h"
#include "base/text.h"
#include "view/message.h"

static void fill_joint(struct view_joint *j, unsigned i)
{
	snprintf(j->joint.name, sizeof(j->joint.name), "left/joint_%u.pos", i);
	j->joint.unit = (enum unit)(i % UNIT_N);
	j->seen = i + 0.25;
	j->asked = -0.0;
	j->sent = NAN;
	j->got = INFINITY;
	j->trained = i % 2;
	j->delta_peak = 1e-300;
	j->err_peak = 3.5;
	j->gripper_state = -1;
	j->level = LEVEL_FAIL;
	text_copy(j->code, sizeof(j->code), "jump");
}

static void fill_policy(struct snapshot *s)
{
	s->no_tick = true;
	s->chunk.seen = true;
	s->chunk.ran = s->chunk.queue = COUNT_UNKNOWN;
	s->chunk.match = PROMPT_TASK;
	memset(s->chunk.prompt, 'p', TASK_BYTES - 1);
	s->latency.n = 64;
	s->latency.first_ms = 4310;
	s->traffic.state = EXCHANGE_STRANGER;
	s->traffic.number = UINT64_MAX;
	memset(s->traffic.error, 'x', MESSAGE_BYTES - 1);
	s->traffic.ntensors = TENSORS_MAX;
	for (unsigned i = 0; i < TENSORS_MAX; i++) {
		struct tensor *t = &s->traffic.tensor[i];

		memset(t->name, 't', NAME_BYTES - 1);
		text_copy(t->dtype, sizeof(t->dtype), "<f4");
		t->reply = i % 2;
		t->dims = 4;
		t->shape[3] = UINT32_MAX;
		t->mean = NAN;
	}
	s->cadence.bin[VIEW_BINS - 1] = 7;
	s->nframes = VIEW_CAMERAS;
	for (unsigned i = 0; i < VIEW_CAMERAS; i++) {
		memset(s->frame[i].camera, 'c', NAME_BYTES - 1);
		s->frame[i].std[2] = 0.25;
	}
}

static void fill_health(struct snapshot *s)
{
	s->nmotors = VIEW_MOTORS;
	s->nbuses = VIEW_BUSES;
	s->neyes = VIEW_EYES;
	for (unsigned i = 0; i < VIEW_MOTORS; i++) {
		memset(s->motor[i].v.joint, 'j', NAME_BYTES - 1);
		s->motor[i].v.faults = -1;
		s->motor[i].v.load = -0.0;
		s->motor[i].lowest_v = NAN;
	}
	for (unsigned i = 0; i < VIEW_BUSES; i++) {
		memset(s->bus[i].v.name, 'b', NAME_BYTES - 1);
		s->bus[i].v.state = BUS_GONE;
		s->bus[i].v.worst_ms = 1e300;
	}
	for (unsigned i = 0; i < VIEW_EYES; i++) {
		memset(s->eye[i].v.device, 'd', sizeof(s->eye[i].v.device) - 1);
		memset(s->eye[i].v.trouble, 't', sizeof(s->eye[i].v.trouble) - 1);
		s->eye[i].v.state = CAMERA_FAILED;
		s->eye[i].v.margin = 7;
	}
}

static void fill_snapshot(struct snapshot *s)
{
	text_copy(s->rig, sizeof(s->rig), "bench2");
	text_copy(s->task, sizeof(s->task), "Grab the brain");
	s->task_index = -2;
	s->run = INT64_MAX;
	s->seq = SEQ_UNKNOWN;
	s->in_episode = true;
	s->driver = DRIVER_HUMAN;
	s->hz = 29.97;
	s->worst = LEVEL_WARN;
	s->njoints = MAX_JOINTS;
	s->nalarms = VIEW_ALARMS;
	s->nevents = VIEW_EVENTS;
	s->nchecks = VIEW_CHECKS;
	s->nsources = VIEW_SOURCES;
	fill_policy(s);
	fill_health(s);
	for (unsigned i = 0; i < MAX_JOINTS; i++)
		fill_joint(&s->joint[i], i);
	for (unsigned i = 0; i < VIEW_ALARMS; i++) {
		memset(s->alarm[i].message, 'm', MESSAGE_BYTES - 1);
		s->alarm[i].count = i;
	}
	for (unsigned i = 0; i < VIEW_CHECKS; i++) {
		memset(s->check[i].why, 'w', MESSAGE_BYTES - 1);
		s->check[i].absent = i % 2;
	}
	for (unsigned i = 0; i < VIEW_EVENTS; i++)
		memset(s->event[i].text, 'e', MESSAGE_BYTES - 1);
	for (unsigned i = 0; i < VIEW_SOURCES; i++)
		memset(s->source[i].word, 's', TASK_BYTES - 1);
}

/* The structs are zeroed before they are filled, so that padding compares equal. */
static void test_snapshot(struct tap *t)
{
	struct snapshot *in = xcalloc(1, sizeof(*in)), *out = xcalloc(1, sizeof(*out));
	char *p = xcalloc(1, MESSAGE_SIZE_MAX);
	size_t n;
	bool refused = true;

	fill_snapshot(in);
	n = message_put_snapshot(p, MESSAGE_SIZE_MAX, in);
	ok(t, n > 0, "the largest snapshot fits in a packet (%zu bytes)", n);
	ok(t, message_kind(p, n) == MESSAGE_SNAPSHOT, "its kind is known");
	ok(t, message_get_snapshot(out, p, n) == 0 && memcmp(in, out, sizeof(*in)) == 0,
	   "a snapshot comes back bit for bit");
	for (size_t cut = 0; cut < n; cut += 97)
		refused = refused && message_get_snapshot(out, p, cut) == -EBADMSG;
	ok(t, refused, "a shortened snapshot is refused at any length");
	ok(t, message_get_snapshot(out, p, n + 1) == -EBADMSG, "and so is a longer one");
	ok(t, message_put_snapshot(p, n - 1, in) == 0, "too small a buffer writes nothing");
	p[3]++;
	ok(t, message_kind(p, n) == MESSAGE_NONE, "another version is no message");
	in->njoints = 14;
	in->nalarms = 2;
	in->nchecks = 11;
	in->nsources = 1;
	in->traffic.ntensors = 6;
	in->nframes = 2;
	in->nmotors = 14;
	in->nbuses = 1;
	in->neyes = 2;
	n = message_put_snapshot(p, MESSAGE_SIZE_MAX, in);
	ok(t, n > 0 && n < 18000, "a snapshot of 14 joints takes about 15 kB (%zu)", n);
	free(in);
	free(out);
	free(p);
}

/* Where two packets differ first: the place of the one thing that makes them differ. */
static size_t place(const char *p, const char *q)
{
	size_t at = 0;

	while (at < MESSAGE_SIZE_MAX && p[at] == q[at])
		at++;
	return at;
}

/* What comes of a packet whose count, here 1 and then 2, says n. */
static int say(struct snapshot *in, unsigned *count, uint32_t n)
{
	struct snapshot *out = xcalloc(1, sizeof(*out));
	char *p = xcalloc(1, MESSAGE_SIZE_MAX), *q = xcalloc(1, MESSAGE_SIZE_MAX);
	size_t len;
	int rc;

	*count = 1;
	message_put_snapshot(p, MESSAGE_SIZE_MAX, in);
	*count = 2;
	len = message_put_snapshot(q, MESSAGE_SIZE_MAX, in);
	memcpy(q + place(p, q), &n, sizeof(n));
	rc = message_get_snapshot(out, q, len);
	*count = 0;
	free(out);
	free(p);
	free(q);
	return rc;
}

static void test_counts(struct tap *t)
{
	struct snapshot *in = xcalloc(1, sizeof(*in)), *out = xcalloc(1, sizeof(*out));
	char *p = xcalloc(1, MESSAGE_SIZE_MAX);
	size_t n;

	in->traffic.ntensors = 1;
	in->traffic.tensor[0].dims = 5;
	n = message_put_snapshot(p, MESSAGE_SIZE_MAX, in);
	ok(t, n > 0 && message_get_snapshot(out, p, n) == -EBADMSG, "five dimensions are refused");
	in->traffic.tensor[0].dims = 4;
	n = message_put_snapshot(p, MESSAGE_SIZE_MAX, in);
	ok(t, n > 0 && message_get_snapshot(out, p, n) == 0, "four are not");
	in->traffic.state = (enum exchange_state)99;
	in->chunk.match = (enum prompt_match)99;
	n = message_put_snapshot(p, MESSAGE_SIZE_MAX, in);
	ok(t,
	   message_get_snapshot(out, p, n) == 0 && out->traffic.state == EXCHANGE_ASKED &&
		   out->chunk.match == PROMPT_UNSEEN,
	   "words out of range are the first");
	in->traffic.ntensors = 0;
	ok(t,
	   say(in, &in->traffic.ntensors, 2) == 0 &&
		   say(in, &in->traffic.ntensors, TENSORS_MAX + 1) == -EBADMSG,
	   "too many arrays are refused");
	ok(t, say(in, &in->nframes, 2) == 0 && say(in, &in->nframes, VIEW_CAMERAS + 1) == -EBADMSG,
	   "and too many cameras");
	free(in);
	free(out);
	free(p);
}

/* The same for a history: the count is a chunk's length, or how many there are. */
static int say_history(struct history *in, unsigned *count, uint32_t n)
{
	struct history *out = xcalloc(1, sizeof(*out));
	char *p = xcalloc(1, MESSAGE_SIZE_MAX), *q = xcalloc(1, MESSAGE_SIZE_MAX);
	unsigned was = *count;
	size_t len;
	int rc;

	message_put_history(p, MESSAGE_SIZE_MAX, in);
	*count = was - 1;
	message_put_history(q, MESSAGE_SIZE_MAX, in);
	*count = was;
	len = message_put_history(p, MESSAGE_SIZE_MAX, in);
	memcpy(p + place(p, q), &n, sizeof(n));
	rc = message_get_history(out, p, len);
	free(out);
	free(p);
	free(q);
	return rc;
}

static void test_history(struct tap *t)
{
	struct history *in = xcalloc(1, sizeof(*in)), *out = xcalloc(1, sizeof(*out));
	char *p = xcalloc(1, MESSAGE_SIZE_MAX);
	size_t n;

	in->joint = 5;
	in->columns = 3;
	in->span_s = 8;
	in->nplan = 2;
	in->plan_dt_s = 1 / 30.0;
	in->got_min[2] = -1.5f;
	in->asked_max[0] = NAN;
	in->plan[1] = 9;
	in->nchunks = HISTORY_CHUNKS;
	for (unsigned i = 0; i < HISTORY_CHUNKS; i++) {
		in->chunk[i].number = i;
		in->chunk[i].n = i;
		in->chunk[i].start_s = -0.5;
		in->chunk[i].ran = COUNT_UNKNOWN;
		if (i)
			in->chunk[i].v[i - 1] = 2.5f;
	}
	n = message_put_history(p, MESSAGE_SIZE_MAX, in);
	ok(t, message_get_history(out, p, n) == 0 && memcmp(in, out, sizeof(*in)) == 0,
	   "history comes back (%zu bytes)", n);
	ok(t,
	   say_history(in, &in->nchunks, HISTORY_CHUNKS) == 0 &&
		   say_history(in, &in->nchunks, HISTORY_CHUNKS + 1) == -EBADMSG,
	   "too many chunks are refused");
	ok(t,
	   say_history(in, &in->chunk[2].n, 2) == 0 &&
		   say_history(in, &in->chunk[2].n, HISTORY_PLAN + 1) == -EBADMSG,
	   "and one that is too long");
	in->columns = HISTORY_COLUMNS + 1;
	memcpy(p + 8 + 4, &in->columns, 4);
	ok(t, message_get_history(out, p, n) == -EBADMSG, "too many columns are refused");
	free(in);
	free(out);
	free(p);
}

static void test_hostile(struct tap *t)
{
	struct verdict v = {.level = LEVEL_FAIL, .code = "jump", .seq = 7, .value = NAN}, out;
	struct view_event ev = {.level = LEVEL_NOTE, .text = "a\033[31mb"}, back;
	char p[1024];
	uint32_t level = 99;
	size_t n = message_put_verdict(p, sizeof(p), &v);

	memset(&out, 0, sizeof(out));
	ok(t,
	   message_get_verdict(&out, p, n) == 0 && out.seq == 7 && isnan(out.value) &&
		   strcmp(out.code, "jump") == 0,
	   "a verdict comes back");
	memcpy(p + 8, &level, sizeof(level));
	ok(t, message_get_verdict(&out, p, n) == 0 && out.level == LEVEL_UNKNOWN,
	   "a level out of range is unknown");
	n = message_put_event(p, sizeof(p), &ev);
	ok(t, message_get_event(&back, p, n) == 0 && !strchr(back.text, '\033'),
	   "escape sequences do not survive: %s", back.text);
	ok(t, message_get_verdict(&out, p, n) == -EBADMSG, "an event is no verdict");
}

static void test_thumb(struct tap *t)
{
	struct view_thumb *in = xcalloc(1, sizeof(*in)), *out = xcalloc(1, sizeof(*out));
	char *p = xcalloc(1, MESSAGE_SIZE_MAX);
	uint32_t wide = FRAME_THUMB_WIDTH + 1, fifth = VIEW_CAMERAS;
	size_t n;

	in->camera = 3;
	in->count = 7;
	in->width = FRAME_THUMB_WIDTH;
	in->height = FRAME_THUMB_HEIGHT;
	memset(in->rgb, 9, sizeof(in->rgb));
	n = message_put_thumb(p, MESSAGE_SIZE_MAX, in);
	ok(t, message_get_thumb(out, p, n) == 0 && memcmp(in, out, sizeof(*in)) == 0,
	   "a thumbnail comes back (%zu bytes)", n);
	ok(t, message_get_thumb(out, p, n - 1) == -EBADMSG, "one without its end does not");
	memcpy(p + 8 + 4 + 8, &wide, sizeof(wide));
	ok(t, message_get_thumb(out, p, n) == -EBADMSG, "too wide a one is refused");
	memcpy(p + 8 + 4 + 8, &in->width, sizeof(wide));
	memcpy(p + 8, &fifth, sizeof(fifth));
	ok(t, message_get_thumb(out, p, n) == -EBADMSG, "and one of a fifth camera");
	free(in);
	free(out);
	free(p);
}

static void test_reference(struct tap *t)
{
	struct view_reference *in = xcalloc(1, sizeof(*in)), *out = xcalloc(1, sizeof(*out));
	char *p = xcalloc(1, MESSAGE_SIZE_MAX);
	/* Packet: head 8, name with its length, episodes. */
	size_t n, at = 8 + 2 + strlen("front") + 4;
	uint32_t wide = FRAME_THUMB_WIDTH + 1, huge = UINT32_MAX, size[2];

	strcpy(in->camera, "front");
	in->episodes = 16;
	in->width = FRAME_THUMB_WIDTH;
	in->height = FRAME_THUMB_HEIGHT;
	memset(in->rgb, 9, sizeof(in->rgb));
	n = message_put_reference(p, MESSAGE_SIZE_MAX, in);
	ok(t, n < 10000 && message_get_reference(out, p, n) == 0 && !memcmp(in, out, sizeof(*in)),
	   "a reference comes back (%zu bytes)", n);
	ok(t, message_get_thumb((struct view_thumb *)(void *)out, p, n) == -EBADMSG,
	   "it is no thumbnail");
	ok(t, message_get_reference(out, p, n - 1) == -EBADMSG, "one without its end is none");
	memcpy(size, p + at, sizeof(size));
	ok(t, size[0] == FRAME_THUMB_WIDTH && size[1] == FRAME_THUMB_HEIGHT, "its size is there");
	memcpy(p + at, &wide, sizeof(wide));
	ok(t, message_get_reference(out, p, n) == -EBADMSG, "too wide a one is refused");
	memcpy(p + at, size, sizeof(size));
	memcpy(p + at + 4, &huge, sizeof(huge));
	ok(t, message_get_reference(out, p, n) == -EBADMSG, "and one of an absurd height");
	memset(p + at, 0, 8);
	ok(t, message_get_reference(out, p, n) == -EBADMSG, "and pixels that no size has");
	free(in);
	free(out);
	free(p);
}

int main(void)
{
	struct tap t = {0};

	test_snapshot(&t);
	test_counts(&t);
	test_history(&t);
	test_thumb(&t);
	test_reference(&t);
	test_hostile(&t);
	return tap_done(&t);
}
