/* SPDX-License-Identifier: Apache-2.0 */
/* Training sets with one thing wrong each, the healthy twin, and the real sets. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "audit/dataset.h"
#include "base/mem.h"
#include "base/text.h"
#include "preflight/set_audit.h"
#include "tests/audit/made.h"
#include "tests/tap.h"

enum { JOINTS = 6, EPISODES = 12, FRAMES = 60 };

struct bed {
	struct episodes e;
	struct profile *p;
	struct set_evidence ev;
	struct audit a;
};

/* The gripper opens and closes once in every episode, which begins to move at once. */
static void bed_init(struct bed *b)
{
	memset(b, 0, sizeof(*b));
	made_set(&b->e, JOINTS, EPISODES, FRAMES, 5);
	for (size_t i = 0; i < b->e.frames; i++) {
		size_t t = i % FRAMES;

		b->e.state[i * JOINTS + 5] = t > 15 && t < 40 ? 70 : 2;
		b->e.action[i * JOINTS + 5] = t > 13 && t < 38 ? 70 : 2;
	}
}

static enum level ask(struct bed *b, const char *code)
{
	profile_free(b->p);
	audit_fini(&b->a);
	b->p = profile_build(&b->e, NULL);
	b->ev.e = &b->e;
	b->ev.profile = b->p;
	audit_dataset(&b->a, &b->ev);
	return audit_level(&b->a, code);
}

/* The finding with this code has the level, and words in its sentence. */
static void says(struct tap *t, struct bed *b, const char *code, enum level level,
		 const char *words)
{
	enum level got = ask(b, code);
	const struct audit_finding *f = audit_find(&b->a, code, NULL);

	ok(t, got == level && f && strstr(f->text, words), "%s: %s: %s", code, level_word(got),
	   f ? f->text : "");
}

static void bed_fini(struct bed *b)
{
	profile_free(b->p);
	audit_fini(&b->a);
	episodes_fini(&b->e);
}

static void test_healthy(struct tap *t)
{
	struct bed b;

	bed_init(&b);
	ok(t, ask(&b, NULL) == LEVEL_OK, "a healthy set: nothing worse than ok");
	for (size_t i = 0; i < b.a.n; i++) {
		if (b.a.finding[i].level > LEVEL_OK)
			printf("# %s: %s\n", b.a.finding[i].code->code, b.a.finding[i].text);
	}
	for (const struct audit_code *c = audit_codes; c->code; c++) {
		if (strcmp(c->group, "data") == 0)
			ok(t, audit_find(&b.a, c->code, NULL), "%s says something", c->code);
	}
	bed_fini(&b);
}

static void test_files(struct tap *t)
{
	static const char *const missing[] = {"meta/stats.json"};
	static const char *const warning[] = {"meta/info.json says 700 frames, the data has 720"};
	struct profile_camera *cameras = xcalloc(2, sizeof(*cameras));
	struct bed b;

	bed_init(&b);
	b.ev.missing = missing;
	b.ev.nmissing = 1;
	says(t, &b, "set-files", LEVEL_WARN, "");
	b.ev.warning = warning;
	b.ev.nwarnings = 1;
	says(t, &b, "set-counts", LEVEL_WARN, "");
	b.e.cameras = cameras;
	b.e.ncameras = 2;
	text_copy(cameras[0].name, NAME_BYTES, "top");
	text_copy(cameras[1].name, NAME_BYTES, "wrist");
	for (unsigned i = 0; i < 2; i++) {
		for (unsigned k = 0; k < 4; k++)
			cameras[i].std[k] = k < 3 ? 0.2 : (double)NAN;
	}
	cameras[0].has_stats = cameras[1].has_stats = true;
	ok(t, ask(&b, "set-images") == LEVEL_OK, "image statistics as they should be");
	cameras[1].std[1] = 0.002;
	ask(&b, NULL);
	ok(t,
	   audit_find(&b.a, "set-images", "wrist")->level == LEVEL_FAIL &&
		   strstr(audit_find(&b.a, "set-images", "wrist")->text, "span 500"),
	   "%s", audit_find(&b.a, "set-images", "wrist")->text);
	cameras[0].has_stats = false;
	ask(&b, NULL);
	ok(t, audit_find(&b.a, "set-images", "top")->level == LEVEL_WARN, "%s",
	   audit_find(&b.a, "set-images", "top")->text);
	bed_fini(&b);
}

static void test_units(struct tap *t)
{
	struct bed b;

	bed_init(&b);
	for (size_t i = 0; i < b.e.frames * JOINTS; i++)
		b.e.state[i] *= i % JOINTS == 2 ? 0.0174532925 : 1;
	says(t, &b, "set-units", LEVEL_WARN, "times the state, other joints are not: mixed");
	for (size_t i = 0; i < b.e.frames * JOINTS; i++)
		b.e.state[i] *= i % JOINTS == 2 ? 1 : 0.0174532925;
	says(t, &b, "set-units", LEVEL_WARN, "different units");
	bed_fini(&b);
}

static void test_motion(struct tap *t)
{
	struct bed b;

	bed_init(&b);
	for (size_t i = 0; i < b.e.frames; i++) {
		size_t from = i - i % FRAMES;

		if (i % FRAMES < 35)
			memcpy(b.e.action + i * JOINTS, b.e.action + from * JOINTS,
			       JOINTS * sizeof(double));
	}
	says(t, &b, "set-idle", LEVEL_WARN, "");
	bed_fini(&b);
	bed_init(&b);
	for (size_t i = 0; i < EPISODES; i++)
		b.e.state[i * FRAMES * JOINTS + 1] += i % 2 ? 60 : 0;
	says(t, &b, "set-start", LEVEL_WARN, "shoulder_lift");
	bed_fini(&b);
	bed_init(&b);
	for (size_t i = 0; i < FRAMES; i++)
		b.e.action[(7 * FRAMES + i) * JOINTS + 5] = 2;
	says(t, &b, "set-gripper", LEVEL_WARN, "episode 7");
	bed_fini(&b);
}

static void test_still(struct tap *t)
{
	struct bed b;

	bed_init(&b);
	for (size_t i = 0; i < b.e.frames; i++)
		b.e.state[i * JOINTS + 4] = 12;
	says(t, &b, "set-still", LEVEL_NOTE, "1 of 6");
	b.e.state[100 * JOINTS + 4] += 1e-4;
	says(t, &b, "set-still", LEVEL_WARN, "");
	bed_fini(&b);
}

static void test_times(struct tap *t)
{
	struct bed b;

	bed_init(&b);
	for (size_t i = 0; i < b.e.frames; i++)
		b.e.timestamp_s[i] += i % 2 ? 0.002 : 0;
	says(t, &b, "set-times", LEVEL_NOTE, "jitter 2");
	for (size_t i = 30; i < FRAMES; i++)
		b.e.timestamp_s[i] += 0.2;
	says(t, &b, "set-times", LEVEL_WARN, "");
	b.e.fps = 0;
	ok(t, ask(&b, "set-times") == LEVEL_UNKNOWN && ask(&b, "set-idle") == LEVEL_UNKNOWN,
	   "without a rate: cannot be judged");
	bed_fini(&b);
}

static void test_empty(struct tap *t)
{
	struct bed b = {0};

	ok(t,
	   ask(&b, "set-times") == LEVEL_UNKNOWN && ask(&b, "set-start") == LEVEL_UNKNOWN &&
		   ask(&b, "set-units") == LEVEL_UNKNOWN && ask(&b, "set-idle") == LEVEL_UNKNOWN,
	   "an empty set is judged by nothing");
	bed_fini(&b);
}

static void test_real(struct tap *t, const char *data)
{
	static const struct {
		const char *set, *may; /* codes that may warn: what is cut off these copies */
	} sets[] = {{"so101_state_v30", ""},
		    {"so101_sim_v30", ""},
		    {"so101_bi_v30", ""},
		    {"g1_v21", "set-counts"},
		    {"gr1_v20", "set-counts set-images"},
		    {"v30_slices/pusht_image_slice", ""}};

	for (size_t i = 0; i < sizeof(sets) / sizeof(sets[0]); i++) {
		struct read_set s;
		struct audit a = {0};
		struct err e = {0};
		char path[1024], loud[512] = "";

		snprintf(path, sizeof(path), "%s/%s", data, sets[i].set);
		if (set_read(&s, path, &e) == 0)
			set_audit(&a, &s);
		for (size_t k = 0; k < a.n; k++) {
			size_t used = strlen(loud);

			if (a.finding[k].level >= LEVEL_WARN &&
			    !strstr(sets[i].may, a.finding[k].code->code))
				snprintf(loud + used, sizeof(loud) - used, " %s: %s",
					 a.finding[k].code->code, a.finding[k].text);
		}
		ok(t, a.n > 9 && !loud[0], "%s is quiet:%s%s", sets[i].set, loud, e.msg);
		audit_fini(&a);
		set_read_fini(&s);
	}
}

int main(void)
{
	struct tap t = {0};
	const char *data = getenv("POLICYTOP_DATA");

	test_healthy(&t);
	test_files(&t);
	test_units(&t);
	test_motion(&t);
	test_still(&t);
	test_times(&t);
	test_empty(&t);
	if (data && data[0])
		test_real(&t, data);
	else
		tap_skip(&t, "real sets", "POLICYTOP_DATA is not set");
	return tap_done(&t);
}
