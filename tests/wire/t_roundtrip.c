/* SPDX-License-Identifier: Apache-2.0 */
/* Random events become lines and the same events again, bit for bit, however the bytes are cut. */
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/mem.h"
#include "base/rng.h"
#include "base/text.h"
#include "model/verdict.h"
#include "tests/tap.h"
#include "wire/stream.h"

enum { EVENTS = 3000, HORIZON = 40 };

/* Any bit pattern, often a special one. NaN has no payload in the protocol. */
static double any_double(struct rng *r)
{
	static const double special[] = {0.0, -0.0, 1.0, -1.0, 4.9e-324, 2.2e-308, 1.7e308};
	uint64_t bits = (uint64_t)rng_u32(r) << 32 | rng_u32(r);
	uint32_t kind = rng_u32(r) % 16;
	double v;

	if (kind < 7)
		return special[kind];
	if (kind < 9)
		return kind == 7 ? HUGE_VAL : -HUGE_VAL;
	if (kind == 9)
		return (double)(float)rng_range(r, -100, 100);
	memcpy(&v, &bits, sizeof(v));
	return isnan(v) ? (double)NAN : v;
}

static void any_text(struct rng *r, char *dst, size_t size)
{
	static const char *const pieces[] = {"a",
					     "B",
					     "\"",
					     "\\",
					     "/",
					     "\xc3\xa9",
					     "\xe6\xbc\xa2",
					     " ",
					     "\xf0\x9f\xa4\x96",
					     "\x1b[2J",
					     "\\u00e9",
					     "."};
	char raw[600] = "";

	for (uint32_t n = rng_u32(r) % 20; n; n--)
		strcat(raw, pieces[rng_u32(r) % 12]);
	text_clean(dst, size, raw, strlen(raw));
}

static int64_t any_time(struct rng *r)
{
	int64_t t = (int64_t)((uint64_t)rng_u32(r) << 31 | rng_u32(r));

	switch (rng_u32(r) % 4) {
	case 0:
		return TIME_UNKNOWN;
	case 1:
		return -t / 1000;
	default:
		return t % (INT64_MAX / 2);
	}
}

/* Everything that one random event may point to. */
struct made {
	struct event ev;
	struct hello hello;
	struct episode_mark mark;
	struct step step;
	struct chunk chunk;
	double actions[HORIZON * MAX_JOINTS];
	struct frame frame;
	struct motor motor;
	struct bus bus;
	struct camera camera;
	uint8_t thumb[FRAME_THUMB_WIDTH * FRAME_THUMB_HEIGHT * 3];
	char text[TASK_BYTES], unit[NAME_BYTES];
};

static void make_hello(struct rng *r, struct made *m)
{
	struct hello *h = &m->hello;

	*h = (struct hello){.joints = 1 + rng_u32(r) % MAX_JOINTS,
			    .facts = rng_u32(r) % 1024,
			    .no_tick = rng_u32(r) % 2};
	h->fps = rng_u32(r) % 3 ? rng_range(r, 0.1, 1000) : 0;
	any_text(r, h->robot, sizeof(h->robot));
	any_text(r, h->task, sizeof(h->task));
	any_text(r, h->policy, sizeof(h->policy));
	for (unsigned i = 0; i < h->joints; i++) {
		char odd[40];

		any_text(r, odd, sizeof(odd));
		snprintf(h->joint[i].name, NAME_BYTES, "%s%u", odd, i);
		h->joint[i].unit = (enum unit)(rng_u32(r) % UNIT_N);
		for (unsigned k = 0; k < i; k++) { /* "a1" + "1" is "a" + "11" */
			if (strcmp(h->joint[k].name, h->joint[i].name) == 0)
				snprintf(h->joint[i].name, NAME_BYTES, "unique %u", i);
		}
	}
	m->ev.hello = h;
}

static void make_step(struct rng *r, struct made *m)
{
	struct step *s = &m->step;

	step_init(s, m->hello.joints);
	s->seq = rng_u32(r) % 4 ? (int64_t)((uint64_t)rng_u32(r) << 31 | rng_u32(r)) : SEQ_UNKNOWN;
	s->src_ns = m->ev.src_ns;
	s->t_ns = m->ev.t_ns;
	s->driver = (enum driver)(rng_u32(r) % DRIVER_N);
	s->position = rng_u32(r) % 2 ? (int32_t)(rng_u32(r) % 4096) : -1;
	for (unsigned k = 0; k < VEC_N; k++) {
		s->vec[k].present = rng_u32(r) % 3;
		for (unsigned i = 0; s->vec[k].present && i < s->joints; i++) {
			if (rng_u32(r) % 8)
				vec_set(&s->vec[k], i, any_double(r));
		}
	}
	m->ev.step = s;
}

static void make_chunk(struct rng *r, struct made *m)
{
	struct chunk *c = &m->chunk;

	*c = (struct chunk){.seq = rng_u32(r) % 4 ? (int64_t)rng_u32(r) : SEQ_UNKNOWN,
			    .latency_s = rng_u32(r) % 4 ? rng_unit(r) : (double)NAN,
			    .execute = rng_u32(r) % 50,
			    .horizon = rng_u32(r) % HORIZON,
			    .dims = m->hello.joints,
			    .actions = m->actions};
	for (unsigned i = 0; i < c->horizon * c->dims; i++)
		m->actions[i] = rng_u32(r) % 50 ? any_double(r) : (double)NAN;
	c->prompt_known = rng_u32(r) % 2;
	if (c->prompt_known)
		any_text(r, c->prompt, sizeof(c->prompt));
	m->ev.chunk = c;
}

static void make_frame(struct rng *r, struct made *m)
{
	struct frame *f = &m->frame;

	*f = (struct frame){.width = 1 + rng_u32(r) % 4000,
			    .height = 1 + rng_u32(r) % 4000,
			    .channels = rng_u32(r) % 2 ? 3 : 1,
			    .thumb = m->thumb};
	snprintf(f->camera, sizeof(f->camera), "c%u", rng_u32(r));
	for (unsigned k = 0; k < 3; k++) {
		f->mean[k] = rng_u32(r) % 8 ? rng_unit(r) : (double)NAN;
		f->std[k] = rng_u32(r) % 8 ? rng_unit(r) : (double)NAN;
	}
	f->dark = rng_u32(r) % 8 ? rng_unit(r) : (double)NAN;
	f->bright = rng_u32(r) % 8 ? rng_unit(r) : (double)NAN;
	f->sharpness = rng_u32(r) % 8 ? 900 * rng_unit(r) : (double)NAN;
	f->repeats = rng_u32(r) % 8 ? rng_u32(r) : (double)NAN;
	f->repeat_s = rng_u32(r) % 8 ? rng_unit(r) : (double)NAN;
	if (rng_u32(r) % 4) {
		f->thumb_width = (uint8_t)(1 + rng_u32(r) % FRAME_THUMB_WIDTH);
		f->thumb_height = (uint8_t)(1 + rng_u32(r) % FRAME_THUMB_HEIGHT);
	}
	for (size_t i = 0; i < sizeof(m->thumb); i++)
		m->thumb[i] = (uint8_t)rng_u32(r);
	m->ev.frame = f;
}

/* Numbers and counts of a plain struct from `from` bytes on, of eight bytes each. */
static void any_numbers(struct rng *r, void *p, size_t from, size_t to, bool count)
{
	for (size_t at = from; at < to; at += 8) {
		int64_t n = (int64_t)rng_u32(r) - 1;
		double v = any_double(r);

		memcpy((char *)p + at, count ? (void *)&n : (void *)&v, 8);
	}
}

static void make_health(struct rng *r, struct made *m, enum event_kind kind)
{
	motor_init(&m->motor);
	snprintf(m->motor.joint, NAME_BYTES, "j%u.pos", rng_u32(r));
	any_numbers(r, &m->motor, offsetof(struct motor, id), offsetof(struct motor, temp_degc),
		    true);
	any_numbers(r, &m->motor, offsetof(struct motor, temp_degc), sizeof(m->motor), false);
	bus_init(&m->bus);
	snprintf(m->bus.name, NAME_BYTES, "can%u", rng_u32(r));
	any_numbers(r, &m->bus, offsetof(struct bus, state), offsetof(struct bus, reply_ms), true);
	any_numbers(r, &m->bus, offsetof(struct bus, reply_ms), sizeof(m->bus), false);
	m->bus.state = rng_u32(r) % BUS_STATE_N;
	camera_init(&m->camera);
	snprintf(m->camera.name, NAME_BYTES, "c%u", rng_u32(r));
	snprintf(m->camera.device, sizeof(m->camera.device), "/dev/v4l/by-id/usb-%u", rng_u32(r));
	any_numbers(r, &m->camera, offsetof(struct camera, mode), offsetof(struct camera, fps_set),
		    true);
	any_numbers(r, &m->camera, offsetof(struct camera, fps_set), offsetof(struct camera, is),
		    false);
	m->camera.mode = rng_u32(r) % CAMERA_MODE_N;
	m->camera.state = rng_u32(r) % CAMERA_STATE_N;
	m->camera.margin = any_double(r);
	snprintf(m->camera.is, NAME_BYTES, "wrist");
	if (kind == EVENT_MOTOR)
		m->ev.motor = &m->motor;
	else if (kind == EVENT_BUS)
		m->ev.bus = &m->bus;
	else
		m->ev.camera = &m->camera;
}

static void make(struct rng *r, struct made *m, enum event_kind kind, int64_t t_ns)
{
	m->ev = (struct event){.kind = kind, .t_ns = t_ns, .src_ns = any_time(r)};
	switch (kind) {
	case EVENT_HELLO:
		m->ev.src_ns = TIME_UNKNOWN;
		make_hello(r, m);
		break;
	case EVENT_STEP:
		make_step(r, m);
		break;
	case EVENT_CHUNK:
		make_chunk(r, m);
		break;
	case EVENT_EPISODE:
		m->mark = (struct episode_mark){.start = rng_u32(r) % 2,
						.outcome = (enum outcome)(rng_u32(r) % 4),
						.boundary = "operator"};
		m->mark.resumed = m->mark.start && rng_u32(r) % 2;
		any_text(r, m->mark.task, sizeof(m->mark.task));
		any_text(r, m->mark.note, sizeof(m->mark.note));
		m->ev.episode = &m->mark;
		break;
	case EVENT_NOTE:
	case EVENT_GAP:
		any_text(r, m->text, sizeof(m->text));
		any_text(r, m->unit, sizeof(m->unit));
		m->ev.text = m->text;
		m->ev.unit = kind == EVENT_GAP ? m->unit : NULL;
		m->ev.level = kind == EVENT_NOTE ? (int)(1 + rng_u32(r) % 4) : 0;
		m->ev.lost = kind == EVENT_GAP ? (int64_t)rng_u32(r) - 1 : 0;
		break;
	case EVENT_FRAME:
		make_frame(r, m);
		break;
	case EVENT_CAMERA:
	case EVENT_MOTOR:
	case EVENT_BUS:
		make_health(r, m, kind);
		break;
	case EVENT_RESET:
	case EVENT_EXECUTED:
	case EVENT_EXCHANGE:
	case EVENT_SAMPLE:
	case EVENT_END:
	default:
		break;
	}
}

static bool same_step(const struct step *a, const struct step *b)
{
	static unsigned char pa[STEP_PACK_MAX], pb[STEP_PACK_MAX];
	size_t n = step_pack(pa, sizeof(pa), a);

	return n && step_pack(pb, sizeof(pb), b) == n && memcmp(pa, pb, n) == 0;
}

static bool same_hello(const struct hello *a, const struct hello *b)
{
	bool same = strcmp(a->robot, b->robot) == 0 && strcmp(a->task, b->task) == 0 &&
		    strcmp(a->policy, b->policy) == 0 && a->fps == b->fps && a->facts == b->facts &&
		    a->joints == b->joints && a->no_tick == b->no_tick;

	for (unsigned i = 0; same && i < a->joints; i++)
		same = strcmp(a->joint[i].name, b->joint[i].name) == 0 &&
		       a->joint[i].unit == b->joint[i].unit;
	return same;
}

static bool same_chunk(const struct chunk *a, const struct chunk *b)
{
	return a->seq == b->seq && a->execute == b->execute && a->horizon == b->horizon &&
	       a->dims == b->dims && a->prompt_known == b->prompt_known &&
	       strcmp(a->prompt, b->prompt) == 0 &&
	       memcmp(&a->latency_s, &b->latency_s, sizeof(a->latency_s)) == 0 &&
	       memcmp(a->actions, b->actions, (size_t)a->horizon * a->dims * sizeof(double)) == 0;
}

static bool same_mark(const struct episode_mark *a, const struct episode_mark *b)
{
	return a->start == b->start && a->resumed == b->resumed && a->outcome == b->outcome &&
	       strcmp(a->task, b->task) == 0 && strcmp(a->boundary, b->boundary) == 0 &&
	       strcmp(a->note, b->note) == 0;
}

static bool same_frame(const struct frame *a, const struct frame *b)
{
	size_t thumb = (size_t)a->thumb_width * a->thumb_height * 3;

	return strcmp(a->camera, b->camera) == 0 && a->width == b->width &&
	       a->height == b->height && a->channels == b->channels &&
	       memcmp(a->mean, b->mean, sizeof(a->mean)) == 0 &&
	       memcmp(a->std, b->std, sizeof(a->std)) == 0 &&
	       memcmp(&a->dark, &b->dark, sizeof(a->dark)) == 0 &&
	       memcmp(&a->bright, &b->bright, sizeof(a->bright)) == 0 &&
	       memcmp(&a->sharpness, &b->sharpness, sizeof(a->sharpness)) == 0 &&
	       memcmp(&a->repeats, &b->repeats, sizeof(a->repeats)) == 0 &&
	       memcmp(&a->repeat_s, &b->repeat_s, sizeof(a->repeat_s)) == 0 &&
	       a->thumb_width == b->thumb_width && a->thumb_height == b->thumb_height &&
	       (!thumb || memcmp(a->thumb, b->thumb, thumb) == 0);
}

static bool same_event(const struct event *a, const struct event *b)
{
	if (a->kind != b->kind || a->t_ns != b->t_ns || a->src_ns != b->src_ns)
		return false;
	switch (a->kind) {
	case EVENT_HELLO:
		return same_hello(a->hello, b->hello);
	case EVENT_STEP:
		return same_step(a->step, b->step);
	case EVENT_CHUNK:
		return same_chunk(a->chunk, b->chunk);
	case EVENT_EPISODE:
		return same_mark(a->episode, b->episode);
	case EVENT_GAP:
		return strcmp(a->text, b->text) == 0 && strcmp(a->unit, b->unit) == 0 &&
		       a->lost == b->lost;
	case EVENT_NOTE:
		return strcmp(a->text, b->text) == 0 && a->level == b->level;
	case EVENT_FRAME:
		return same_frame(a->frame, b->frame);
	case EVENT_CAMERA: /* none of the three has padding */
		return memcmp(a->camera, b->camera, sizeof(*a->camera)) == 0;
	case EVENT_MOTOR:
		return memcmp(a->motor, b->motor, sizeof(*a->motor)) == 0;
	case EVENT_BUS:
		return memcmp(a->bus, b->bus, sizeof(*a->bus)) == 0;
	case EVENT_RESET:
	case EVENT_EXECUTED:
	case EVENT_EXCHANGE:
	case EVENT_SAMPLE:
	case EVENT_END:
	default:
		return true;
	}
}

struct expected {
	struct made made;
	unsigned came, same;
};

static void compare(void *host, const struct event *ev)
{
	struct expected *x = host;

	x->came++;
	if (same_event(&x->made.ev, ev))
		x->same++;
	else
		printf("# an event of kind %d differs\n", ev->kind);
}

static void test_events(struct tap *t, struct buf *all)
{
	struct expected *x = xcalloc(1, sizeof(*x));
	struct stream *s = stream_new(compare, x);
	struct rng r = rng_seed(11);
	struct buf line = {0};

	for (unsigned i = 0; i < EVENTS; i++) {
		enum event_kind kind = i % 50 ? (enum event_kind)(rng_u32(&r) % EVENT_END)
					      : EVENT_HELLO;

		if (kind == EVENT_EXECUTED || kind == EVENT_EXCHANGE || kind == EVENT_SAMPLE)
			kind = EVENT_FRAME;
		make(&r, &x->made, kind, i);
		buf_clear(&line);
		stream_encode(&line, &x->made.ev);
		buf_add(all, line.p, line.len);
		stream_line(s, line.p, line.len, i);
	}
	ok(t, x->came == EVENTS && x->same == EVENTS && stream_bad(s) == 0,
	   "%u of %d random events come back bit for bit", x->same, EVENTS);
	x->made.ev.kind = EVENT_END;
	ok(t, stream_encode(&line, &x->made.ev) < 0, "an end is no line");
	stream_free(s);
	free(x);
	buf_fini(&line);
}

static void write_down(void *host, const struct event *ev)
{
	stream_encode(host, ev);
}

/* The same bytes in pieces give the same events. */
static void test_pieces(struct tap *t, const struct buf *all)
{
	struct buf out = {0};
	struct stream *s = stream_new(write_down, &out);
	struct rng r = rng_seed(5);
	size_t want = 0;

	for (size_t at = 0; at < all->len; at++)
		stream_bytes(s, all->p + at, 1, 1, 0);
	ok(t, out.len == all->len && memcmp(out.p, all->p, out.len) == 0, "byte by byte");
	stream_free(s);
	buf_clear(&out);
	s = stream_new(write_down, &out);
	while (want < all->len) {
		size_t n = 1 + rng_u32(&r) % 70000;

		n = n < all->len - want ? n : all->len - want;
		want += stream_bytes(s, all->p + want, n, 1 + rng_u32(&r) % 5, 0);
	}
	ok(t, out.len == all->len && memcmp(out.p, all->p, out.len) == 0,
	   "in random pieces, a few lines at a time");
	stream_free(s);
	buf_fini(&out);
}

static void count(void *host, const struct event *ev)
{
	unsigned *n = host;

	*n += ev->kind == EVENT_STEP;
}

/* A figure for people, no claim: other processes share the machine. */
static void tell_speed(struct rng *r)
{
	struct made *m = xcalloc(1, sizeof(*m));
	struct timespec from, to;
	struct buf b = {0};
	unsigned steps = 0;
	struct stream *s = stream_new(count, &steps);
	size_t hello;

	m->ev = (struct event){.kind = EVENT_HELLO, .hello = &m->hello};
	m->hello.joints = 14;
	for (unsigned i = 0; i < 14; i++)
		snprintf(m->hello.joint[i].name, NAME_BYTES, "joint_%u.pos", i);
	stream_encode(&b, &m->ev);
	hello = b.len;
	stream_line(s, b.p, hello, 0);
	for (int64_t i = 0; i < 2000; i++) {
		step_init(&m->step, 14);
		m->step.seq = i;
		m->step.src_ns = i * 20000000;
		for (unsigned k = 0; k < 4 * 14; k++)
			vec_set(&m->step.vec[k / 14], k % 14, rng_range(r, -100, 100));
		m->ev = (struct event){.kind = EVENT_STEP, .step = &m->step};
		stream_encode(&b, &m->ev);
	}
	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &from);
	stream_bytes(s, b.p + hello, b.len - hello, SIZE_MAX, 0);
	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &to);
	printf("# decoding a step of 4 x 14 values (17 digits): %.1f us\n",
	       ((double)(to.tv_sec - from.tv_sec) * 1e6 +
		(double)(to.tv_nsec - from.tv_nsec) / 1e3) /
		       steps);
	stream_free(s);
	buf_fini(&b);
	free(m);
}

int main(void)
{
	struct tap t = {0};
	struct rng r = rng_seed(1);
	struct buf all = {0};

	test_events(&t, &all);
	test_pieces(&t, &all);
	tell_speed(&r);
	buf_fini(&all);
	return tap_done(&t);
}
