/* SPDX-License-Identifier: Apache-2.0 */
/* A policy against cameras, training and options: each misfit by code and subject, fits are quiet. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "audit/fit.h"
#include "base/mem.h"
#include "base/path.h"
#include "base/text.h"
#include "tests/tap.h"

struct world {
	struct tap *t;
	struct checkpoint *act, *smolvla, *diffusion, *relative, *openpi;
	struct fit f;
	struct audit a;
};

static struct checkpoint *open_set(struct tap *t, const char *name)
{
	char *sets = path_join_dup(getenv("TOP_SRCDIR"), "tests/training/checkpoint");
	char *path = path_join_dup(sets, name);
	struct err e = {0};
	struct checkpoint *c = checkpoint_open(path, &e);

	ok(t, c != NULL, "%s %s", name, e.msg);
	free(path);
	free(sets);
	return c;
}

static void camera(struct world *w, const char *role, unsigned width, unsigned height, double fps)
{
	struct fit_camera *c = &w->f.camera[w->f.cameras++];

	*c = (struct fit_camera){.width = width, .height = height, .fps = fps};
	text_copy(c->role, sizeof(c->role), role);
}

static void begin(struct world *w, const struct checkpoint *c)
{
	audit_fini(&w->a);
	fit_init(&w->f, c);
	w->f.cameras_known = true;
}

/* What is worse than a note must be this one, and there must be nothing else; level 0: nothing. */
static void expect(struct world *w, enum level level, const char *code, const char *subject,
		   const char *what)
{
	const struct audit_finding *f = NULL;
	unsigned n = 0;

	audit_fit(&w->a, &w->f);
	for (size_t i = 0; i < w->a.n; i++) {
		if (w->a.finding[i].level < LEVEL_WARN)
			continue;
		f = &w->a.finding[i];
		n++;
		printf("# %s %s [%s] %s; %s\n", level_word(f->level), f->code->code, f->subject,
		       f->text, f->todo);
	}
	ok(w->t,
	   level ? n == 1 && f->level == level && strcmp(f->code->code, code) == 0 &&
			   strcmp(f->subject, subject) == 0
		 : n == 0,
	   "%s", what);
}

static void test_cameras(struct world *w)
{
	begin(w, w->act);
	camera(w, "cam0", 64, 48, 30);
	expect(w, 0, NULL, NULL, "act: its camera by the map of its own preprocessor");
	begin(w, w->act);
	w->f.renames_known = true;
	camera(w, "cam0", 64, 48, 30);
	expect(w, LEVEL_FAIL, "inputs", "front", "that map is lost where the command has none");
	ok(w->t,
	   strcmp(audit_find(&w->a, "inputs", "front")->todo,
		  "--rename_map='{\"observation.images.cam0\": \"observation.images.front\"}'") ==
		   0,
	   "and what to say is told");
	begin(w, w->act);
	camera(w, "front", 64, 48, 30);
	camera(w, "top", 640, 480, 30);
	expect(w, 0, NULL, NULL, "a camera more is a note");
	begin(w, w->act);
	camera(w, "frnt", 64, 48, 30);
	expect(w, LEVEL_FAIL, "inputs", "front", "a camera by another name");
	begin(w, w->act);
	camera(w, "front", 96, 72, 30);
	expect(w, LEVEL_FAIL, "inputs", "front",
	       "act takes pictures as they come: another size fails");
	begin(w, w->act);
	camera(w, "front", 64, 48, 30);
	w->f.camera[0].depth = true;
	expect(w, 0, NULL, NULL, "depth beside colour is no fault");
	begin(w, w->act);
	camera(w, "depth_cam", 64, 48, 30);
	text_copy(w->f.camera[0].key, NAME_BYTES, "front");
	expect(w, LEVEL_FAIL, "inputs", "depth_cam", "depth where colour is meant");
	begin(w, w->act);
	camera(w, "front", 64, 48, 15);
	w->f.fps = 30;
	expect(w, LEVEL_WARN, "inputs", "front", "a camera slower than the loop");
	begin(w, w->smolvla);
	camera(w, "front", 640, 480, 30);
	camera(w, "wrist", 640, 480, 30);
	expect(w, 0, NULL, NULL, "smolvla: renamed, of another size, beside an empty camera");
	begin(w, w->smolvla);
	camera(w, "front", 640, 480, 30);
	expect(w, LEVEL_FAIL, "inputs", "camera2", "one of two is missing");
	begin(w, w->smolvla);
	camera(w, "front", 640, 480, 30);
	camera(w, "wrist", 640, 480, 30);
	text_copy(w->f.camera[0].device, 256, "/dev/video2");
	text_copy(w->f.camera[1].device, 256, "/dev/video2");
	expect(w, LEVEL_FAIL, "inputs", "wrist", "one device under two names");
	begin(w, w->openpi);
	camera(w, "base", 640, 480, 30);
	expect(w, 0, NULL, NULL, "openpi does not name its cameras: unknown");
	ok(w->t, audit_find(&w->a, "inputs", "cameras")->level == LEVEL_UNKNOWN, "and says so");
}

/* A profile of n joints that are called as SO-101's. */
static struct profile *training(const char *name, unsigned n, double fps)
{
	static const char *const names[] = {
		"shoulder_pan.pos", "shoulder_lift.pos", "elbow_flex.pos", "wrist_flex.pos",
		"wrist_roll.pos",   "gripper.pos",	 "extra.pos"};
	struct profile *p = profile_new();

	text_copy(p->name, sizeof(p->name), name);
	p->fps = fps;
	p->frames = 1000;
	p->state.joints = p->action.joints = n;
	p->state.joint = xcalloc(n, sizeof(*p->state.joint));
	p->action.joint = xcalloc(n, sizeof(*p->action.joint));
	for (unsigned i = 0; i < n; i++) {
		text_copy(p->state.joint[i].joint.name, NAME_BYTES, names[i]);
		text_copy(p->action.joint[i].joint.name, NAME_BYTES, names[i]);
	}
	return p;
}

static void test_training(struct world *w)
{
	struct profile *six = training("so101", 6, 30), *seven = training("so101", 7, 30);
	struct profile *other = training("else", 6, 30);

	begin(w, w->act);
	camera(w, "front", 64, 48, 30);
	w->f.profile = six;
	w->f.fps = 30;
	expect(w, 0, NULL, NULL, "the training set's profile");
	ok(w->t, fabs(audit_find(&w->a, "epochs", NULL)->value - 1234 * 8 / 1000.0) < 1e-9,
	   "epochs are a note: %s", audit_find(&w->a, "epochs", NULL)->text);
	begin(w, w->act);
	camera(w, "front", 64, 48, 30);
	w->f.profile = other;
	expect(w, LEVEL_WARN, "trained-on", "else", "the profile of another set");
	begin(w, w->act);
	camera(w, "front", 64, 48, 60);
	w->f.profile = six;
	w->f.fps = 60;
	expect(w, LEVEL_WARN, "inputs", "fps", "a loop at twice the rate of training");
	begin(w, w->act);
	camera(w, "front", 64, 48, 30);
	w->f.profile = seven;
	audit_fit(&w->a, &w->f);
	ok(w->t,
	   audit_level(&w->a, "outputs") == LEVEL_FAIL &&
		   audit_find(&w->a, "inputs", "state")->level == LEVEL_FAIL,
	   "seven joints, and six values");
	begin(w, w->relative);
	camera(w, "base_0_rgb", 256, 256, 30);
	w->f.profile = six;
	expect(w, 0, NULL, NULL, "joints in the policy's order");
	memcpy(six->action.joint[0].joint.name, "wrist_roll.pos", 15);
	memcpy(six->action.joint[4].joint.name, "shoulder_pan.pos", 17);
	begin(w, w->relative);
	camera(w, "base_0_rgb", 256, 256, 30);
	w->f.profile = six;
	expect(w, LEVEL_FAIL, "outputs", "wrist_roll.pos", "and in another");
	profile_free(six);
	profile_free(seven);
	profile_free(other);
}

static void test_plan(struct world *w)
{
	begin(w, w->act);
	camera(w, "front", 64, 48, 30);
	w->f.n_action_steps = 21;
	expect(w, LEVEL_FAIL, "plan", "n_action_steps", "more actions than are planned");
	begin(w, w->diffusion);
	w->f.n_action_steps = 15;
	expect(w, 0, NULL, NULL, "diffusion plans from its first observation on: 15 of 16");
	begin(w, w->diffusion);
	w->f.n_action_steps = 16;
	expect(w, LEVEL_FAIL, "plan", "n_action_steps", "and 16 are one too many");
	begin(w, w->act);
	camera(w, "front", 64, 48, 30);
	w->f.fps = 30;
	w->f.latency_s = 0.8;
	expect(w, LEVEL_WARN, "plan", "latency", "the arm waits longer than it moves");
	begin(w, w->act);
	camera(w, "front", 64, 48, 30);
	w->f.fps = 30;
	w->f.latency_s = 0.8;
	w->f.rtc = w->f.rtc_known = true;
	expect(w, LEVEL_FAIL, "plan", "latency",
	       "asynchronous: the plan ends before the next comes");
	begin(w, w->act);
	camera(w, "front", 64, 48, 30);
	w->f.fps = 30;
	w->f.latency_s = 0.02;
	expect(w, 0, NULL, NULL, "in time");
	begin(w, w->relative);
	camera(w, "base_0_rgb", 256, 256, 30);
	w->f.rtc_known = true;
	expect(w, LEVEL_FAIL, "plan", "inference", "relative actions and sync inference");
	begin(w, w->act);
	camera(w, "front", 64, 48, 30);
	w->f.actions_per_chunk = 50;
	w->f.n_action_steps = 10;
	expect(w, LEVEL_WARN, "plan", "actions_per_chunk", "more asked for than are planned");
}

int main(void)
{
	struct tap t = {0};
	struct world *w = xcalloc(1, sizeof(*w));

	w->t = &t;
	w->act = open_set(&t, "act");
	w->smolvla = open_set(&t, "smolvla");
	w->diffusion = open_set(&t, "diffusion");
	w->relative = open_set(&t, "relative");
	w->openpi = open_set(&t, "openpi");
	if (!t.failed) {
		test_cameras(w);
		test_training(w);
		test_plan(w);
	}
	audit_fini(&w->a);
	checkpoint_free(w->act);
	checkpoint_free(w->smolvla);
	checkpoint_free(w->diffusion);
	checkpoint_free(w->relative);
	checkpoint_free(w->openpi);
	free(w);
	return tap_done(&t);
}
