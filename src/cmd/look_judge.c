/* SPDX-License-Identifier: Apache-2.0 */
/* What is wrong with a camera that was looked at: its state first, then its picture. */
#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "base/text.h"
#include "cmd/look.h"
#include "cmd/look_live.h"

/* Shares: of black pixels in a covered lens or a dark room, and of the rate that was promised. */
static const double covered = 0.9, slow = 0.9;

static void raise(struct look_eye *y, enum level level, const char *code, const char *fmt, ...)
	__attribute__((format(printf, 4, 5)));

/* The worst is told; of equals the first. */
static void raise(struct look_eye *y, enum level level, const char *code, const char *fmt, ...)
{
	va_list ap;

	if (y->why[0] && level <= y->level)
		return;
	y->level = level;
	text_copy(y->code, sizeof(y->code), code);
	va_start(ap, fmt);
	vsnprintf(y->why, sizeof(y->why), fmt, ap);
	va_end(ap);
}

/* True: no picture can be expected. */
static bool judge_state(struct look_eye *y)
{
	const struct camera *c = &y->camera;
	const char *owner = c->owner[0] ? c->owner : "another program";

	switch (y->told ? (enum camera_state)c->state : CAMERA_UNKNOWN) {
	case CAMERA_MISSING:
		raise(y, LEVEL_FAIL, "camera-missing", "it is not there");
		return true;
	case CAMERA_GONE:
		raise(y, LEVEL_FAIL, "camera-gone", "it was unplugged");
		return true;
	case CAMERA_SILENT:
		raise(y, LEVEL_FAIL, "camera-frozen", "it streams and no picture comes");
		return true;
	case CAMERA_CROWDED:
		raise(y, LEVEL_FAIL, "camera-bandwidth", "its USB bus has no room for it");
		return true;
	case CAMERA_FAILED:
		raise(y, LEVEL_FAIL, "", "%.*s", (int)sizeof(c->trouble),
		      c->trouble[0] ? c->trouble : "the driver refuses");
		return true;
	case CAMERA_BUSY:
	case CAMERA_UNKNOWN:
	case CAMERA_STREAMING:
	case CAMERA_IDLE:
	case CAMERA_STATE_N:
	default:
		break;
	}
	if (y->seen)
		return false;
	if (y->told && c->mode == CAMERA_WATCH)
		raise(y, LEVEL_UNKNOWN, "camera-busy", "%s has it: its picture is not seen", owner);
	else if (c->trouble[0])
		raise(y, LEVEL_FAIL, "", "%s", c->trouble);
	else
		raise(y, LEVEL_UNKNOWN, "", "no picture came in time");
	return true;
}

static void judge_picture(struct look_eye *y)
{
	const struct camera *c = &y->camera;

	if (y->frame.dark > covered)
		raise(y, LEVEL_FAIL, "camera-dark", "its picture is black (%.0f %%)",
		      100 * y->frame.dark);
	if (c->frozen_s > 1)
		raise(y, LEVEL_WARN, "camera-frozen", "the same picture for %.1f s", c->frozen_s);
	if (c->fps < slow * c->fps_set)
		raise(y, LEVEL_WARN, "camera-fps", "%.1f pictures a second of %.1f", c->fps,
		      c->fps_set);
}

static void judge_identity(struct look_live *l, struct look_eye *y, unsigned camera)
{
	struct lineup_answer *a = &y->answer;

	lineup_judge(l->lineup, camera, a);
	y->judged = true;
	for (unsigned k = 0; k < LINEUP_FACTS; k++) {
		if (a->fact[k].level >= LEVEL_NOTE)
			raise(y, a->fact[k].level, look_fact_names[k], "%s", a->fact[k].why);
	}
}

/* Its own where training had a camera of that name: an exchange is to be seen. */
static void find_reference(struct look_live *l, struct look_eye *y)
{
	const struct profile *p = l->profile;
	int role = -1;

	for (size_t i = 0; p && i < p->ncameras; i++) {
		if (strcmp(p->cameras[i].name, y->name) == 0)
			role = (int)i;
	}
	if (role < 0 && y->judged)
		role = y->answer.is == IS_ROLE ? y->answer.role : y->answer.like;
	if (role < 0 || !p->reference || !p->reference[role] || !p->reference[role]->views)
		return;
	y->reference = p->reference[role];
	y->role = p->cameras[role].name;
}

static void judge_eye(struct look_live *l, struct look_eye *y)
{
	y->level = LEVEL_UNKNOWN;
	if (judge_state(y)) {
		find_reference(l, y);
		return;
	}
	if (l->lineup && y->at >= 0 && lineup_ready(l->lineup, (unsigned)y->at))
		judge_identity(l, y, (unsigned)y->at);
	judge_picture(y);
	if (!y->why[0] && y->judged && y->answer.says[0])
		raise(y, y->answer.is == IS_OPEN && y->answer.like < 0 ? LEVEL_UNKNOWN : LEVEL_OK,
		      "", "%s", y->answer.says);
	else if (!y->why[0] && l->lineup)
		raise(y, LEVEL_UNKNOWN, "", "too few pictures to tell which camera it is");
	else if (!y->why[0])
		raise(y, LEVEL_OK, "", "pictures come");
	find_reference(l, y);
}

void look_live_judge(struct look_live *l)
{
	for (unsigned i = 0; i < l->eyes; i++) {
		eye_fini(&l->eye[i]->eye);
		l->eye[i]->open = false;
		judge_eye(l, l->eye[i]);
	}
}

enum level look_live_level(const struct look_live *l, bool *unseen)
{
	enum level worst = LEVEL_UNKNOWN;

	*unseen = l->eyes == 0;
	for (unsigned i = 0; i < l->eyes; i++) {
		worst = l->eye[i]->level > worst ? l->eye[i]->level : worst;
		*unseen = *unseen || l->eye[i]->level == LEVEL_UNKNOWN;
	}
	return worst;
}
