/* SPDX-License-Identifier: Apache-2.0 */
#include "training/checkpoint.h"

#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/text.h"
#include "training/checkpoint_impl.h"

const char *checkpoint_form_word(enum checkpoint_form f)
{
	static const char *const words[] = {"lerobot", "lerobot-old", "openpi", "groot-n1.5",
					    "groot-n1.6"};

	return words[f];
}

static const char *const type_words[POLICY_TYPES] = {"STATE", "ACTION",	  "VISUAL",
						     "ENV",   "LANGUAGE", "?"};

const char *policy_type_word(enum policy_type t)
{
	return type_words[t];
}

static const char *const mode_words[] = {"unknown", "IDENTITY",	 "MEAN_STD",
					 "MIN_MAX", "QUANTILES", "QUANTILE10"};

const char *norm_mode_word(enum norm_mode m)
{
	return mode_words[m];
}

static const char *const stat_words[NORM_STATS] = {"mean", "std", "min", "max", "q01",
						   "q10",  "q50", "q90", "q99"};

const char *norm_stat_word(enum norm_stat s)
{
	return stat_words[s];
}

bool norm_mode_stats(enum norm_mode m, enum norm_stat *low, enum norm_stat *high)
{
	static const enum norm_stat pair[][2] = {[NORM_MEAN_STD] = {STAT_MEAN, STAT_STD},
						 [NORM_MIN_MAX] = {STAT_MIN, STAT_MAX},
						 [NORM_QUANTILES] = {STAT_Q01, STAT_Q99},
						 [NORM_QUANTILE10] = {STAT_Q10, STAT_Q90}};

	if (m < NORM_MEAN_STD)
		return false;
	*low = pair[m][0];
	*high = pair[m][1];
	return true;
}

const cJSON *cp_get(const cJSON *o, const char *key)
{
	return cJSON_GetObjectItemCaseSensitive(o, key);
}

void cp_text(char *dst, size_t size, const cJSON *item)
{
	const char *s = cJSON_GetStringValue(item);

	text_clean(dst, size, s ? s : "", s ? strlen(s) : 0);
}

int64_t cp_count(const cJSON *item)
{
	if (!cJSON_IsNumber(item) || !(item->valuedouble >= 0) || item->valuedouble > 1e15 ||
	    item->valuedouble != floor(item->valuedouble))
		return -1;
	return (int64_t)item->valuedouble;
}

unsigned cp_small(const cJSON *item)
{
	int64_t n = cp_count(item);

	return n > 0 && n <= 1000000 ? (unsigned)n : 0;
}

struct policy_feature *cp_feature_add(struct policy_feature **list, size_t *n, const char *key)
{
	struct policy_feature *f;

	if (*n == CHECKPOINT_FEATURES_MAX)
		return NULL;
	*list = xrealloc(*list, *n + 1, sizeof(**list));
	f = &(*list)[(*n)++];
	*f = (struct policy_feature){.type = POLICY_OTHER};
	text_clean(f->key, sizeof(f->key), key, strlen(key));
	return f;
}

struct norm_stats *cp_stats_add(struct norm_side *s, const char *key)
{
	char clean[FEATURE_KEY_BYTES];
	struct norm_stats *f;

	text_clean(clean, sizeof(clean), key, strlen(key));
	for (size_t i = 0; i < s->nstats; i++) {
		if (strcmp(s->stats[i].key, clean) == 0)
			return &s->stats[i];
	}
	if (s->nstats == CHECKPOINT_STATS_MAX)
		return NULL;
	s->stats = xrealloc(s->stats, s->nstats + 1, sizeof(*s->stats));
	f = &s->stats[s->nstats++];
	*f = (struct norm_stats){.count = NAN};
	text_copy(f->key, sizeof(f->key), clean);
	return f;
}

bool cp_stat_find(const char *word, enum norm_stat *out)
{
	for (unsigned i = 0; i < NORM_STATS; i++) {
		if (strcmp(stat_words[i], word) == 0) {
			*out = (enum norm_stat)i;
			return true;
		}
	}
	return false;
}

bool cp_stats_take(struct norm_stats *s, enum norm_stat stat, double *v, unsigned width,
		   unsigned horizon)
{
	if (s->v[stat] || (s->width && (s->width != width || s->horizon != horizon))) {
		free(v);
		return false;
	}
	s->width = width;
	s->horizon = horizon;
	s->v[stat] = v;
	return true;
}

static enum policy_type type_of(const char *word)
{
	for (unsigned t = 0; t < POLICY_OTHER; t++) {
		if (strcmp(type_words[t], word) == 0)
			return (enum policy_type)t;
	}
	return POLICY_OTHER;
}

/* Letter case differs: older files have "mean_std". */
static enum norm_mode mode_of(const char *word)
{
	for (size_t m = NORM_IDENTITY; m < sizeof(mode_words) / sizeof(mode_words[0]); m++) {
		if (strcasecmp(mode_words[m], word) == 0)
			return (enum norm_mode)m;
	}
	return NORM_UNKNOWN;
}

void cp_norm_map(enum norm_mode mode[POLICY_TYPES], const cJSON *map)
{
	const cJSON *item;

	for (unsigned t = 0; t < POLICY_TYPES; t++)
		mode[t] = NORM_UNKNOWN;
	cJSON_ArrayForEach(item, map)
	{
		char word[NAME_BYTES];

		cp_text(word, sizeof(word), item);
		if (item->string && type_of(item->string) != POLICY_OTHER)
			mode[type_of(item->string)] = mode_of(word);
	}
}

static void take_shape(struct policy_feature *f, const cJSON *shape)
{
	const cJSON *item;
	double width = 1;

	cJSON_ArrayForEach(item, shape)
	{
		unsigned n = cp_small(item);

		if (!n || f->ndim == sizeof(f->shape) / sizeof(f->shape[0])) {
			f->ndim = 0;
			return;
		}
		f->shape[f->ndim++] = n;
		width *= n;
	}
	f->width = f->ndim && width <= 1e9 ? (unsigned)width : 0;
}

void cp_features(struct policy_feature **list, size_t *n, const cJSON *features,
		 const enum norm_mode mode[POLICY_TYPES])
{
	const cJSON *item;

	cJSON_ArrayForEach(item, features)
	{
		char type[NAME_BYTES];
		struct policy_feature *f;

		if (!item->string || !cJSON_IsObject(item))
			continue;
		f = cp_feature_add(list, n, item->string);
		if (!f)
			return;
		cp_text(type, sizeof(type), cp_get(item, "type"));
		f->type = type_of(type);
		f->mode = mode[f->type];
		take_shape(f, cp_get(item, "shape"));
	}
}

void cp_names(struct policy_feature *f, const cJSON *names)
{
	unsigned n = cJSON_IsArray(names) ? (unsigned)cJSON_GetArraySize(names) : 0;
	const cJSON *item;

	if (!f || f->nnames || !n || n != f->width || n > MAX_JOINTS)
		return;
	f->name = xcalloc(n, sizeof(*f->name));
	cJSON_ArrayForEach(item, names) cp_text(f->name[f->nnames++], sizeof(*f->name), item);
}

/* Numbers of a list, or of a list of lists of one length; NULL: neither, or too many. */
static double *numbers_dup(const cJSON *item, unsigned *width, unsigned *horizon)
{
	bool rows = cJSON_IsArray(item) && cJSON_IsArray(item->child);
	int h = rows ? cJSON_GetArraySize(item) : 1;
	int w = cJSON_IsArray(item) ? cJSON_GetArraySize(rows ? item->child : item) : 0;
	const cJSON *row = rows ? item->child : item, *at;
	double *v;
	int i = 0;

	if (w < 1 || h < 1 || w > CHECKPOINT_VALUES_MAX / h)
		return NULL;
	v = xcalloc((size_t)w * (size_t)h, sizeof(*v));
	for (int r = 0; r < h; r++, row = row->next) {
		if (!cJSON_IsArray(row) || cJSON_GetArraySize(row) != w) {
			free(v);
			return NULL;
		}
		cJSON_ArrayForEach(at, row) v[i++] = cJSON_IsNumber(at) ? at->valuedouble : NAN;
	}
	*width = (unsigned)w;
	*horizon = (unsigned)h;
	return v;
}

void cp_stats_json(struct checkpoint *c, struct norm_side *side, const char *key, const cJSON *o)
{
	struct norm_stats *s = cJSON_IsObject(o) ? cp_stats_add(side, key) : NULL;
	const cJSON *item;

	if (!s)
		return;
	cJSON_ArrayForEach(item, o)
	{
		unsigned width = 0, horizon = 0;
		enum norm_stat stat;
		double *v;

		if (!item->string || !cp_stat_find(item->string, &stat) || cJSON_IsNull(item))
			continue;
		v = numbers_dup(item, &width, &horizon);
		if (!v || !cp_stats_take(s, stat, v, width, horizon))
			cp_warn(c, "%s: %s is no list of %u numbers", key, item->string, s->width);
	}
}

static void feature_list_free(struct policy_feature *f, size_t n)
{
	for (size_t i = 0; i < n; i++)
		free(f[i].name);
	free(f);
}

static void side_fini(struct norm_side *s)
{
	feature_list_free(s->feature, s->nfeatures);
	for (size_t i = 0; i < s->nstats; i++) {
		for (unsigned k = 0; k < NORM_STATS; k++)
			free(s->stats[i].v[k]);
	}
	free(s->stats);
	free(s->only);
}

void checkpoint_free(struct checkpoint *c)
{
	if (!c)
		return;
	feature_list_free(c->input, c->ninputs);
	feature_list_free(c->output, c->noutputs);
	side_fini(&c->pre);
	side_fini(&c->post);
	for (size_t i = 0; i < c->nwarnings; i++)
		free(c->warning[i]);
	free(c->warning);
	free(c->rename);
	free(c->absolute);
	free(c->path);
	free(c);
}

struct checkpoint *checkpoint_open(const char *word, struct err *e)
{
	static int (*const read[])(struct checkpoint * c, struct err * e) = {
		[CHECKPOINT_LEROBOT] = cp_lerobot, [CHECKPOINT_LEROBOT_OLD] = cp_lerobot,
		[CHECKPOINT_OPENPI] = cp_openpi,   [CHECKPOINT_GROOT_N15] = cp_groot,
		[CHECKPOINT_GROOT_N16] = cp_groot,
	};
	struct checkpoint *c = xcalloc(1, sizeof(*c));
	int rc;

	c->language = -1;
	c->steps = c->batch = c->step = -1;
	c->pre.eps = c->post.eps = NAN;
	rc = cp_locate(c, word, e);
	if (!rc)
		rc = read[c->form](c, e);
	if (!rc)
		return c;
	checkpoint_free(c);
	return NULL;
}

static const struct policy_feature *find(const struct policy_feature *f, size_t n, const char *key)
{
	for (size_t i = 0; i < n; i++) {
		if (strcmp(f[i].key, key) == 0)
			return &f[i];
	}
	return NULL;
}

const struct policy_feature *checkpoint_input(const struct checkpoint *c, const char *key)
{
	return find(c->input, c->ninputs, key);
}

const struct policy_feature *checkpoint_feature(const struct checkpoint *c, enum policy_type type)
{
	bool out = type == POLICY_ACTION;
	const struct policy_feature *f = out ? c->output : c->input;
	size_t n = out ? c->noutputs : c->ninputs;

	for (size_t i = 0; i < n; i++) {
		if (f[i].type == type)
			return &f[i];
	}
	return NULL;
}

const struct policy_feature *norm_side_feature(const struct norm_side *s, const char *key)
{
	return find(s->feature, s->nfeatures, key);
}

const struct norm_stats *norm_side_stats(const struct norm_side *s, const char *key)
{
	for (size_t i = 0; i < s->nstats; i++) {
		if (strcmp(s->stats[i].key, key) == 0)
			return &s->stats[i];
	}
	return NULL;
}

/* LeRobot and openpi name them; GR00T's parts are joined under these names. */
static const char *vector_key(const struct checkpoint *c, enum checkpoint_vector v)
{
	switch (c->form) {
	case CHECKPOINT_OPENPI:
		return v == CHECKPOINT_STATE ? "state" : "actions";
	case CHECKPOINT_GROOT_N15:
	case CHECKPOINT_GROOT_N16:
		return v == CHECKPOINT_STATE ? "state" : "action";
	case CHECKPOINT_LEROBOT:
	case CHECKPOINT_LEROBOT_OLD:
	default:
		return v == CHECKPOINT_STATE ? "observation.state" : "action";
	}
}

const struct norm_stats *checkpoint_stats(const struct checkpoint *c, enum checkpoint_vector v,
					  bool post)
{
	bool both = c->form == CHECKPOINT_LEROBOT || c->form == CHECKPOINT_LEROBOT_OLD;

	return norm_side_stats(post && both ? &c->post : &c->pre, vector_key(c, v));
}

enum norm_mode checkpoint_mode(const struct checkpoint *c, enum checkpoint_vector v)
{
	enum policy_type type = v == CHECKPOINT_STATE ? POLICY_STATE : POLICY_ACTION;
	const struct norm_side *s = type == POLICY_ACTION && c->post.known ? &c->post : &c->pre;
	const struct policy_feature *f = norm_side_feature(s, vector_key(c, v));

	if (!f)
		f = checkpoint_feature(c, type);
	return f ? f->mode : NORM_UNKNOWN;
}
