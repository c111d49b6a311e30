/* SPDX-License-Identifier: Apache-2.0 */
/* Isaac-GR00T: statistics and modalities of an embodiment, by parts of the robot. */
#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/text.h"
#include "training/checkpoint_impl.h"

struct groot {
	struct checkpoint *c;
	const cJSON *statistics; /* {"state":{"single_arm":{"mean":[…]…}},"action":…} */
	const cJSON *modalities; /* of the embodiment; N1.5 and N1.6 differ */
	enum norm_mode mode;
	bool relative; /* N1.6: processor_kwargs.use_relative_action */
};

/* The embodiment that is asked for, else the first; NULL with e. */
static const cJSON *choose(struct checkpoint *c, const cJSON *tags, struct err *e)
{
	const cJSON *found = c->part[0] ? cp_get(tags, c->part) : tags ? tags->child : NULL;
	int n = cJSON_GetArraySize(tags);

	if (!cJSON_IsObject(found) || !found->string) {
		err_set(e, ENOENT, "%s: has no embodiment '%s'; it has %s%s", c->path, c->part,
			tags && tags->child && tags->child->string ? tags->child->string : "none",
			n > 1 ? " and others" : "");
		return NULL;
	}
	if (!c->part[0] && n > 1)
		cp_warn(c, "%d embodiments: %s is read; '?part=NAME' takes another", n,
			found->string);
	text_clean(c->part, sizeof(c->part), found->string, strlen(found->string));
	return found;
}

static struct policy_feature *add_feature(struct checkpoint *c, bool out, const char *kind,
					  const char *part, enum policy_type type)
{
	char key[FEATURE_KEY_BYTES];
	struct policy_feature *f;

	snprintf(key, sizeof(key), "%s.%s", kind, part);
	f = cp_feature_add(out ? &c->output : &c->input, out ? &c->noutputs : &c->ninputs, key);
	if (f)
		f->type = type;
	return f;
}

/* A part of state or action: its feature, its statistics. */
static void add_part(struct groot *g, bool out, const char *part)
{
	const char *kind = out ? "action" : "state";
	char relative[FEATURE_KEY_BYTES];
	struct policy_feature *f = add_feature(g->c, out, kind, part,
					       out ? POLICY_ACTION : POLICY_STATE);
	const struct norm_stats *s;

	if (!f)
		return;
	cp_stats_json(g->c, &g->c->pre, f->key, cp_get(cp_get(g->statistics, kind), part));
	s = norm_side_stats(&g->c->pre, f->key);
	f->mode = g->mode;
	f->width = s ? s->width : 0;
	f->ndim = f->width > 0;
	f->shape[0] = f->width;
	if (!out)
		return;
	snprintf(relative, sizeof(relative), "relative_action.%s", part);
	cp_stats_json(g->c, &g->c->pre, relative,
		      cp_get(cp_get(g->statistics, "relative_action"), part));
}

/* Joins the statistics of all parts of a kind, in their order, under the kind's name. */
static void join(struct checkpoint *c, const char *kind, const struct policy_feature *f, size_t n)
{
	unsigned width = 0, at = 0;
	struct norm_stats *all;

	for (size_t i = 0; i < n; i++)
		width += f[i].type == POLICY_STATE || f[i].type == POLICY_ACTION ? f[i].width : 0;
	if (!width || width > CHECKPOINT_VALUES_MAX)
		return;
	cp_stats_add(&c->pre, kind);
	for (size_t i = 0; i < n; i++) {
		const struct norm_stats *s = norm_side_stats(&c->pre, f[i].key);

		if (f[i].type != POLICY_STATE && f[i].type != POLICY_ACTION)
			continue;
		for (unsigned k = 0; s && s->horizon == 1 && k < NORM_STATS; k++) {
			all = cp_stats_add(&c->pre, kind);
			if (!all || !s->v[k])
				continue;
			all->width = width;
			all->horizon = 1;
			if (!all->v[k]) {
				all->v[k] = xcalloc(width, sizeof(double));
				for (unsigned j = 0; j < width; j++)
					all->v[k][j] = NAN;
			}
			memcpy(all->v[k] + at, s->v[k], s->width * sizeof(double));
		}
		at += f[i].width;
	}
}

/* N1 and N1.5: {"video":{"ego_view":{"resolution":[640,480],"channels":3,"fps":30}},…} */
static void add_video(struct checkpoint *c, const cJSON *video)
{
	const cJSON *size = cp_get(video, "resolution");
	struct policy_feature *f = add_feature(c, false, "video", video->string, POLICY_VISUAL);

	if (!f || cJSON_GetArraySize(size) != 2)
		return;
	f->shape[0] = cp_small(cp_get(video, "channels"));
	f->shape[1] = cp_small(cJSON_GetArrayItem(size, 1));
	f->shape[2] = cp_small(cJSON_GetArrayItem(size, 0));
	f->ndim = f->shape[0] && f->shape[1] && f->shape[2] ? 3 : 0;
	f->width = f->ndim && f->shape[1] <= 10000 && f->shape[2] <= 10000 && f->shape[0] <= 8
			   ? f->shape[0] * f->shape[1] * f->shape[2]
			   : 0;
}

static void keep_absolute(struct checkpoint *c, const char *part)
{
	if (c->nabsolute == MAX_JOINTS)
		return;
	c->absolute = xrealloc(c->absolute, c->nabsolute + 1, sizeof(*c->absolute));
	text_clean(c->absolute[c->nabsolute++], sizeof(*c->absolute), part, strlen(part));
}

static void settle_space(struct checkpoint *c, size_t relative, const char *file)
{
	c->space = relative ? SPACE_RELATIVE : SPACE_ABSOLUTE;
	c->nabsolute = relative ? c->nabsolute : 0;
	snprintf(c->space_why, sizeof(c->space_why), "%s says so of %zu of %zu parts", file,
		 relative ? relative : c->noutputs, c->noutputs);
}

static void modalities_n15(struct groot *g)
{
	struct checkpoint *c = g->c;
	const cJSON *item;
	size_t relative = 0;

	cJSON_ArrayForEach(item, cp_get(g->modalities, "state"))
		add_part(g, false, item->string ? item->string : "");
	cJSON_ArrayForEach(item, cp_get(g->modalities, "video"))
	{
		if (item->string)
			add_video(c, item);
	}
	cJSON_ArrayForEach(item, cp_get(g->modalities, "action"))
	{
		add_part(g, true, item->string ? item->string : "");
		if (cJSON_IsFalse(cp_get(item, "absolute")))
			relative++;
		else
			keep_absolute(c, item->string ? item->string : "");
	}
	settle_space(c, relative, "metadata.json");
}

static const cJSON *keys_of(const struct groot *g, const char *kind)
{
	return cp_get(cp_get(g->modalities, kind), "modality_keys");
}

/* N1.6: {"action":{"delta_indices":[…],"modality_keys":[…],"action_configs":[{"rep":…}]}} */
static void modalities_n16(struct groot *g)
{
	const cJSON *action = cp_get(g->modalities, "action"), *item;
	const cJSON *config = cp_get(action, "action_configs");
	struct checkpoint *c = g->c;
	size_t relative = 0;

	config = config ? config->child : NULL;
	cJSON_ArrayForEach(item, keys_of(g, "state"))
		add_part(g, false, cJSON_IsString(item) ? item->valuestring : "");
	cJSON_ArrayForEach(item, keys_of(g, "video")) add_feature(
		c, false, "video", cJSON_IsString(item) ? item->valuestring : "", POLICY_VISUAL);
	cJSON_ArrayForEach(item, keys_of(g, "action"))
	{
		const char *part = cJSON_IsString(item) ? item->valuestring : "";
		const char *rep = cJSON_GetStringValue(cp_get(config, "rep"));

		add_part(g, true, part);
		if (g->relative && rep && strcasecmp(rep, "relative") == 0)
			relative++;
		else
			keep_absolute(c, part);
		config = config ? config->next : NULL;
	}
	settle_space(c, relative, "processor_config.json");
	c->chunk_size = (unsigned)cJSON_GetArraySize(cp_get(action, "delta_indices"));
}

static int read_n15(struct groot *g, struct err *e)
{
	struct checkpoint *c = g->c;
	const cJSON *tag, *tags;
	cJSON *o;
	int rc = cp_json(c, "experiment_cfg/metadata.json", &o, e);

	if (rc)
		return rc;
	tags = cJSON_IsObject(cp_get(o, "embodiment_tags")) ? cp_get(o, "embodiment_tags") : o;
	tag = choose(c, tags, e);
	if (tag) {
		g->statistics = cp_get(tag, "statistics");
		g->modalities = cp_get(tag, "modalities");
		modalities_n15(g);
		text_copy(c->pre.stats_file, sizeof(c->pre.stats_file),
			  "experiment_cfg/metadata.json");
	}
	cJSON_Delete(o);
	return tag ? 0 : -e->code;
}

static enum norm_mode mode_n16(const cJSON *kwargs)
{
	if (cJSON_IsTrue(cp_get(kwargs, "use_percentiles")))
		return NORM_QUANTILES;
	return cJSON_IsTrue(cp_get(kwargs, "use_mean_std")) ? NORM_MEAN_STD : NORM_MIN_MAX;
}

static int read_n16(struct groot *g, struct err *e)
{
	struct checkpoint *c = g->c;
	cJSON *stats = NULL, *processor = NULL;
	const cJSON *kwargs;
	int rc = cp_json(c, "statistics.json", &stats, e);

	if (!rc)
		rc = cp_json(c, "processor_config.json", &processor, e);
	kwargs = cp_get(processor, "processor_kwargs");
	g->statistics = rc ? NULL : choose(c, stats, e);
	if (!rc && !g->statistics)
		rc = -e->code;
	if (!rc) {
		g->modalities = cp_get(cp_get(kwargs, "modality_configs"), c->part);
		g->mode = mode_n16(kwargs);
		g->relative = cJSON_IsTrue(cp_get(kwargs, "use_relative_action"));
		if (!g->modalities)
			cp_warn(c, "processor_config.json says nothing of %s", c->part);
		modalities_n16(g);
		text_copy(c->pre.stats_file, sizeof(c->pre.stats_file), "statistics.json");
		text_copy(c->pre.file, sizeof(c->pre.file), "processor_config.json");
	}
	cJSON_Delete(stats);
	cJSON_Delete(processor);
	return rc;
}

/* config.json of the model: its kind and how many actions it plans. */
static int model(struct checkpoint *c, struct err *e)
{
	cJSON *o;
	int rc = cp_json(c, "config.json", &o, e);

	if (rc)
		return rc;
	cp_text(c->type, sizeof(c->type), cp_get(o, "model_type"));
	if (!c->chunk_size)
		c->chunk_size = cp_small(cp_get(o, "action_horizon"));
	cJSON_Delete(o);
	return 0;
}

int cp_groot(struct checkpoint *c, struct err *e)
{
	struct groot g = {.c = c, .mode = NORM_UNKNOWN};
	int rc = c->form == CHECKPOINT_GROOT_N15 ? read_n15(&g, e) : read_n16(&g, e);

	if (rc == 1)
		rc = err_set(e, ENOENT, "%s: its files are gone", c->path);
	if (!rc)
		rc = model(c, e);
	if (rc < 0)
		return rc;
	c->pre.known = true;
	c->pre.steps = 1;
	c->language = 1;
	join(c, "state", c->input, c->ninputs);
	join(c, "action", c->output, c->noutputs);
	return 0;
}
