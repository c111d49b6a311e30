/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The same seed gives the same world, byte for byte; a broken world equals its healthy twin until
 * the step that sim_fault_seq() names, and differs from there on.
 */
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "sim/sim.h"
#include "sim/so101.h"
#include "tests/tap.h"

enum { VIRTUAL_S = 60, STEPS_MAX = 3000 };

/* One number per step, over all that was said since the step before. */
struct trace {
	uint64_t sign[STEPS_MAX];
	unsigned steps;
	int64_t fault_seq;
};

static uint64_t hash(uint64_t h, const void *p, size_t n)
{
	const unsigned char *c = p;

	for (size_t i = 0; i < n; i++)
		h = (h ^ c[i]) * 0x100000001b3u; /* FNV-1a */
	return h;
}

static uint64_t hash_event(uint64_t h, const struct event *ev)
{
	h = hash(h, &ev->kind, sizeof(ev->kind));
	h = hash(h, &ev->src_ns, sizeof(ev->src_ns));
	if (ev->kind == EVENT_CHUNK)
		h = hash(h, ev->chunk->actions,
			 ev->chunk->horizon * ev->chunk->dims * sizeof(double));
	if (ev->kind == EVENT_EPISODE)
		h = hash(h, &ev->episode->outcome, sizeof(ev->episode->outcome));
	if (ev->kind == EVENT_FRAME) {
		const struct frame *f = ev->frame;

		h = hash(h, f->camera, sizeof(f->camera));
		h = hash(h, &f->repeats, sizeof(f->repeats));
		h = hash(h, f->thumb, (size_t)f->thumb_width * f->thumb_height * 3);
	}
	if (ev->kind == EVENT_CAMERA) {
		h = hash(h, ev->camera->name, sizeof(ev->camera->name));
		h = hash(h, &ev->camera->state, sizeof(ev->camera->state));
		h = hash(h, &ev->camera->fps, sizeof(ev->camera->fps));
		h = hash(h, &ev->camera->lost, sizeof(ev->camera->lost));
	}
	if (ev->kind != EVENT_STEP)
		return h;
	h = hash(h, &ev->step->seq, sizeof(ev->step->seq));
	h = hash(h, &ev->step->episode, sizeof(ev->step->episode));
	h = hash(h, &ev->step->driver, sizeof(ev->step->driver));
	for (unsigned k = 0; k < VEC_N; k++)
		h = hash(h, ev->step->vec[k].v, ev->step->joints * sizeof(double));
	return h;
}

static struct trace *trace_new(const struct sim_cfg *cfg)
{
	struct trace *tr = xcalloc(1, sizeof(*tr));
	struct sim *s = sim_new(cfg);
	struct event ev;
	uint64_t h = 0;

	while (sim_peek_ns(s) < VIRTUAL_S * NS_PER_S && tr->steps < STEPS_MAX) {
		sim_next(s, &ev);
		h = hash_event(h, &ev);
		if (ev.kind != EVENT_STEP)
			continue;
		tr->sign[tr->steps++] = h;
		h = 0;
	}
	tr->fault_seq = sim_fault_seq(s);
	sim_free(s);
	return tr;
}

static unsigned first_difference(const struct trace *a, const struct trace *b)
{
	unsigned i = 0;

	while (i < a->steps && i < b->steps && a->sign[i] == b->sign[i])
		i++;
	return i;
}

static void test_same(struct tap *t)
{
	bool same = true, differs = true;

	for (unsigned seed = 1; seed <= 5; seed++) {
		struct sim_cfg cfg = {.seed = seed, .cameras = true};
		struct sim_cfg other = {.seed = seed + 1, .cameras = true};
		struct trace *a = trace_new(&cfg), *b = trace_new(&cfg), *c = trace_new(&other);

		same = same && a->steps == b->steps && first_difference(a, b) == a->steps;
		same = same && a->fault_seq == SEQ_UNKNOWN;
		differs = differs && first_difference(a, c) == 0;
		free(a);
		free(b);
		free(c);
	}
	ok(t, same, "a seed gives the same world twice");
	ok(t, differs, "another seed gives another one");
}

/* What the arm does is the same with cameras and without. */
static void test_cameras(struct tap *t)
{
	struct sim_cfg blind = {.seed = 11}, seeing = {.seed = 11, .cameras = true};
	struct sim *a = sim_new(&blind), *b = sim_new(&seeing);
	unsigned same = 0, frames = 0, health = 0;
	struct event x, y;

	while (sim_peek_ns(a) < 20 * NS_PER_S) {
		uint64_t one;

		sim_next(a, &x);
		one = hash_event(0, &x);
		do {
			sim_next(b, &y);
			frames += y.kind == EVENT_FRAME;
			health += y.kind == EVENT_CAMERA;
		} while (y.kind == EVENT_FRAME || y.kind == EVENT_CAMERA);
		if (hash_event(0, &y) != one)
			break;
		same++;
	}
	ok(t, sim_peek_ns(a) >= 20 * NS_PER_S && same > 500,
	   "cameras do not disturb the arm: %u events alike", same);
	ok(t, frames >= 195 && frames <= 201 && health >= 38 && health <= 42,
	   "in 20 s %u pictures at five a second and camera, their health %u times", frames,
	   health);
	sim_free(a);
	sim_free(b);
}

/* A joint that is stalled or turns round just then shows a lost gain or reading a moment later. */
static unsigned slack(const struct sim_fault *row)
{
	if (strcmp(row->name, "camera-slow") == 0)
		return SO101_FPS + 6; /* rates and losses are told once a second */
	return strcmp(row->name, "freeze") == 0 || strcmp(row->name, "lag") == 0 ? 6 : 0;
}

static void test_fault(struct tap *t, const struct sim_fault *row, double strength)
{
	unsigned early = 0, never = 0, wrong = 0, seeds = sim_fault_of_camera(row) ? 5 : 20;

	for (unsigned seed = 1; seed <= seeds; seed++) {
		struct sim_cfg healthy = {.seed = seed, .cameras = sim_fault_of_camera(row)};
		struct sim_cfg broken = {.seed = seed,
					 .fault = row,
					 .fault_at_s = 4 + 0.37 * seed,
					 .strength = strength};
		struct trace *a = trace_new(&healthy), *b = trace_new(&broken);
		int64_t d = first_difference(a, b);

		never += b->fault_seq == SEQ_UNKNOWN || d == a->steps;
		early += d < b->fault_seq;
		wrong += d > b->fault_seq + slack(row);
		free(a);
		free(b);
	}
	ok(t, never + early + wrong == 0, "%s at %g %s: %u never acted, %u early, %u late",
	   row->name, strength, row->unit, never, early, wrong);
}

int main(void)
{
	struct tap t = {0};

	test_same(&t);
	test_cameras(&t);
	for (const struct sim_fault *row = sim_fault_table; row->name; row++) {
		if (sim_fault_served(row)) /* acts outside of the simulation */
			continue;
		test_fault(&t, row, row->strength);
		test_fault(&t, row, row->silent);
	}
	return tap_done(&t);
}
