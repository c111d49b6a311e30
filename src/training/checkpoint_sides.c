/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What LeRobot does before and after a policy: its two processor files, or, up to 0.3, tensors among
 * the weights.
 */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/text.h"
#include "training/checkpoint_impl.h"

/* "observation.state.mean": a feature, a dot, a statistic. */
static bool split(const char *tensor, struct cp_place *out)
{
	const char *dot = strrchr(tensor, '.');

	if (!dot || dot == tensor)
		return false;
	if (strcmp(dot + 1, "count") == 0)
		out->stat = NORM_STATS;
	else if (!cp_stat_find(dot + 1, &out->stat))
		return false;
	snprintf(out->key, sizeof(out->key), "%.*s", (int)(dot - tensor), tensor);
	return true;
}

static bool place_pre(struct checkpoint *c, const char *tensor, struct cp_place *out)
{
	out->side = &c->pre;
	return split(tensor, out);
}

static bool place_post(struct checkpoint *c, const char *tensor, struct cp_place *out)
{
	out->side = &c->post;
	return split(tensor, out);
}

/* buffer_observation_state is observation.state: told apart by the features that there are. */
static void restore_key(const struct checkpoint *c, char key[FEATURE_KEY_BYTES])
{
	for (size_t i = 0; i < c->ninputs + c->noutputs; i++) {
		const char *real = i < c->ninputs ? c->input[i].key : c->output[i - c->ninputs].key;
		size_t n = strlen(real), k = 0;

		while (k < n && (key[k] == real[k] || (real[k] == '.' && key[k] == '_')))
			k++;
		if (k == n && !key[n]) {
			text_copy(key, FEATURE_KEY_BYTES, real);
			return;
		}
	}
}

static bool place_old(struct checkpoint *c, const char *tensor, struct cp_place *out)
{
	static const char *const before[] = {"normalize_inputs.buffer_",
					     "normalize_targets.buffer_"};
	static const char after[] = "unnormalize_outputs.buffer_";
	const char *rest = NULL;

	for (size_t i = 0; i < 2; i++) {
		if (text_starts(tensor, before[i])) {
			out->side = &c->pre;
			rest = tensor + strlen(before[i]);
		}
	}
	if (text_starts(tensor, after)) {
		out->side = &c->post;
		rest = tensor + strlen(after);
	}
	if (!rest || !split(rest, out))
		return false;
	restore_key(c, out->key);
	return true;
}

static void copy_features(struct norm_side *s, const struct policy_feature *f, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		struct policy_feature *to = cp_feature_add(&s->feature, &s->nfeatures, f[i].key);

		if (!to)
			return;
		*to = f[i];
		to->nnames = 0;
		to->name = NULL;
	}
}

static int among_weights(struct checkpoint *c, struct err *e)
{
	static const char file[] = "model.safetensors";
	int rc = cp_tensors(c, file, place_old, e);

	if (rc < 0)
		return rc;
	if (rc || (!c->pre.nstats && !c->post.nstats)) {
		cp_warn(c, "no processor files, and %s: how it normalises is not known",
			rc ? "no model.safetensors" : "no statistics among the weights");
		return 0;
	}
	for (unsigned i = 0; i < 2; i++) {
		struct norm_side *s = i ? &c->post : &c->pre;

		s->known = true;
		s->steps = s->nstats > 0;
		s->eps = 1e-8;
		text_copy(s->file, sizeof(s->file), "config.json");
		text_copy(s->stats_file, sizeof(s->stats_file), file);
		if (!i)
			copy_features(s, c->input, c->ninputs);
		copy_features(s, c->output, c->noutputs);
	}
	return 0;
}

struct side_reading {
	struct checkpoint *c;
	struct norm_side *side;
	cp_place_fn *place;
	bool post;
};

static void take_only(struct norm_side *s, const cJSON *keys)
{
	const cJSON *item;

	if (!cJSON_IsArray(keys))
		return;
	s->keys_only = true;
	cJSON_ArrayForEach(item, keys)
	{
		if (s->nonly == CHECKPOINT_FEATURES_MAX)
			return;
		s->only = xrealloc(s->only, s->nonly + 1, sizeof(*s->only));
		cp_text(s->only[s->nonly++], sizeof(*s->only), item);
	}
}

/* The state of a step is a file beside its description; nothing else is opened. */
static int take_state(struct side_reading *r, const cJSON *step, struct err *e)
{
	struct norm_side *s = r->side;
	int rc;

	cp_text(s->stats_file, sizeof(s->stats_file), cp_get(step, "state_file"));
	if (!s->stats_file[0])
		return 0;
	if (strchr(s->stats_file, '/')) {
		cp_warn(r->c, "%s: state_file %s is not beside it", s->file, s->stats_file);
		s->stats_lost = true;
		return 0;
	}
	rc = cp_tensors(r->c, s->stats_file, r->place, e);
	s->stats_lost = rc == 1;
	return rc < 0 ? rc : 0;
}

static int take_normalizer(struct side_reading *r, const cJSON *step, bool reverse, struct err *e)
{
	const cJSON *config = cp_get(step, "config"), *eps = cp_get(config, "eps");
	enum norm_mode mode[POLICY_TYPES];
	struct norm_side *s = r->side;

	if (reverse != r->post) {
		s->reversed++;
		return 0;
	}
	if (s->steps++)
		return 0; /* the first one's are kept; that there are two is what matters */
	if (cJSON_IsNumber(eps))
		s->eps = eps->valuedouble;
	cp_norm_map(mode, cp_get(config, "norm_map"));
	cp_features(&s->feature, &s->nfeatures, cp_get(config, "features"), mode);
	take_only(s, cp_get(config, "normalize_observation_keys"));
	return take_state(r, step, e);
}

static void take_relative(struct side_reading *r, const cJSON *step)
{
	const cJSON *config = cp_get(step, "config"), *item;
	struct checkpoint *c = r->c;

	if (!cJSON_IsTrue(cp_get(config, "enabled")))
		return;
	r->side->relative = true;
	if (r->post)
		return;
	for (size_t i = 0; i < c->noutputs; i++) {
		if (c->output[i].type == POLICY_ACTION)
			cp_names(&c->output[i], cp_get(config, "action_names"));
	}
	cJSON_ArrayForEach(item, cp_get(config, "exclude_joints"))
	{
		if (c->nabsolute == MAX_JOINTS)
			return;
		c->absolute = xrealloc(c->absolute, c->nabsolute + 1, sizeof(*c->absolute));
		cp_text(c->absolute[c->nabsolute++], sizeof(*c->absolute), item);
	}
}

/* The registered name of a step, or the last part of its class. */
static void step_name(char name[NAME_BYTES], const cJSON *step)
{
	const char *class = cJSON_GetStringValue(cp_get(step, "class"));
	const char *dot = class ? strrchr(class, '.') : NULL;

	cp_text(name, NAME_BYTES, cp_get(step, "registry_name"));
	if (!name[0] && class)
		text_clean(name, NAME_BYTES, dot ? dot + 1 : class, strlen(dot ? dot + 1 : class));
}

static int take_step(struct side_reading *r, const cJSON *step, struct err *e)
{
	char name[NAME_BYTES];

	step_name(name, step);
	if (text_ends(name, "unnormalizer") || strcmp(name, "unnormalizer_processor") == 0 ||
	    strcmp(name, "UnnormalizerProcessorStep") == 0)
		return take_normalizer(r, step, true, e);
	if (text_ends(name, "normalizer") || strcmp(name, "normalizer_processor") == 0 ||
	    strcmp(name, "NormalizerProcessorStep") == 0)
		return take_normalizer(r, step, false, e);
	if (strcmp(name, "relative_actions_processor") == 0 ||
	    strcmp(name, "absolute_actions_processor") == 0)
		take_relative(r, step);
	else if (strcmp(name, "rename_observations_processor") == 0)
		cp_renames(r->c, cp_get(cp_get(step, "config"), "rename_map"));
	else if (strcmp(name, "tokenizer_processor") == 0)
		r->c->language = 1;
	return 0;
}

static int read_side(struct side_reading *r, const char *file, struct err *e)
{
	const cJSON *step;
	cJSON *o;
	int rc = cp_json(r->c, file, &o, e);

	if (rc)
		return rc;
	text_copy(r->side->file, sizeof(r->side->file), file);
	r->side->known = true;
	cJSON_ArrayForEach(step, cp_get(o, "steps"))
	{
		rc = take_step(r, step, e);
		if (rc)
			break;
	}
	cJSON_Delete(o);
	return rc;
}

static void find_space(struct checkpoint *c)
{
	const char *why = "a step of its preprocessor makes actions relative to the state";

	if (c->pre.relative)
		c->space = SPACE_RELATIVE;
	else
		why = "its actions are those of its training set";
	text_copy(c->space_why, sizeof(c->space_why), why);
}

int cp_sides(struct checkpoint *c, struct err *e)
{
	struct side_reading pre = {c, &c->pre, place_pre, false};
	struct side_reading post = {c, &c->post, place_post, true};
	int rc;

	if (c->form == CHECKPOINT_LEROBOT_OLD && !cp_there(c, "policy_postprocessor.json")) {
		rc = among_weights(c, e);
	} else {
		c->form = CHECKPOINT_LEROBOT;
		rc = read_side(&pre, "policy_preprocessor.json", e);
		if (rc >= 0)
			rc = read_side(&post, "policy_postprocessor.json", e);
	}
	find_space(c);
	return rc < 0 ? rc : 0;
}
