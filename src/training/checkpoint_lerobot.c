/* SPDX-License-Identifier: Apache-2.0 */
/* LeRobot: config.json, train_config.json, and the model that an adapter stands on. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/text.h"
#include "training/checkpoint_impl.h"

/* Of 2024: {"observation.state":[6]}, and {"observation.state":"mean_std"}. */
static void old_features(struct policy_feature **list, size_t *n, const cJSON *shapes,
			 const cJSON *modes)
{
	const cJSON *item;

	cJSON_ArrayForEach(item, shapes)
	{
		enum norm_mode mode[POLICY_TYPES];
		cJSON *pair = cJSON_CreateObject(), *one = cJSON_CreateObject();
		const char *key = item->string ? item->string : "";
		const char *type = strcmp(key, "action") == 0		   ? "ACTION"
				   : text_starts(key, "observation.image") ? "VISUAL"
				   : strcmp(key, "observation.state") == 0 ? "STATE"
									   : "ENV";
		const char *word = cJSON_GetStringValue(cp_get(modes, key));

		cJSON_AddStringToObject(one, type, word ? word : "");
		cp_norm_map(mode, one);
		cJSON_Delete(one);
		one = cJSON_AddObjectToObject(pair, key);
		cJSON_AddStringToObject(one, "type", type);
		cJSON_AddItemToObject(one, "shape", cJSON_Duplicate(item, true));
		cp_features(list, n, pair, mode);
		cJSON_Delete(pair);
	}
}

static void take_features(struct checkpoint *c, const cJSON *o)
{
	enum norm_mode mode[POLICY_TYPES];

	cp_norm_map(mode, cp_get(o, "normalization_mapping"));
	cp_features(&c->input, &c->ninputs, cp_get(o, "input_features"), mode);
	cp_features(&c->output, &c->noutputs, cp_get(o, "output_features"), mode);
	if (c->ninputs || c->noutputs)
		return;
	old_features(&c->input, &c->ninputs, cp_get(o, "input_shapes"),
		     cp_get(o, "input_normalization_modes"));
	old_features(&c->output, &c->noutputs, cp_get(o, "output_shapes"),
		     cp_get(o, "output_normalization_modes"));
}

/* Policies that are known to take a prompt, or to take none. */
static int language_of(const char *type)
{
	static const char *const with[] = {"smolvla",  "pi0",	     "pi05",	      "pi0_fast",
					   "pi0fast",  "groot",	     "xvla",	      "eo1",
					   "wall_x",   "molmoact2",  "evo1",	      "fastwam",
					   "vla_jepa", "lingbot_va", "multi_task_dit"};
	static const char *const without[] = {"act",   "diffusion", "tdmpc",
					      "vqbet", "sac",	    "gaussian_actor"};

	for (size_t i = 0; i < sizeof(with) / sizeof(with[0]); i++) {
		if (strcmp(with[i], type) == 0)
			return 1;
	}
	for (size_t i = 0; i < sizeof(without) / sizeof(without[0]); i++) {
		if (strcmp(without[i], type) == 0)
			return 0;
	}
	return -1;
}

static void take_config(struct checkpoint *c, const cJSON *o)
{
	struct policy_feature *action = NULL;

	cp_text(c->type, sizeof(c->type), cp_get(o, "type"));
	take_features(c, o);
	c->language = language_of(c->type);
	c->chunk_size = cp_small(cp_get(o, "chunk_size"));
	if (!c->chunk_size)
		c->chunk_size = cp_small(cp_get(o, "horizon")); /* diffusion */
	c->n_action_steps = cp_small(cp_get(o, "n_action_steps"));
	c->n_obs_steps = cp_small(cp_get(o, "n_obs_steps"));
	for (size_t i = 0; i < c->noutputs; i++) {
		if (c->output[i].type == POLICY_ACTION)
			action = &c->output[i];
	}
	cp_names(action, cp_get(o, "action_feature_names"));
	c->adapter = cJSON_IsTrue(cp_get(o, "use_peft"));
}

/* {"repo_id":…}, or a list of them where several sets were trained on. */
static void take_dataset(struct checkpoint *c, const cJSON *o)
{
	const cJSON *id = cp_get(o, "repo_id");
	const cJSON *imagenet = cp_get(o, "use_imagenet_stats");

	if (cJSON_IsArray(id)) {
		cp_warn(c, "train_config.json: trained on %d data sets, the first is named",
			cJSON_GetArraySize(id));
		id = id->child;
	}
	cp_text(c->dataset, sizeof(c->dataset), id);
	c->imagenet = cJSON_IsTrue(imagenet);
}

void cp_renames(struct checkpoint *c, const cJSON *map)
{
	const cJSON *item;

	if (c->nrenames)
		return;
	cJSON_ArrayForEach(item, map)
	{
		struct checkpoint_rename *r;

		if (!item->string || !cJSON_IsString(item) ||
		    c->nrenames == CHECKPOINT_FEATURES_MAX)
			continue;
		c->rename = xrealloc(c->rename, c->nrenames + 1, sizeof(*c->rename));
		r = &c->rename[c->nrenames++];
		text_clean(r->from, sizeof(r->from), item->string, strlen(item->string));
		cp_text(r->to, sizeof(r->to), item);
	}
}

static int train_config(struct checkpoint *c, struct err *e)
{
	cJSON *o;
	int rc = cp_json(c, "train_config.json", &o, e);

	if (rc)
		return rc;
	take_dataset(c, cp_get(o, "dataset"));
	c->steps = cp_count(cp_get(o, "steps"));
	c->batch = cp_count(cp_get(o, "batch_size"));
	if (c->form == CHECKPOINT_LEROBOT_OLD) /* else a step of the preprocessor has the map */
		cp_renames(c, cp_get(o, "rename_map"));
	cJSON_Delete(o);
	return 0;
}

static int adapter(struct checkpoint *c, struct err *e)
{
	cJSON *o;
	int rc = cp_json(c, "adapter_config.json", &o, e);

	if (rc)
		return rc;
	c->adapter = true;
	cp_text(c->base, sizeof(c->base), cp_get(o, "base_model_name_or_path"));
	cJSON_Delete(o);
	return 0;
}

/* An adapter without a description of its own has its base's. */
static int config_of_base(struct checkpoint *c, struct err *e)
{
	struct checkpoint base = {.bytes_read = 0};
	struct err none = {0};
	cJSON *o = NULL;
	int rc = 0;

	if (!c->base[0])
		return err_set(e, ENOENT, "%s: config.json is missing", c->path);
	if (!cp_locate(&base, c->base, &none) && !cp_json(&base, "config.json", &o, &none)) {
		c->bytes_read += base.bytes_read;
		take_config(c, o);
		c->adapter = true;
	} else {
		rc = err_set(e, ENOENT,
			     "%s: config.json is missing, and the model that it adapts, %s, is not "
			     "on this machine",
			     c->path, c->base);
	}
	cJSON_Delete(o);
	free(base.path);
	return rc;
}

int cp_lerobot(struct checkpoint *c, struct err *e)
{
	cJSON *o;
	int rc = adapter(c, e);

	if (rc >= 0)
		rc = cp_json(c, "config.json", &o, e);
	if (rc < 0)
		return rc;
	if (rc)
		rc = config_of_base(c, e);
	else
		take_config(c, o);
	cJSON_Delete(o);
	if (!rc && !c->ninputs && !c->noutputs)
		cp_warn(c, "config.json names no input and no output");
	if (!rc)
		rc = cp_sides(c, e);
	if (!rc)
		rc = train_config(c, e);
	if (rc == 1)
		cp_warn(c, "train_config.json is missing: what it was trained on is not known");
	return rc < 0 ? rc : 0;
}
