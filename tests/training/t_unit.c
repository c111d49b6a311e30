/* SPDX-License-Identifier: Apache-2.0 */
/* Units by evidence: each kind of it, what must stay undecided, and the real sets. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cjson/cJSON.h>

#include "base/text.h"
#include "tests/audit/made.h"
#include "tests/tap.h"
#include "training/dataset.h"
#include "training/unit.h"

static double step_of(unsigned joint, const char *kind)
{
	if (strcmp(kind, "deg") == 0)
		return 360.0 / 4096;
	if (strcmp(kind, "rad") == 0)
		return 2 * acos(-1) / 4096;
	return 200.0 / (1900 + 310 * joint);
}

/* The state as an encoder counts it; gripper: in what its own is. */
static void count_steps(struct episodes *e, const char *kind, double scale)
{
	for (size_t i = 0; i < e->frames * e->nstate; i++) {
		unsigned j = (unsigned)(i % e->nstate);
		bool gripper = j % 6 == 5;
		double step = gripper ? 0.05 : step_of(j, kind);

		e->state[i] =
			(double)(float)(step * round(e->state[i] * (gripper ? 1 : scale) / step));
		e->action[i] *= gripper ? 1 : scale;
	}
}

static bool all_are(const struct episodes *e, enum unit body, enum unit gripper)
{
	bool good = true;

	for (unsigned j = 0; j < e->nstate; j++) {
		enum unit want = j % 6 == 5 ? gripper : body;

		good = good && e->state_joint[j].unit == want && e->action_joint[j].unit == want;
	}
	return good;
}

static void test_steps(struct tap *t)
{
	static const struct {
		const char *kind;
		enum unit unit;
		double scale;
	} rows[] = {{"deg", UNIT_DEG, 0.7}, {"rad", UNIT_RAD, 0.02}, {"own", UNIT_M100_100, 0.7}};

	for (unsigned i = 0; i < 3; i++) {
		struct episodes e;

		made_set(&e, 6, 12, 60, 3);
		count_steps(&e, rows[i].kind, rows[i].scale);
		units_guess(&e);
		ok(t, all_are(&e, rows[i].unit, UNIT_0_100), "by the encoder's steps: %s",
		   rows[i].kind);
		text_copy(e.robot, sizeof(e.robot), "");
		units_guess(&e);
		ok(t, all_are(&e, UNIT_UNKNOWN, UNIT_UNKNOWN), "not of a robot without a type");
		episodes_fini(&e);
	}
}

static void test_reach(struct tap *t)
{
	struct episodes e;

	made_set(&e, 6, 12, 60, 3);
	for (size_t i = 0; i < e.frames * 6; i++) {
		e.state[i] *= i % 6 == 5 ? 1 : 1.3;
		e.action[i] *= i % 6 == 5 ? 1 : 1.3;
	}
	units_guess(&e);
	ok(t, all_are(&e, UNIT_DEG, UNIT_0_100), "beyond 100 without steps: degrees");
	for (size_t i = 0; i < e.frames * 6; i++) {
		e.state[i] = i % 6 == 5 ? e.state[i] : 0.9 * fmax(-100, fmin(100, e.state[i]));
		e.action[i] = e.state[i];
	}
	units_guess(&e);
	ok(t, all_are(&e, UNIT_UNKNOWN, UNIT_0_100), "within 90 without steps: undecided");
	for (size_t i = 0; i < e.frames * 6; i++) {
		e.state[i] = round(i % 6 == 5 ? e.state[i] : 2048 + e.state[i] * 11);
		e.action[i] = e.state[i];
	}
	units_guess(&e);
	ok(t, e.state_joint[0].unit == UNIT_TICKS && e.action_joint[4].unit == UNIT_TICKS,
	   "integers beyond 180: ticks");
	episodes_fini(&e);
	made_set(&e, 6, 12, 60, 3);
	for (size_t i = 0; i < e.frames * 6; i++)
		e.state[i] *= 0.0174532925;
	for (size_t i = 0; i < e.frames * 6; i++)
		e.action[i] *= 1.3;
	units_guess(&e);
	ok(t, e.state_joint[0].unit == UNIT_RAD && e.action_joint[0].unit == UNIT_DEG,
	   "the state in radians, the action in degrees");
	episodes_fini(&e);
}

/* What has no unit, or one that is none of these. */
static void test_undecided(struct tap *t)
{
	static const char *const axes[] = {"x", "y", "z", "roll", "pitch", "yaw"};
	struct unit_evidence ev[6];
	struct joint j[6];
	unsigned known = 0;

	memset(j, 0, sizeof(j));
	for (unsigned i = 0; i < 6; i++) {
		text_copy(j[i].name, sizeof(j[i].name), axes[i]);
		ev[i] = (struct unit_evidence){.min = -1.5, .max = 2.5, .mean = NAN, .std = NAN};
	}
	units_decide(j, ev, 6, "panda");
	for (unsigned i = 0; i < 6; i++)
		known += j[i].unit != UNIT_UNKNOWN;
	ok(t, !known, "an end effector's axes");
	for (unsigned i = 0; i < 6; i++) {
		snprintf(j[i].name, sizeof(j[i].name), i == 5 ? "gripper" : "joint_%u", i);
		ev[i].mean = 0.001;
		ev[i].std = 1.0001;
	}
	ev[5].min = 0;
	ev[5].max = 0.08;
	units_decide(j, ev, 6, "panda");
	ok(t, j[0].unit == UNIT_UNKNOWN, "normalised data");
	ok(t, j[5].unit == UNIT_UNKNOWN, "a gripper's width in metres");
	ev[0].std = 0.4;
	units_decide(j, ev, 6, "panda");
	ok(t, j[0].unit == UNIT_RAD, "the same, not normalised");
}

static void test_real(struct tap *t, const char *data)
{
	static const struct {
		const char *set;
		enum unit body, hand;
	} sets[] = {{"g1_v21", UNIT_RAD, UNIT_0_1},
		    {"gr1_v20", UNIT_RAD, UNIT_RAD},
		    {"so101_state_v30", UNIT_DEG, UNIT_0_100},
		    {"so101_sim_v30", UNIT_DEG, UNIT_0_100},
		    {"so101_bi_v30", UNIT_DEG, UNIT_0_100}};
	unsigned decided = 0, wrong = 0, all = 0;

	for (size_t i = 0; i < sizeof(sets) / sizeof(sets[0]); i++) {
		struct dataset *d = NULL;
		struct episodes e;
		struct err err = {0};
		char path[1024];

		snprintf(path, sizeof(path), "%s/%s", data, sets[i].set);
		if (dataset_open_at(&d, path, NULL, &err) < 0 || dataset_load(d, &e, &err) < 0)
			continue;
		for (unsigned j = 0; j < e.nstate; j++) {
			enum unit u = e.state_joint[j].unit;

			all++;
			decided += u != UNIT_UNKNOWN;
			wrong += u != UNIT_UNKNOWN && u != sets[i].body && u != sets[i].hand;
		}
		episodes_fini(&e);
		dataset_close(d);
	}
	ok(t, all > 90 && decided >= 0.8 * all && !wrong, "real sets: %u of %u decided, %u wrong",
	   decided, all, wrong);
}

/* The statistics alone of a real set in [-100, 100]. */
static void test_statistics(struct tap *t, const char *data)
{
	struct unit_evidence ev[6];
	struct joint j[6];
	char path[1024], text[32768];
	const cJSON *action;
	size_t len;
	cJSON *o;
	FILE *f;

	snprintf(path, sizeof(path), "%s/stats_svla_so101_pickplace/stats.json", data);
	f = fopen(path, "r");
	len = f ? fread(text, 1, sizeof(text) - 1, f) : 0;
	if (f)
		fclose(f);
	text[len] = '\0';
	o = cJSON_Parse(text);
	action = cJSON_GetObjectItem(o, "action");
	memset(j, 0, sizeof(j));
	for (int i = 0; i < 6; i++) {
		const cJSON *lo = cJSON_GetArrayItem(cJSON_GetObjectItem(action, "min"), i);
		const cJSON *hi = cJSON_GetArrayItem(cJSON_GetObjectItem(action, "max"), i);

		snprintf(j[i].name, sizeof(j[i].name), i == 5 ? "gripper.pos" : "joint%d.pos", i);
		ev[i] = (struct unit_evidence){.min = lo ? lo->valuedouble : (double)NAN,
					       .max = hi ? hi->valuedouble : (double)NAN,
					       .mean = NAN,
					       .std = NAN,
					       .step = NAN};
	}
	cJSON_Delete(o);
	units_decide(j, ev, 6, "so101_follower");
	ok(t, j[0].unit == UNIT_M100_100 && j[4].unit == UNIT_M100_100 && j[5].unit == UNIT_0_100,
	   "statistics alone: ends at exactly 100");
}

int main(void)
{
	struct tap t = {0};
	const char *data = getenv("POLICYTOP_DATA");

	test_steps(&t);
	test_reach(&t);
	test_undecided(&t);
	if (data && data[0]) {
		test_real(&t, data);
		test_statistics(&t, data);
	} else {
		tap_skip(&t, "units of real sets", "POLICYTOP_DATA is not set");
	}
	return tap_done(&t);
}
