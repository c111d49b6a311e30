/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The demo against its own training set: every fault is seen for what it is, at once; at its
 * silent strength nothing fails; a healthy deployment is quiet.
 */
#include <stdlib.h>
#include <string.h>

#include "check/judge.h"
#include "cmd/demo_training.h"
#include "sim/sim.h"
#include "tests/tap.h"

/* Of pictures a window of a second is judged, and a rate that is low three times in a row. */
enum { SEEDS = 20, WITHIN_STEPS = 30, CAMERA_SEEDS = 4, CAMERA_WITHIN_STEPS = 150 };

struct deployment {
	const struct sim_fault *fault; /* NULL healthy */
	struct sim *sim;
	unsigned warns, fails, episodes, steps;
	unsigned foreign;	      /* fails of another code than the fault's */
	int64_t own_seq;	      /* of the first warn or fail of an own code */
	char other[CODE_BYTES + 80];  /* an unwanted verdict */
	char subject[2 * NAME_BYTES]; /* of own codes: each once */
};

/* Whether the space-separated words hold this one. */
static bool has_word(const char *words, const char *word)
{
	size_t n = strlen(word);

	for (const char *p = words; (p = strstr(p, word)); p += n) {
		if ((p == words || p[-1] == ' ') && (p[n] == ' ' || p[n] == '\0'))
			return true;
	}
	return false;
}

static void take(void *host, const struct verdict *v)
{
	struct deployment *o = host;
	bool own = o->fault && has_word(o->fault->codes, v->code);

	if (v->level < LEVEL_WARN)
		return;
	if (getenv("SHOW_VERDICTS"))
		printf("# %s %s %s %lld (fault %lld): %s\n", level_word(v->level), v->code,
		       v->subject, (long long)v->seq, (long long)sim_fault_seq(o->sim), v->message);
	o->warns += v->level == LEVEL_WARN;
	o->fails += v->level == LEVEL_FAIL;
	/* What was said before the fault touched anything is no detection. */
	if (own && o->own_seq == SEQ_UNKNOWN && sim_fault_seq(o->sim) != SEQ_UNKNOWN &&
	    v->seq >= sim_fault_seq(o->sim))
		o->own_seq = v->seq;
	if (own && !has_word(o->subject, v->subject))
		snprintf(o->subject + strlen(o->subject), sizeof(o->subject) - strlen(o->subject),
			 "%s%s", o->subject[0] ? " " : "", v->subject);
	if (v->level == LEVEL_FAIL && !own) {
		o->foreign++;
		snprintf(o->other, sizeof(o->other), "%s: %.70s", v->code, v->message);
	}
}

/* Feeds a world to a judge for so many simulated seconds. */
static struct deployment deploy(const struct profile *p, const struct sim_cfg *cfg, int64_t seconds)
{
	struct deployment o = {.fault = cfg->fault, .own_seq = SEQ_UNKNOWN, .sim = sim_new(cfg)};
	struct judge_host host = {&o, take};
	struct judge *j = judge_new(p, &host);
	struct event ev;

	while (sim_peek_ns(o.sim) < seconds * NS_PER_S) {
		sim_next(o.sim, &ev);
		ev.t_ns = ev.src_ns;
		o.episodes += ev.kind == EVENT_EPISODE && !ev.episode->start;
		o.steps += ev.kind == EVENT_STEP;
		judge_feed(j, &ev);
	}
	judge_free(j);
	return o;
}

/* Faults that are a camera's: whose. */
static bool right_subject(const struct sim_fault *row, const char *subject)
{
	static const char *const of[][2] = {{"camera-swap", "front wrist"},
					    {"camera-frozen", "front"},
					    {"camera-dark", "front"},
					    {"camera-gone", "wrist"},
					    {"camera-slow", "front"}};

	for (size_t i = 0; i < sizeof(of) / sizeof(of[0]); i++) {
		if (strcmp(row->name, of[i][0]) == 0)
			return strcmp(subject, of[i][1]) == 0;
	}
	return !sim_fault_of_camera(row);
}

static unsigned seeds_of(const struct sim_fault *row)
{
	return !sim_fault_of_camera(row) ? SEEDS : getenv("POLICYTOP_QUICK") ? 1 : CAMERA_SEEDS;
}

static void test_fault(struct tap *t, const struct profile *p, const struct sim_fault *row)
{
	unsigned missed = 0, foreign = 0, elsewhere = 0, seeds = seeds_of(row);
	int64_t latest = 0;

	for (unsigned seed = 1; seed <= seeds; seed++) {
		struct sim_cfg cfg = {.seed = 1000 + seed,
				      .fault = row,
				      .fault_at_s = 2 + 0.61 * seed,
				      .strength = row->strength};
		struct deployment o = deploy(p, &cfg, 45);
		int64_t first = sim_fault_seq(o.sim), delay = o.own_seq - first;

		elsewhere += !right_subject(row, o.subject);
		if (o.own_seq == SEQ_UNKNOWN ||
		    delay > (sim_fault_of_camera(row) ? CAMERA_WITHIN_STEPS : WITHIN_STEPS)) {
			missed++;
			printf("# %s, seed %llu: touched %lld, told %lld\n", row->name,
			       (unsigned long long)cfg.seed, (long long)first,
			       (long long)o.own_seq);
		} else if (delay > latest) {
			latest = delay;
		}
		if (o.foreign) {
			foreign++;
			printf("# %s, seed %llu: fail %s\n", row->name,
			       (unsigned long long)cfg.seed, o.other);
		}
		sim_free(o.sim);
	}
	ok(t, missed == 0, "%s at %g %s: told within %lld steps, in %u of %u seeds", row->name,
	   row->strength, row->unit, (long long)latest, seeds - missed, seeds);
	ok(t, elsewhere == 0, "%s: of what it befell (%u seeds of another)", row->name, elsewhere);
	ok(t, foreign == 0, "%s: no fail of another code (%u seeds with one)", row->name, foreign);
}

static void test_silent(struct tap *t, const struct profile *p, const struct sim_fault *row)
{
	unsigned fails = 0, warns = 0, acted = 0, seeds = seeds_of(row);

	for (unsigned seed = 1; seed <= seeds; seed++) {
		struct sim_cfg cfg = {.seed = 2000 + seed,
				      .fault = row,
				      .fault_at_s = 2 + 0.61 * seed,
				      .strength = row->silent};
		struct deployment o = deploy(p, &cfg, 45);

		acted += sim_fault_seq(o.sim) != SEQ_UNKNOWN;
		fails += o.fails;
		warns += o.warns;
		sim_free(o.sim);
	}
	ok(t, acted == seeds && fails == 0, "%s at %g %s: %u fails, %u warnings in %u seeds",
	   row->name, row->silent, row->unit, fails, warns, seeds);
}

static void test_healthy(struct tap *t, const struct profile *p, bool cameras)
{
	enum { WORLDS = 10 };
	const unsigned minutes = cameras ? getenv("POLICYTOP_QUICK") ? 2 : 10 : 100;
	unsigned fails = 0, warns = 0, episodes = 0, steps = 0;

	for (unsigned seed = 1; seed <= WORLDS; seed++) {
		struct sim_cfg cfg = {.seed = 3000 + seed, .cameras = cameras};
		struct deployment o = deploy(p, &cfg, 60 * minutes / WORLDS);

		fails += o.fails;
		warns += o.warns;
		episodes += o.episodes;
		steps += o.steps;
		sim_free(o.sim);
	}
	ok(t, steps > 1500 * minutes && fails == 0, "%u healthy minutes%s, %u episodes: no fail",
	   minutes, cameras ? " with cameras" : "", episodes);
	ok(t, warns * 20 <= episodes, "and %u warnings", warns);
}

int main(void)
{
	struct profile *p = demo_profile_new();
	struct tap t = {0};

	ok(&t, p->episodes == SIM_TRAINING_EPISODES && p->action.joints == 6,
	   "profile of %u episodes", p->episodes);
	test_healthy(&t, p, false);
	test_healthy(&t, p, true);
	for (const struct sim_fault *row = sim_fault_table; row->name; row++) {
		if (sim_fault_served(row)) /* in real time: t_served.sh */
			continue;
		test_fault(&t, p, row);
		test_silent(&t, p, row);
	}
	profile_free(p);
	return tap_done(&t);
}
