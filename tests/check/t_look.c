/* SPDX-License-Identifier: Apache-2.0 */
/* Cameras beside those of training, as checks: what is found, debounced, and what is not judged. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/rng.h"
#include "model/reference.h"
#include "tests/check/bed.h"
#include "tests/tap.h"

enum { CAMERAS = 2, EPISODES = 12 };

/* Patches of grey and colour: each camera its own, with a little noise. */
static void paint(uint8_t *rgb, unsigned scene, struct rng *noise)
{
	struct rng r = rng_seed(scene + 1);
	uint8_t patch[8][10][3];

	for (unsigned i = 0; i < sizeof(patch); i++)
		((uint8_t *)patch)[i] = (uint8_t)(40 + rng_u32(&r) % 150);
	for (unsigned i = 0; i < 64 * 48; i++) {
		for (unsigned c = 0; c < 3; c++)
			rgb[3 * i + c] = (uint8_t)(patch[i / 64 / 6][i % 64 / 7][c] +
						   rng_u32(noise) % 4 + (c == 0 ? 20 : 0));
	}
}

static struct reference *make_reference(unsigned scene)
{
	struct reference *r = xcalloc(1, sizeof(*r));
	struct rng noise = rng_seed(99);

	r->episodes = EPISODES;
	r->views = 4 * EPISODES;
	r->windows = 100;
	r->rgb = xcalloc(REFERENCE_VIEWS, REFERENCE_BYTES);
	for (unsigned i = 0; i < r->views; i++) {
		r->episode[i] = i / 4;
		paint(r->rgb[i], scene, &noise);
	}
	r->figures = (struct reference_figures){
		.distance_mean = 0.1,
		.distance_std = 0.02,
		.distance_max = 0.15,
		.shift_max = 0.05,
		.zoom_max = 0.003,
		.roll_max_deg = 0.1,
		.alike_min = 0.9,
		.gain_min = 0.99,
		.gain_max = 1.01,
		.red_max = 0.01,
		.blue_max = 0.01,
		.like_min = 0.8,
		.warm = 40,
		.light_min = 0.4,
		.light_max = 0.6,
		.contrast_min = 0.15,
		.dark_max = 0,
		.bright_max = 0,
		.sharpness_min = 500,
	};
	return r;
}

static void add_cameras(struct profile *p)
{
	static const char *const names[CAMERAS] = {"front", "wrist"};

	p->ncameras = CAMERAS;
	free(p->cameras);
	p->cameras = xcalloc(CAMERAS, sizeof(*p->cameras));
	p->reference = xcalloc(CAMERAS, sizeof(struct reference *));
	for (unsigned i = 0; i < CAMERAS; i++) {
		strcpy(p->cameras[i].name, names[i]);
		p->reference[i] = make_reference(i);
	}
}

static void send_frame(struct bed *b, const char *camera, uint8_t *rgb, double contrast)
{
	struct frame f;

	frame_init(&f);
	strcpy(f.camera, camera);
	f.width = 640;
	f.height = 480;
	f.channels = 3;
	for (unsigned c = 0; c < 3; c++) {
		f.mean[c] = 0.5;
		f.std[c] = contrast;
	}
	f.dark = f.bright = 0;
	f.sharpness = contrast > 0.1 ? 600 : 1;
	f.thumb = rgb;
	f.thumb_width = 64;
	f.thumb_height = 48;
	bed_event(b, (struct event){.kind = EVENT_FRAME, .frame = &f});
}

/* What is done to the pictures of the first camera. */
typedef void change(uint8_t *rgb);

static void none(uint8_t *rgb)
{
	(void)rgb;
}

static void darker(uint8_t *rgb)
{
	for (unsigned i = 0; i < REFERENCE_BYTES; i++)
		rgb[i] = (uint8_t)(rgb[i] * 0.7);
}

static void exchange_colours(uint8_t *rgb)
{
	for (unsigned i = 0; i < REFERENCE_BYTES; i += 3) {
		uint8_t keep = rgb[i];

		rgb[i] = rgb[i + 2];
		rgb[i + 2] = keep;
	}
}

static void shift(uint8_t *rgb)
{
	for (unsigned y = 0; y < 48; y++)
		memmove(rgb + y * 192 + 6, rgb + y * 192, 192 - 6);
}

static void mirror(uint8_t *rgb)
{
	for (unsigned y = 0; y < 48; y++) {
		for (unsigned x = 0; x < 32; x++) {
			uint8_t keep[3], *a = rgb + y * 192 + 3 * x,
					 *b = rgb + y * 192 + 3 * (63 - x);

			memcpy(keep, a, 3);
			memcpy(a, b, 3);
			memcpy(b, keep, 3);
		}
	}
}

static void cover(uint8_t *rgb)
{
	memset(rgb, 30, REFERENCE_BYTES);
}

/* Seconds of an episode at 10 pictures a second and camera; scene[i] is what camera i shows. */
static void run(struct bed *b, double seconds, const unsigned scene[CAMERAS], change *how)
{
	struct rng noise = rng_seed(7);
	uint8_t rgb[REFERENCE_BYTES];

	bed_episode(b);
	for (unsigned i = 0; i < 30 * seconds; i++) {
		bed_healthy(b, i);
		bed_send(b);
		for (unsigned k = 0; k < CAMERAS && i % 3 == 0; k++) {
			paint(rgb, scene[k], &noise);
			if (k == 0)
				how(rgb);
			send_frame(b, k ? "wrist" : "front", rgb,
				   k == 0 && how == cover ? 0.0 : 0.2);
		}
	}
}

static const unsigned as_trained[CAMERAS] = {0, 1};

static unsigned alarms(const struct bed *b)
{
	unsigned n = 0;

	for (unsigned i = 0; i < b->nverdicts; i++)
		n += strncmp(b->verdict[i].code, "camera-", 7) == 0;
	return n;
}

static void test_quiet(struct tap *t, struct bed *b)
{
	struct check_status s;

	bed_restart(b);
	s = bed_status(b, "camera-swap");
	ok(t, s.level == LEVEL_UNKNOWN, "no camera yet: not judged: %s", s.why);
	run(b, 5, as_trained, none);
	ok(t, alarms(b) == 0, "cameras as in training: nothing is said");
	s = bed_status(b, "camera-swap");
	ok(t, s.level == LEVEL_OK && s.value > 3 && s.least,
	   "they are themselves, by at least %.1f: %.1f %s", s.threshold, s.value, s.unit);
	s = bed_status(b, "camera-moved");
	ok(t, s.level == LEVEL_OK && !s.least, "and where they were, at most");
}

static void test_swap(struct tap *t, struct bed *b)
{
	const struct verdict *v;

	bed_restart(b);
	run(b, 1.2, (const unsigned[]){1, 0}, none);
	ok(t, alarms(b) == 0, "exchanged: one answer alone is no verdict");
	bed_restart(b);
	run(b, 4, (const unsigned[]){1, 0}, none);
	v = bed_find(b, "camera-swap", LEVEL_FAIL);
	ok(t, bed_count(b, "camera-swap", LEVEL_FAIL) == 2 && v, "two answers: a failure of each");
	ok(t, v && strstr(v->message, "exchange front and wrist"), "which says what to do: %s",
	   v ? v->message : "");
	ok(t, alarms(b) == 2, "and nothing else");
	ok(t, !bed_status(b, "camera-swap").least, "a margin for another camera is too much");
}

/* What is told of a camera beside the checks. */
static void test_identity(struct tap *t, struct bed *b)
{
	struct camera k, stale, other;

	bed_restart(b);
	camera_init(&k);
	strcpy(k.name, "front");
	judge_identify(b->judge, (int64_t)(b->t_s * 1e9), &k);
	ok(t, !k.is[0] && isnan(k.margin), "no picture yet: cannot tell");
	run(b, 3, (const unsigned[]){1, 0}, none);
	stale = other = k;
	judge_identify(b->judge, (int64_t)(b->t_s * 1e9), &k);
	ok(t, !strcmp(k.is, "wrist") && !strcmp(k.method, "picture") && k.margin > 3,
	   "front is wrist, by %.1f sigma", k.margin);
	judge_identify(b->judge, (int64_t)((b->t_s + 6) * 1e9), &stale);
	ok(t, !stale.is[0], "which is no more known six seconds later");
	strcpy(other.name, "side");
	judge_identify(b->judge, (int64_t)(b->t_s * 1e9), &other);
	ok(t, !other.is[0], "nor of a camera that nobody saw");
	bed_restart(b);
	run(b, 3, (const unsigned[]){5, 1}, none);
	judge_identify(b->judge, (int64_t)(b->t_s * 1e9), &stale);
	ok(t, !strcmp(stale.is, "unknown"), "another view is unknown");
}

static void test_one(struct tap *t, struct bed *b, const char *code, change *how)
{
	bed_restart(b);
	run(b, 4, as_trained, how);
	ok(t, bed_count(b, code, LEVEL_WARN) == 1 && alarms(b) == 1, "%s alone: %u of %u", code,
	   bed_count(b, code, LEVEL_WARN), alarms(b));
	if (b->nverdicts && alarms(b) != 1)
		for (unsigned i = 0; i < b->nverdicts; i++)
			printf("# %s: %s\n", b->verdict[i].code, b->verdict[i].message);
}

static void test_unknown(struct tap *t, struct bed *b)
{
	bed_restart(b);
	run(b, 4, (const unsigned[]){5, 1}, none);
	ok(t, bed_count(b, "camera-unknown", LEVEL_WARN) == 1 && alarms(b) == 1,
	   "another view: unknown");
}

static void test_without(struct tap *t)
{
	struct bed b;
	struct check_status s;

	bed_init(&b);
	run(&b, 3, (const unsigned[]){1, 0}, none);
	s = bed_status(&b, "camera-swap");
	ok(t, s.level == LEVEL_UNKNOWN && strstr(s.why, "no pictures"), "without references: %s",
	   s.why);
	bed_fini(&b);
}

int main(void)
{
	struct tap t = {0};
	struct bed b;

	bed_init(&b);
	add_cameras(b.profile);
	test_quiet(&t, &b);
	test_swap(&t, &b);
	test_identity(&t, &b);
	test_one(&t, &b, "camera-light", darker);
	test_one(&t, &b, "camera-colour", exchange_colours);
	test_one(&t, &b, "camera-moved", shift);
	test_one(&t, &b, "camera-mirrored", mirror);
	test_one(&t, &b, "camera-covered", cover);
	test_unknown(&t, &b);
	bed_fini(&b);
	test_without(&t);
	return tap_done(&t);
}
