/* SPDX-License-Identifier: Apache-2.0 */
#include "audit/fit.h"

#include <math.h>
#include <string.h>

#include "audit/fit_impl.h"

/* Of plans shorter than this people report jumps at every seam. */
#define PLAN_SHORT_S 0.5

void fit_init(struct fit *f, const struct checkpoint *c)
{
	*f = (struct fit){.checkpoint = c, .latency_s = NAN};
}

/* "me/brain_241" is the profile brain_241. */
static const char *last_part(const char *path)
{
	const char *slash = strrchr(path, '/');

	return slash && slash[1] ? slash + 1 : path;
}

static void trained_on(struct audit *a, const struct fit *f)
{
	const struct checkpoint *c = f->checkpoint;
	struct audit_finding *found;

	if (!c->dataset[0] || !f->profile) {
		audit_add(a, "trained-on", LEVEL_UNKNOWN, "",
			  c->dataset[0] ? "trained on %s; no training profile to compare"
					: "the checkpoint does not name its training set",
			  c->dataset);
		return;
	}
	if (strcmp(last_part(c->dataset), f->profile->name) == 0 ||
	    strcmp(c->dataset, f->profile->name) == 0) {
		audit_add(a, "trained-on", LEVEL_OK, f->profile->name, "trained on %s", c->dataset);
		return;
	}
	if (f->same_data) {
		audit_add(a, "trained-on", LEVEL_OK, f->profile->name,
			  "trained on %s, whose statistics are exactly those of %s", c->dataset,
			  f->profile->name);
		return;
	}
	found = audit_add(a, "trained-on", LEVEL_WARN, f->profile->name,
			  "trained on %s, and the profile is of %s: is this the training set?",
			  c->dataset, f->profile->name);
	audit_do(found, "policytop learn %s, or name its profile with --profile", c->dataset);
}

static void epochs(struct audit *a, const struct fit *f)
{
	const struct checkpoint *c = f->checkpoint;
	int64_t steps = c->step > 0 ? c->step : c->steps;
	double frames = f->profile   ? (double)f->profile->frames
			: f->dataset ? (double)f->dataset->total_frames
				     : 0;
	double n;

	if (steps <= 0 || c->batch <= 0 || !(frames > 0)) {
		audit_add(a, "epochs", LEVEL_UNKNOWN, "",
			  "steps, batch size and frames of the training are not all known");
		return;
	}
	n = (double)steps * (double)c->batch / frames;
	audit_number(audit_add(a, "epochs", LEVEL_NOTE, "",
			       "%.1f epochs: %lld steps of %lld in %.0f frames", n,
			       (long long)steps, (long long)c->batch, frames),
		     n, NAN, "");
}

/* What does not depend on time. False: a finding says what is wrong. */
static bool plan_possible(struct audit *a, const struct fit *f, unsigned n)
{
	const struct checkpoint *c = f->checkpoint;
	unsigned most = c->chunk_size;
	struct audit_finding *found = NULL;

	/* Diffusion plans from its first observation on. */
	if (strcmp(c->type, "diffusion") == 0 && c->n_obs_steps > 1 && most >= c->n_obs_steps)
		most -= c->n_obs_steps - 1;
	if (n > most) {
		found = audit_add(a, "plan", LEVEL_FAIL, "n_action_steps",
				  "%u actions are to be executed of a plan that has %u", n, most);
		audit_number(found, n, most, "steps");
		audit_do(found, "--policy.n_action_steps=%u at most", most);
	}
	if (f->actions_per_chunk > c->chunk_size) {
		found = audit_add(a, "plan", LEVEL_WARN, "actions_per_chunk",
				  "%u actions are asked for, and a plan has %u",
				  f->actions_per_chunk, c->chunk_size);
		audit_number(found, f->actions_per_chunk, c->chunk_size, "steps");
		audit_do(found, "--actions_per_chunk=%u at most", c->chunk_size);
	}
	if (c->pre.relative && f->rtc_known && !f->rtc) {
		found = audit_add(
			a, "plan", LEVEL_FAIL, "inference",
			"its actions are relative, which LeRobot's sync inference refuses");
		audit_do(found, "--inference.type=rtc");
	}
	return !found;
}

/* While one plan is executed the next must come. */
static bool plan_in_time(struct audit *a, const struct fit *f, unsigned n)
{
	double s = n / f->fps, late = f->latency_s / s;
	enum level level = f->rtc ? (late >= 1	  ? LEVEL_FAIL
				     : late > 0.7 ? LEVEL_WARN
						  : LEVEL_OK)
				  : (late >= 1 ? LEVEL_WARN : LEVEL_OK);
	struct audit_finding *found;

	if (isnan(f->latency_s) || level == LEVEL_OK)
		return true;
	found = audit_add(a, "plan", level, "latency",
			  f->rtc ? "an answer takes %.0f ms, and %u actions last %.0f ms"
				 : "the arm waits %.0f ms for each %u actions, which last %.0f ms",
			  f->latency_s * 1e3, n, s * 1e3);
	audit_number(found, f->latency_s * 1e3, s * 1e3, "ms");
	audit_do(found, "execute more of each plan, or make the policy faster");
	return false;
}

/* Beside what a plan lasts; files alone do not hold how long an answer takes. */
static void latency(struct audit *a, const struct fit *f, unsigned n)
{
	struct audit_finding *found;

	if (isfinite(f->latency_s))
		found = audit_add(a, "plan", LEVEL_OK, "latency",
				  "an answer takes %.0f ms, the last run of this rig says",
				  f->latency_s * 1e3);
	else
		found = audit_add(a, "plan", LEVEL_NOTE, "latency",
				  "an answer must come within %.0f ms; how long one takes is known "
				  "after a run of a rig",
				  n / f->fps * 1e3);
	audit_number(found, f->latency_s * 1e3, n / f->fps * 1e3, "ms");
}

static void plan(struct audit *a, const struct fit *f)
{
	const struct checkpoint *c = f->checkpoint;
	unsigned n = f->n_action_steps ? f->n_action_steps : c->n_action_steps;
	struct audit_finding *found;

	if (f->actions_per_chunk && !f->n_action_steps)
		n = f->actions_per_chunk;
	if (!c->chunk_size || !n) {
		audit_add(a, "plan", LEVEL_UNKNOWN, "",
			  "how many actions are planned and executed is not said");
		return;
	}
	if (!plan_possible(a, f, n))
		return;
	if (!(f->fps > 0)) {
		audit_add(a, "plan", LEVEL_OK, "", "%u of %u actions are executed", n,
			  c->chunk_size);
		return;
	}
	if (!plan_in_time(a, f, n))
		return;
	if (n / f->fps < PLAN_SHORT_S) {
		found = audit_add(a, "plan", LEVEL_NOTE, "n_action_steps",
				  "a new plan every %.2f s: each has a seam", n / f->fps);
		audit_number(found, n / f->fps, PLAN_SHORT_S, "s");
	}
	found = audit_add(a, "plan", LEVEL_OK, "", "%u of %u actions are executed, in %.2f s", n,
			  c->chunk_size, n / f->fps);
	audit_number(found, n / f->fps, NAN, "s");
	latency(a, f, n);
}

void audit_fit(struct audit *a, const struct fit *f)
{
	fit_cameras(a, f);
	fit_joints(a, f);
	trained_on(a, f);
	plan(a, f);
	epochs(a, f);
}
