/* SPDX-License-Identifier: Apache-2.0 */
#include "audit/files.h"

#include <math.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include "audit/files_impl.h"

static bool is_lerobot(const struct checkpoint *c)
{
	return c->form == CHECKPOINT_LEROBOT || c->form == CHECKPOINT_LEROBOT_OLD;
}

static void about(struct audit *a, const struct checkpoint *c)
{
	struct audit_finding *f;

	if (c->adapter)
		audit_add(a, "checkpoint", LEVEL_NOTE, "", "an adapter of %s",
			  c->base[0] ? c->base : "a model that is not named");
	for (size_t i = 0; i < c->nwarnings; i++)
		audit_add(a, "checkpoint", LEVEL_NOTE, "", "%s", c->warning[i]);
	for (unsigned i = 0; i < 2; i++) {
		const struct norm_side *s = i ? &c->post : &c->pre;

		if (!s->stats_lost)
			continue;
		f = audit_add(a, "checkpoint", LEVEL_FAIL, s->stats_file,
			      "%s names %s, which is not there", s->file, s->stats_file);
		audit_do(f, "copy the whole folder of the checkpoint again");
	}
	if (is_lerobot(c) && c->pre.known != c->post.known) {
		f = audit_add(
			a, "checkpoint", LEVEL_FAIL, "", "%s is there, and %s is not",
			c->pre.known ? "policy_preprocessor.json" : "policy_postprocessor.json",
			c->pre.known ? "policy_postprocessor.json" : "policy_preprocessor.json");
		audit_do(f, "copy the whole folder of the checkpoint again");
	}
	if (is_lerobot(c) && !c->noutputs && !c->adapter) {
		f = audit_add(a, "checkpoint", LEVEL_FAIL, "config.json",
			      "config.json names no output: what the policy gives is not known");
		audit_do(f, "copy the whole folder of the checkpoint again");
	}
	if (audit_level(a, "checkpoint") < LEVEL_WARN)
		audit_add(a, "checkpoint", LEVEL_OK, "", "%s%s%s%s%s", c->name,
			  c->type[0] ? ": " : "", c->type, c->dataset[0] ? ", trained on " : "",
			  c->dataset);
}

/* Nothing is normalised: then it does not matter how many steps there are. */
static bool all_identity(const struct norm_side *s)
{
	for (size_t i = 0; i < s->nfeatures; i++) {
		if (s->feature[i].mode != NORM_IDENTITY)
			return false;
	}
	return s->nfeatures > 0;
}

static void steps_of(struct audit *a, const struct norm_side *s, bool post)
{
	const char *verb = post ? "un-normalise" : "normalise";
	struct audit_finding *f = NULL;

	if (s->reversed)
		f = audit_add(a, "norm-steps", LEVEL_FAIL, s->file,
			      "%s has %u step%s that %s where it must %s", s->file, s->reversed,
			      s->reversed > 1 ? "s" : "", post ? "normalise" : "un-normalise",
			      verb);
	else if (s->steps != 1 && !all_identity(s))
		f = audit_add(a, "norm-steps", s->steps ? LEVEL_FAIL : LEVEL_WARN, s->file,
			      "%s has %u steps that %s, where one is right", s->file, s->steps,
			      verb);
	if (!f)
		return;
	audit_number(f, s->reversed ? s->reversed : s->steps, s->reversed ? 0 : 1, "");
	audit_do(f, "write the processors again with the training code, or edit %s", s->file);
}

static void steps(struct audit *a, const struct checkpoint *c)
{
	struct audit_finding *f;

	if (!is_lerobot(c)) {
		audit_add(a, "norm-steps", LEVEL_UNKNOWN, "",
			  "the code of the server says what is normalised, not these files");
		return;
	}
	if (!c->pre.known || !c->post.known) {
		audit_add(a, "norm-steps", LEVEL_UNKNOWN, "", "no description of %s the policy",
			  c->pre.known ? "what comes after" : "what comes before");
		return;
	}
	steps_of(a, &c->pre, false);
	steps_of(a, &c->post, true);
	if (c->pre.relative != c->post.relative) {
		f = audit_add(a, "norm-steps", LEVEL_FAIL, "relative actions",
			      "actions are %s relative before the policy and %s absolute after it",
			      c->pre.relative ? "made" : "not made",
			      c->post.relative ? "made" : "not made");
		audit_do(f, "write both processors again with the training code");
	}
	if (audit_level(a, "norm-steps") == LEVEL_UNKNOWN)
		audit_add(a, "norm-steps", LEVEL_OK, "", "one normalises, one un-normalises");
}

/* Both describe the action; the observations are on one side only. */
static void compare_modes(struct audit *a, const struct checkpoint *c)
{
	for (size_t i = 0; i < c->post.nfeatures; i++) {
		const struct policy_feature *after = &c->post.feature[i];
		const struct policy_feature *before = norm_side_feature(&c->pre, after->key);
		struct audit_finding *f;

		if (!before || before->mode == after->mode)
			continue;
		f = audit_add(a, "norm-sides", LEVEL_FAIL, after->key,
			      "%s is normalised by %s and un-normalised by %s", after->key,
			      norm_mode_word(before->mode), norm_mode_word(after->mode));
		audit_do(f, "make norm_map of %s and %s the same, as it was trained", c->pre.file,
			 c->post.file);
	}
}

/* The largest difference of a statistic, in float32 roundings of its value. */
static bool same(double x, double y)
{
	return x == y || (isnan(x) && isnan(y)) || fabs(x - y) <= 1e-6 * (fabs(x) + fabs(y));
}

static bool compare_stat(struct audit *a, const struct checkpoint *c, const struct norm_stats *pre,
			 const struct norm_stats *post, enum norm_stat k)
{
	unsigned differ = 0, worst = 0;
	struct audit_finding *f;

	for (unsigned i = 0; i < pre->width * pre->horizon; i++) {
		if (same(pre->v[k][i], post->v[k][i]))
			continue;
		if (!differ ||
		    fabs(pre->v[k][i] - post->v[k][i]) > fabs(pre->v[k][worst] - post->v[k][worst]))
			worst = i;
		differ++;
	}
	if (!differ)
		return false;
	f = audit_add(a, "norm-sides", LEVEL_FAIL, pre->key,
		      "%s is normalised with other statistics than it is un-normalised with: %u of "
		      "%u %ss differ, most at %u: %g before, %g after",
		      pre->key, differ, pre->width * pre->horizon, norm_stat_word(k), worst,
		      pre->v[k][worst], post->v[k][worst]);
	audit_number(f, post->v[k][worst], pre->v[k][worst], "");
	audit_do(f, "find out which of %s and %s belongs to this checkpoint", c->pre.stats_file,
		 c->post.stats_file);
	return true;
}

static void compare_stats(struct audit *a, const struct checkpoint *c)
{
	for (size_t i = 0; i < c->post.nstats; i++) {
		const struct norm_stats *post = &c->post.stats[i];
		const struct norm_stats *pre = norm_side_stats(&c->pre, post->key);

		if (!pre)
			continue;
		if (pre->width != post->width || pre->horizon != post->horizon) {
			audit_add(
				a, "norm-sides", LEVEL_FAIL, pre->key,
				"%s has statistics of %u values before the policy and of %u after",
				pre->key, pre->width * pre->horizon, post->width * post->horizon);
			continue;
		}
		for (unsigned k = 0; k < NORM_STATS; k++) {
			if (pre->v[k] && post->v[k] &&
			    compare_stat(a, c, pre, post, (enum norm_stat)k))
				break;
		}
	}
}

static void sides(struct audit *a, const struct checkpoint *c)
{
	if (!is_lerobot(c)) {
		audit_add(a, "norm-sides", LEVEL_UNKNOWN, "",
			  "one set of statistics is for both sides");
		return;
	}
	if (!c->pre.nstats || !c->post.nstats) {
		audit_add(a, "norm-sides", LEVEL_UNKNOWN, "",
			  "there are no statistics on both sides");
		return;
	}
	compare_modes(a, c);
	compare_stats(a, c);
	if (audit_level(a, "norm-sides") == LEVEL_UNKNOWN)
		audit_add(a, "norm-sides", LEVEL_OK, "",
			  "the same modes and statistics before and after");
}

static bool left_out(const struct norm_side *s, const struct policy_feature *f)
{
	if (!s->keys_only || f->type == POLICY_ACTION)
		return false;
	for (size_t i = 0; i < s->nonly; i++) {
		if (strcmp(s->only[i], f->key) == 0)
			return false;
	}
	return true;
}

/* A camera that is there only by name gets black pictures, whatever its statistics. */
static bool empty_camera(const struct policy_feature *f)
{
	return f->type == POLICY_VISUAL && strstr(f->key, "empty_camera") != NULL;
}

static void tensors_of(struct audit *a, const struct norm_side *s, const struct policy_feature *f)
{
	const struct norm_stats *have = norm_side_stats(s, f->key);
	enum norm_stat low, high;
	struct audit_finding *found = NULL;

	if (!norm_mode_stats(f->mode, &low, &high) || left_out(s, f) || empty_camera(f))
		return;
	if (!have)
		found = audit_add(
			a, "norm-tensors", LEVEL_FAIL, f->key,
			"%s has the mode %s and no statistics: it is passed on unchanged, "
			"and nothing says so",
			f->key, norm_mode_word(f->mode));
	else if (!have->v[low] || !have->v[high])
		found = audit_add(a, "norm-tensors", LEVEL_FAIL, f->key,
				  "%s has the mode %s and no %s", f->key, norm_mode_word(f->mode),
				  norm_stat_word(have->v[low] ? high : low));
	else if (f->type != POLICY_VISUAL && f->width && have->width < f->width)
		found = audit_add(a, "norm-tensors", LEVEL_FAIL, f->key,
				  "%s has %u values and statistics of %u", f->key, f->width,
				  have->width);
	if (found)
		audit_do(found, "save the processors with the statistics of the training set");
}

static void tensors(struct audit *a, const struct checkpoint *c)
{
	if (!c->pre.known || !is_lerobot(c)) {
		audit_add(a, "norm-tensors", LEVEL_UNKNOWN, "",
			  "these files do not say what is normalised");
		return;
	}
	for (unsigned i = 0; i < 2; i++) {
		const struct norm_side *s = i ? &c->post : &c->pre;

		for (size_t k = 0; k < s->nfeatures; k++)
			tensors_of(a, s, &s->feature[k]);
	}
	if (audit_level(a, "norm-tensors") == LEVEL_UNKNOWN)
		audit_add(a, "norm-tensors", LEVEL_OK, "", "each feature has its statistics");
}

/*
 * A type without a mode is left as it is. config.json says what training did: where it had a mode,
 * the processor has lost it; where it had none, the policy learned it so.
 */
static void mode_of_input(struct audit *a, const struct norm_side *s,
			  const struct policy_feature *config)
{
	const struct policy_feature *f = norm_side_feature(s, config->key);
	enum norm_mode mode = f ? f->mode : NORM_UNKNOWN;
	struct audit_finding *found = NULL;

	if (config->mode > NORM_IDENTITY && mode != config->mode)
		found = audit_add(a, "norm-map", LEVEL_FAIL, config->key,
				  "%s: config.json has the mode %s, %s has %s", config->key,
				  norm_mode_word(config->mode), s->file,
				  f ? norm_mode_word(mode) : "not this feature");
	else if (mode > NORM_IDENTITY && config->mode != mode)
		found = audit_add(a, "norm-map", LEVEL_FAIL, config->key,
				  "%s: config.json has the mode %s, %s has %s", config->key,
				  norm_mode_word(config->mode), s->file, norm_mode_word(mode));
	if (found) {
		audit_do(found, "make both the same, as it was trained");
		return;
	}
	if (mode == NORM_UNKNOWN && config->type != POLICY_VISUAL &&
	    config->type != POLICY_LANGUAGE)
		audit_add(a, "norm-map", LEVEL_NOTE, config->key,
			  "%s has the type %s, which has no mode: it is left as it is, here and in "
			  "training",
			  config->key, policy_type_word(config->type));
}

static void map(struct audit *a, const struct checkpoint *c)
{
	if (!c->pre.known || !is_lerobot(c) || (!c->ninputs && !c->noutputs)) {
		audit_add(a, "norm-map", LEVEL_UNKNOWN, "", "these files have no map of modes");
		return;
	}
	for (size_t i = 0; i < c->ninputs; i++) {
		if (!left_out(&c->pre, &c->input[i]))
			mode_of_input(a, &c->pre, &c->input[i]);
	}
	for (size_t i = 0; i < c->noutputs; i++)
		mode_of_input(a, c->post.known ? &c->post : &c->pre, &c->output[i]);
	if (audit_level(a, "norm-map") < LEVEL_WARN)
		audit_add(a, "norm-map", LEVEL_OK, "", "the processors have config.json's modes");
}

void audit_files(struct audit *a, const struct checkpoint *c)
{
	about(a, c);
	steps(a, c);
	sides(a, c);
	tensors(a, c);
	map(a, c);
	audit_norm_values(a, c);
}
