/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/vision/stage.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/path.h"
#include "training/compare.h"
#include "training/reference.h"

enum { THUMB = FRAME_THUMB_WIDTH * FRAME_THUMB_HEIGHT * 3 };

static int learn(struct stage *s, const char *path, const char *train, struct err *e)
{
	struct episodes all;
	struct dataset *set = NULL;
	int rc = dataset_open_at(&set, path, train, e);

	if (!rc)
		rc = dataset_load(set, &all, e);
	if (!rc) {
		struct reference_set one = {set, 0, all.count};

		s->profile = profile_build(&all, NULL);
		rc = references_learn(s->profile, &all, &one, 1, NULL, e);
		episodes_fini(&all);
	}
	dataset_close(set);
	return rc;
}

/* What the set itself says of its cameras' channels. */
static int read_stats(struct stage *s, struct err *e)
{
	struct set_stats *stats = set_stats_read(s->set, &s->all, e);

	if (!stats)
		return -1;
	set_stats_cameras(stats, s->all.cameras, s->all.ncameras);
	set_stats_free(stats);
	return 0;
}

static int shoot(struct stage *s, const char *path, const char *show, struct err *e)
{
	int rc = dataset_open_at(&s->set, path, show, e);

	if (!rc)
		rc = dataset_load(s->set, &s->all, e);
	if (!rc)
		rc = read_stats(s, e);
	if (!rc)
		rc = footage_open(&s->videos, s->set, s->all.cameras, s->all.ncameras, e);
	if (rc)
		return rc;
	s->footage = xcalloc(s->all.count, sizeof(*s->footage));
	for (size_t i = 0; i < s->all.count && !rc; i++)
		rc = footage_read(&s->footage[i], &s->videos, s->all.span[i].index, e);
	return rc;
}

/* A test is not the program that has its helpers beside it. */
static void find_helper(void)
{
	const char *build = getenv("TOP_BUILDDIR");
	char *path = path_join_dup(build ? build : ".", "src/video");

	setenv("POLICYTOP_LIBEXECDIR", path, 0);
	free(path);
}

int stage_open(struct stage *s, const char *set, const char *train, const char *show)
{
	char *path = path_join_dup(getenv("POLICYTOP_DATA"), set);
	struct err e = {0};
	int rc;

	*s = (struct stage){0};
	find_helper();
	rc = train ? learn(s, path, train, &e) : 0;
	if (!rc && show)
		rc = shoot(s, path, show, &e);
	free(path);
	if (rc)
		printf("# %s: %s\n", set, e.msg);
	return rc ? -1 : 0;
}

void stage_close(struct stage *s)
{
	for (size_t i = 0; s->footage && i < s->all.count; i++)
		footage_fini(&s->footage[i]);
	free(s->footage);
	footage_close(&s->videos);
	episodes_fini(&s->all);
	dataset_close(s->set);
	profile_free(s->profile);
	*s = (struct stage){0};
}

static float at(const uint8_t *thumb, int w, int h, float x, float y, unsigned c)
{
	int left, top;
	float fx, fy;

	x = fminf(fmaxf(x, 0), (float)(w - 1) - 0.001f);
	y = fminf(fmaxf(y, 0), (float)(h - 1) - 0.001f);
	left = (int)x;
	top = (int)y;
	fx = x - (float)left;
	fy = y - (float)top;
	thumb += (top * w + left) * 3 + (int)c;
	return (1 - fy) * ((1 - fx) * thumb[0] + fx * thumb[3]) +
	       fy * ((1 - fx) * thumb[3 * w] + fx * thumb[3 * w + 3]);
}

/* As if the camera had been moved: what was at p is now at zoom * turned p + shift. */
static void move(uint8_t *out, const struct act *a, const struct frame *f)
{
	float zoom = a->zoom > 0 ? a->zoom : 1, roll = a->roll_deg * (float)M_PI / 180;
	int w = f->thumb_width, h = f->thumb_height;

	for (int y = 0; y < h; y++) {
		for (int x = 0; x < w; x++) {
			float u = (float)x - (float)(w - 1) / 2 - a->x;
			float v = (float)y - (float)(h - 1) / 2 - a->y;
			float px = (cosf(roll) * u + sinf(roll) * v) / zoom + (float)(w - 1) / 2;
			float py = (cosf(roll) * v - sinf(roll) * u) / zoom + (float)(h - 1) / 2;

			if (a->mirrored)
				px = (float)(w - 1) - px;
			if (a->over)
				py = (float)(h - 1) - py;
			for (unsigned c = 0; c < 3; c++)
				*out++ = (uint8_t)lrintf(at(f->thumb, w, h, px, py, c));
		}
	}
}

static void paint(uint8_t *thumb, const struct act *a, struct frame *f)
{
	float gain = a->gain > 0 ? a->gain : 1;

	for (unsigned i = 0; i < THUMB; i += 3) {
		for (unsigned c = 0; c < 3; c++) {
			thumb[i + c] = (uint8_t)fminf(255, roundf(gain * (float)thumb[i + c]));
			if (a->covered)
				thumb[i + c] = (uint8_t)(thumb[i + c] / 16 + 20);
		}
		if (a->bgr) {
			uint8_t keep = thumb[i];

			thumb[i] = thumb[i + 2];
			thumb[i + 2] = keep;
		}
	}
	for (unsigned c = 0; c < 3; c++) {
		f->mean[c] *= (double)gain;
		f->std[c] *= a->covered ? 1.0 / 16 : (double)gain;
	}
	if (a->covered)
		f->sharpness /= 256;
}

static void show(struct lineup *l, const struct act *a, const char *name, double t_s,
		 const struct footage_frame *k)
{
	uint8_t thumb[THUMB];
	struct frame f = k->frame;

	if (a->camera && strcmp(name, a->camera) == 0) {
		move(thumb, a, &k->frame);
		paint(thumb, a, &f);
		f.thumb = thumb;
	}
	for (unsigned i = 0; i < 2; i++) {
		if (a->swap[i] && strcmp(name, a->swap[i]) == 0) {
			name = a->swap[1 - i];
			break;
		}
	}
	lineup_see(l, name, t_s, &f);
}

static void count(struct counts *c, const struct lineup_answer *a)
{
	enum level worst = LEVEL_UNKNOWN;

	c->windows++;
	c->open += a->is == IS_OPEN;
	c->stranger += a->is == IS_STRANGER;
	c->own += a->is == IS_ROLE && a->role == a->own;
	c->other += a->is == IS_ROLE && a->role != a->own;
	for (unsigned i = 0; i < LINEUP_FACTS; i++) {
		c->judged[i] += a->fact[i].level != LEVEL_UNKNOWN;
		c->fact[i] += a->fact[i].level >= LEVEL_WARN;
		worst = a->fact[i].level > worst ? a->fact[i].level : worst;
	}
	c->any += worst >= LEVEL_WARN;
}

/* The pictures of a camera of an episode; of another set where the act says so. */
static const struct footage_frame *pictures(const struct stage *s, const struct act *a, size_t ep,
					    unsigned camera, size_t *n)
{
	const struct footage *f = &s->footage[ep];

	if (a->other && a->camera && strcmp(f->camera[camera].name, a->camera) == 0) {
		f = &a->other->footage[ep % a->other->all.count];
		for (unsigned i = 0; i < f->cameras; i++) {
			if (strcmp(f->camera[i].name, a->other_camera) == 0)
				camera = i;
		}
	}
	*n = f->camera[camera].frames;
	return f->camera[camera].frame;
}

static void play_episode(const struct stage *s, struct lineup *l, const struct act *a, size_t ep,
			 const char *of, struct counts *c)
{
	const struct episode_span *span = &s->all.span[ep];
	size_t next[FOOTAGE_CAMERAS] = {0}, n;
	double base_s = 1000.0 * (double)ep;

	lineup_restart(l);
	for (size_t row = 0; row < span->frames; row++) {
		double t_s = (double)row / s->all.fps;

		lineup_step(l, base_s + t_s, s->all.state + (span->first + row) * s->all.nstate);
		for (unsigned k = 0; k < s->videos.cameras; k++) {
			const struct footage_frame *p = pictures(s, a, ep, k, &n);

			for (; next[k] < n && p[next[k]].t_s <= t_s + 1e-3; next[k]++)
				show(l, a, s->videos.name[k], base_s + t_s, &p[next[k]]);
		}
		for (unsigned k = 0; (row + 1) % (size_t)s->all.fps == 0 && k < lineup_cameras(l);
		     k++) {
			struct lineup_answer answer;

			if (!lineup_ready(l, k))
				continue;
			lineup_judge(l, k, &answer);
			if (strcmp(answer.camera, of) == 0)
				count(c, &answer);
		}
	}
}

struct counts stage_play(const struct stage *s, const struct profile *profile,
			 const struct act *act, const char *of)
{
	struct lineup *l = lineup_new(profile ? profile : s->profile);
	struct counts c = {0};

	if (!l)
		return c;
	lineup_joints(l, s->all.state_joint, s->all.nstate);
	for (size_t i = 0; i < s->all.count; i++)
		play_episode(s, l, act, i, act->camera ? act->camera : of, &c);
	lineup_free(l);
	return c;
}
