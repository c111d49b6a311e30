/* SPDX-License-Identifier: Apache-2.0 */
/*
 * `look` at live cameras without hardware: two drivers that show scenes which a profile knows, in
 * played time. Every state that a camera can be in, and that none is left open.
 */
#include <cjson/cJSON.h>
#include <errno.h>
#include <linux/videodev2.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/mem.h"
#include "base/rng.h"
#include "cmd/look_live.h"
#include "cmd/look_text.h"
#include "tests/hal/fake_camera.h"
#include "tests/hal/fake_system.h"
#include "tests/tap.h"

enum { W = 64, H = 48, DARK = -1, FIRST_FD = 2000, FPS = 30, PATIENCE_S = 8 };

struct stage {
	struct fake_system system;
	struct camera_sys sys;
	struct fake_camera camera[2];
	int scene[2]; /* that it shows; DARK: nothing */
	struct profile *profile;
	struct look_live look;
	int64_t now_ns;
	struct rng noise;
	uint32_t frames;
};

/* Patches of colour: every scene has its own, with a little noise. */
static void paint(uint8_t *rgb, int scene, struct rng *noise)
{
	struct rng r = rng_seed((uint64_t)scene + 1);
	uint8_t patch[8][10][3];

	for (unsigned i = 0; i < sizeof(patch); i++)
		((uint8_t *)patch)[i] = (uint8_t)(40 + rng_u32(&r) % 150);
	for (unsigned i = 0; i < W * H; i++) {
		for (unsigned c = 0; c < 3; c++)
			rgb[3 * i + c] = scene == DARK ? 0
						       : (uint8_t)(patch[i / W / 6][i % W / 7][c] +
								   rng_u32(noise) % 4);
	}
}

static uint8_t byte(double v)
{
	return (uint8_t)lrint(fmin(255, fmax(0, v)));
}

/* As webcams send it: a colour for every second pixel. */
static void to_yuyv(uint8_t *out, const uint8_t *rgb)
{
	for (unsigned i = 0; i < W * H; i++) {
		const uint8_t *p = rgb + 3 * (i / 2 * 2), *own = rgb + 3 * i;
		double y = 0.299 * p[0] + 0.587 * p[1] + 0.114 * p[2];

		out[2 * i] = byte(0.299 * own[0] + 0.587 * own[1] + 0.114 * own[2]);
		out[2 * i + 1] = byte(128 + (i % 2 ? 0.713 * (p[0] - y) : 0.564 * (p[2] - y)));
	}
}

static struct reference *make_reference(int scene)
{
	struct reference *r = xcalloc(1, sizeof(*r));
	struct rng noise = rng_seed(99);

	r->episodes = 12;
	r->views = 24;
	r->windows = 100;
	r->rgb = xcalloc(REFERENCE_VIEWS, REFERENCE_BYTES);
	for (unsigned i = 0; i < r->views; i++) {
		r->episode[i] = i / 2;
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
		.gain_min = 0.95,
		.gain_max = 1.05,
		.red_max = 0.1,
		.blue_max = 0.1,
		.like_min = 0.8,
		.warm = 40,
		.light_min = 0.3,
		.light_max = 0.6,
		.contrast_min = 0.1,
		.sharpness_min = 10,
	};
	return r;
}

static struct profile *make_profile(void)
{
	static const char *const names[] = {"front", "wrist"};
	struct profile *p = profile_new();

	strcpy(p->name, "bench");
	p->ncameras = 2;
	p->cameras = xcalloc(2, sizeof(*p->cameras));
	p->reference = xcalloc(2, sizeof(struct reference *));
	for (int i = 0; i < 2; i++) {
		strcpy(p->cameras[i].name, names[i]);
		p->reference[i] = make_reference(i);
	}
	return p;
}

/* Which of the two is meant is in the path, and then in the descriptor. */
static int stage_open(void *host, const char *path)
{
	struct stage *s = host;
	int i = path[strlen(path) - 1] == '1', fd = s->camera[i].sys.open(&s->camera[i], path);

	return fd < 0 ? fd : FIRST_FD + i;
}

static struct fake_camera *camera_of(struct stage *s, int fd)
{
	return &s->camera[fd == FIRST_FD + 1];
}

enum { THE_FD = 1000 }; /* that fake_camera.c gives */

static void stage_close(void *host, int fd)
{
	struct fake_camera *f = camera_of(host, fd);

	if (fd >= FIRST_FD)
		f->sys.close(f, THE_FD);
}

static int stage_control(void *host, int fd, unsigned long request, void *arg)
{
	struct stage *s = host;
	struct fake_camera *f = camera_of(s, fd);
	int rc = f->sys.control(f, THE_FD, request, arg);
	uint8_t rgb[W * H * 3];

	if (request == VIDIOC_DQBUF && rc == 0) {
		const struct v4l2_buffer *b = arg;

		paint(rgb, s->scene[f - s->camera], &s->noise);
		to_yuyv(f->memory[b->index], rgb);
	}
	return rc;
}

static void *stage_map(void *host, int fd, size_t length, uint32_t offset)
{
	struct fake_camera *f = camera_of(host, fd);

	return f->sys.map(f, THE_FD, length, offset);
}

static void stage_unmap(void *host, void *p, size_t length)
{
	struct stage *s = host;

	for (int i = 0; i < 2; i++) {
		for (unsigned k = 0; k < CAMERA_BUFFERS; k++) {
			if (p == s->camera[i].memory[k])
				s->camera[i].sys.unmap(&s->camera[i], p, length);
		}
	}
}

static struct stage *begin(bool trained)
{
	struct stage *s = xcalloc(1, sizeof(*s));

	fake_system_make(&s->system);
	fake_system_put(&s->system, "proc/1/comm", "init\n");
	for (int i = 0; i < 2; i++) {
		fake_system_camera(&s->system, i);
		fake_camera_init(&s->camera[i]);
		s->scene[i] = i;
	}
	s->sys = (struct camera_sys){s,		stage_open, stage_close, stage_control,
				     stage_map, stage_unmap};
	s->noise = rng_seed(5);
	s->profile = trained ? make_profile() : NULL;
	s->now_ns = 1000 * NS_PER_S;
	look_live_init(&s->look, s->profile, &s->sys, s->system.root);
	return s;
}

static void add(struct stage *s, const char *first, const char *second)
{
	look_live_add(&s->look, "0", first, NULL);
	look_live_add(&s->look, "1", second, NULL);
}

static void play(struct stage *s)
{
	while (look_live_turn(&s->look, s->now_ns, PATIENCE_S * NS_PER_S)) {
		s->now_ns += NS_PER_S / FPS;
		s->frames++;
		for (int i = 0; i < 2; i++)
			fake_camera_frame(&s->camera[i], s->frames, s->now_ns - 20 * NS_PER_MS, 0);
	}
	look_live_judge(&s->look);
}

/* Nothing stays open or mapped, and nothing was ever set. */
static bool end(struct stage *s)
{
	bool clean = true;

	for (int i = 0; i < 2; i++) {
		const struct fake_camera *f = &s->camera[i];

		clean = clean && f->opened == f->closed && f->mapped == f->unmapped && !f->sets &&
			!f->maps_at_close && !f->streaming;
	}
	look_live_fini(&s->look);
	fake_system_remove(&s->system);
	if (s->profile)
		profile_free(s->profile);
	free(s);
	return clean;
}

static double seconds(const struct stage *s)
{
	return (double)(s->now_ns - s->look.began_ns) / (double)NS_PER_S;
}

static void test_well(struct tap *t)
{
	struct stage *s = begin(true);
	const struct look_eye *y;
	bool unseen;

	add(s, "front", "wrist");
	play(s);
	y = s->look.eye[0];
	ok(t, y->seen && y->pictures >= 6 && seconds(s) < 5, "enough is seen within %.1f s",
	   seconds(s));
	ok(t, y->judged && y->answer.is == IS_ROLE && y->answer.role == 0 && y->level == LEVEL_OK,
	   "front is front: %s", y->why);
	ok(t, look_live_level(&s->look, &unseen) == LEVEL_OK && !unseen, "so is all: %s",
	   s->look.eye[1]->why);
	ok(t, y->reference == s->profile->reference[0], "training's picture lies beside it");
	ok(t, fabs(y->camera.fps - FPS) < 1, "at its rate: %g", y->camera.fps);
	ok(t, end(s), "nothing is left open, nothing was set");
}

static void test_swap(struct tap *t)
{
	struct stage *s = begin(true);
	bool unseen;

	s->scene[0] = 1;
	s->scene[1] = 0;
	add(s, "front", "wrist");
	play(s);
	ok(t,
	   look_live_level(&s->look, &unseen) == LEVEL_FAIL &&
		   !strcmp(s->look.eye[0]->code, "camera-swap") &&
		   !strcmp(s->look.eye[1]->code, "camera-swap"),
	   "exchanged: %s", s->look.eye[0]->why);
	ok(t, s->look.eye[0]->reference == s->profile->reference[0],
	   "beside what it should be, so that it is seen");
	ok(t, end(s), "nothing is left open");
}

static void test_unnamed(struct tap *t)
{
	struct stage *s = begin(true);
	const struct look_eye *y;

	s->scene[0] = 1;
	look_live_add(&s->look, "0", "", NULL);
	play(s);
	y = s->look.eye[0];
	ok(t, y->judged && y->level == LEVEL_OK && y->role && !strcmp(y->role, "wrist"),
	   "without a role: %s", y->why);
	ok(t, !strcmp(y->name, "0"), "it has its device's name");
	ok(t, end(s), "nothing is left open");
	s = begin(true);
	s->scene[0] = 7;
	look_live_add(&s->look, "0", "front", NULL);
	play(s);
	ok(t, s->look.eye[0]->level >= LEVEL_WARN && s->look.eye[0]->answer.is == IS_STRANGER,
	   "a scene that training never saw: %s", s->look.eye[0]->why);
	end(s);
}

static void test_busy(struct tap *t)
{
	struct stage *s = begin(true);
	const struct look_eye *y;
	bool unseen;

	s->camera[0].reqbufs_error = EBUSY;
	fake_system_put(&s->system, "proc/77/comm", "python3\n");
	fake_system_point(&s->system, "proc/77/fd/9", "/dev/video0");
	add(s, "front", "wrist");
	play(s);
	y = s->look.eye[0];
	ok(t, !y->seen && y->camera.mode == CAMERA_WATCH && strstr(y->why, "python3 (77) has it"),
	   "busy: %s", y->why);
	ok(t, y->reference == s->profile->reference[0], "training's picture is shown all the same");
	ok(t, s->look.eye[1]->level != LEVEL_UNKNOWN, "the other one is judged");
	ok(t, look_live_level(&s->look, &unseen) <= LEVEL_OK && unseen,
	   "not seen is not well, and not wrong");
	ok(t, end(s), "nothing is left open");
}

static void expect(struct tap *t, struct stage *s, const char *code, enum level level,
		   const char *what)
{
	const struct look_eye *y;

	add(s, "front", "wrist");
	play(s);
	y = s->look.eye[0];
	ok(t, y->level == level && strcmp(y->code, code) == 0, "%s: %s", what, y->why);
	ok(t, end(s), "nothing is left open");
}

static void test_states(struct tap *t)
{
	struct stage *s = begin(true);

	s->scene[0] = DARK;
	expect(t, s, "camera-dark", LEVEL_FAIL, "dark");
	s = begin(false);
	fake_system_unlink(&s->system, "dev/video0");
	expect(t, s, "camera-missing", LEVEL_FAIL, "not there");
	s = begin(false);
	s->camera[0].streamon_error = ENOSPC;
	expect(t, s, "camera-bandwidth", LEVEL_FAIL, "no room on the bus");
	s = begin(false);
	s->camera[0].open_error = EACCES;
	expect(t, s, "", LEVEL_FAIL, "not allowed");
	s = begin(false);
	s->camera[0].fourcc = V4L2_PIX_FMT_H264;
	expect(t, s, "", LEVEL_FAIL, "a format that is not understood");
	s = begin(false);
	s->camera[0].dqbuf_error = EAGAIN;
	expect(t, s, "camera-frozen", LEVEL_FAIL, "no picture comes");
	s = begin(false);
	s->camera[0].per_denominator = 60;
	expect(t, s, "camera-fps", LEVEL_WARN, "slower than it promises");
	s = begin(false);
	expect(t, s, "", LEVEL_OK, "without a profile");
}

static void test_all(struct tap *t)
{
	struct stage *s = begin(false);

	s->camera[1].metadata = true;
	ok(t, look_live_add_all(&s->look, NULL) == 1 && !strcmp(s->look.eye[0]->name, "video0"),
	   "all: a node without pictures is no camera");
	ok(t, end(s), "nothing is left open");
	s = begin(false);
	for (int i = 0; i < LINEUP_CAMERAS; i++)
		look_live_add(&s->look, "0", "front", NULL);
	ok(t, look_live_add(&s->look, "1", "", NULL) == -E2BIG, "not too many");
	ok(t, strcmp(s->look.eye[0]->name, s->look.eye[1]->name) != 0, "each has its own name: %s",
	   s->look.eye[1]->name);
	ok(t, look_live_add(&s->look, "../../etc/passwd", "", NULL) < 0, "no such word");
	end(s);
}

static int count(const char *text, const char *part)
{
	int n = 0;

	for (const char *p = text; (p = strstr(p, part)) != NULL; p++)
		n++;
	return n;
}

static void test_text(struct tap *t)
{
	struct stage *s = begin(true);
	struct buf b = {0};
	cJSON *json, *camera;

	add(s, "front", "wrist");
	play(s);
	look_text(&b, &s->look, LOOK_LETTERS, 80);
	ok(t, !strchr(b.p, '\x1b') && strstr(b.p, "training: front, 12 episodes"),
	   "letters: no escape sequence");
	ok(t, count(b.p, "\n") == 2 * (6 + PIXELS_H) + 1, "%d lines", count(b.p, "\n"));
	buf_clear(&b);
	look_text(&b, &s->look, LOOK_TRUE, 80);
	ok(t, count(b.p, "\x1b[38;2;") == 4 * PIXELS_W * PIXELS_H && !strstr(b.p, "38;5;"),
	   "truecolor: %d cells", count(b.p, "\x1b[38;2;"));
	buf_clear(&b);
	look_text(&b, &s->look, LOOK_PALETTE, 200);
	ok(t, count(b.p, "\x1b[38;5;") == 4 * W * H / 2, "256 colours, and wide: %d cells",
	   count(b.p, "\x1b[38;5;"));
	buf_clear(&b);
	look_json(&b, &s->look);
	json = cJSON_Parse(b.p);
	camera = cJSON_GetArrayItem(cJSON_GetObjectItem(json, "cameras"), 1);
	ok(t, camera && !strcmp(cJSON_GetObjectItem(camera, "is")->valuestring, "wrist"),
	   "JSON: %.60s", b.p);
	cJSON_Delete(json);
	buf_fini(&b);
	end(s);
}

int main(void)
{
	struct tap t = {0};

	test_well(&t);
	test_swap(&t);
	test_unnamed(&t);
	test_busy(&t);
	test_states(&t);
	test_all(&t);
	test_text(&t);
	return tap_done(&t);
}
