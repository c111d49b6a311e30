/* SPDX-License-Identifier: Apache-2.0 */
/*
 * openpi: what its code knows (horizon, cameras, delta actions, z-score or quantiles) is not in its
 * files; the statistics of one asset are.
 */
#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/mem.h"
#include "base/path.h"
#include "base/text.h"
#include "training/checkpoint_impl.h"

enum { ASSETS_MAX = 64, DEPTH_MAX = 3 };

struct assets {
	size_t n;
	char *name[ASSETS_MAX]; /* below assets/: "trossen", "physical-intelligence/libero" */
};

static int by_text(const void *a, const void *b)
{
	return strcmp(*(char *const *)a, *(char *const *)b);
}

/* Folders that hold a norm_stats.json, below assets/at. */
static void find_assets(struct assets *l, const struct checkpoint *c, const char *at,
			unsigned depth)
{
	struct buf folder = {0}, file = {0};
	struct dirent *entry;
	DIR *d;

	buf_printf(&folder, "%s/assets/%s", c->path, at);
	buf_printf(&file, "assets/%s%snorm_stats.json", at, at[0] ? "/" : "");
	if (cp_there(c, file.p) && l->n < ASSETS_MAX)
		l->name[l->n++] = xstrdup(at);
	d = depth ? opendir(folder.p) : NULL;
	while (d && (entry = readdir(d))) {
		struct buf inner = {0};

		if (entry->d_name[0] == '.')
			continue;
		buf_printf(&inner, "%s%s%s", at, at[0] ? "/" : "", entry->d_name);
		find_assets(l, c, inner.p, depth - 1);
		buf_fini(&inner);
	}
	if (d)
		closedir(d);
	buf_fini(&folder);
	buf_fini(&file);
}

/* The file of the asset that is asked for, else of the first; the caller frees it. */
static char *choose_dup(struct checkpoint *c, struct err *e)
{
	struct assets l = {0};
	struct buf file = {0};
	size_t best = 0;

	if (cp_there(c, "norm_stats.json"))
		return xstrdup("norm_stats.json");
	find_assets(&l, c, "", DEPTH_MAX);
	if (l.n)
		qsort(l.name, l.n, sizeof(char *), by_text);
	while (c->part[0] && best < l.n && strcmp(l.name[best], c->part) != 0)
		best++;
	if (best == l.n) {
		err_set(e, ENOENT, "%s: has no asset '%s'; it has %s%s", c->path, c->part,
			l.n ? l.name[0] : "none", l.n > 1 ? " and others" : "");
	} else {
		if (!c->part[0] && l.n > 1)
			cp_warn(c, "%zu assets: %s is read; '?part=NAME' takes another, as %s", l.n,
				l.name[0], l.name[1]);
		buf_printf(&file, "assets/%s%snorm_stats.json", l.name[best],
			   l.name[best][0] ? "/" : "");
		text_clean(c->part, sizeof(c->part), l.name[best], strlen(l.name[best]));
	}
	for (size_t i = 0; i < l.n; i++)
		free(l.name[i]);
	return file.p;
}

static void add_vector(struct checkpoint *c, const char *key, enum policy_type type)
{
	bool out = type == POLICY_ACTION;
	const struct norm_stats *s = norm_side_stats(&c->pre, key);
	struct policy_feature *f = s ? cp_feature_add(out ? &c->output : &c->input,
						      out ? &c->noutputs : &c->ninputs, key)
				     : NULL;

	if (!f)
		return;
	f->type = type;
	f->ndim = 1;
	f->shape[0] = f->width = s->width;
}

int cp_openpi(struct checkpoint *c, struct err *e)
{
	char *file = choose_dup(c, e);
	const cJSON *item;
	cJSON *o;
	int rc;

	if (!file)
		return -e->code;
	rc = cp_json(c, file, &o, e);
	if (rc == 1)
		rc = err_set(e, ENOENT, "%s/%s: is gone", c->path, file);
	if (!rc && !cJSON_IsObject(cp_get(o, "norm_stats")))
		rc = err_set(e, EBADMSG, "%s/%s: has no norm_stats", c->path, file);
	if (!rc) {
		cJSON_ArrayForEach(item, cp_get(o, "norm_stats"))
			cp_stats_json(c, &c->pre, item->string ? item->string : "", item);
		add_vector(c, "state", POLICY_STATE);
		add_vector(c, "actions", POLICY_ACTION);
		c->pre.known = true;
		c->pre.steps = 1;
		c->pre.eps = 1e-6;
		text_clean(c->pre.stats_file, sizeof(c->pre.stats_file), file, strlen(file));
		text_copy(c->dataset, sizeof(c->dataset), strchr(c->part, '/') ? c->part : "");
		text_copy(c->space_why, sizeof(c->space_why),
			  "openpi's files do not say whether actions are deltas");
		c->language = 1;
	}
	cJSON_Delete(o);
	free(file);
	return rc;
}
