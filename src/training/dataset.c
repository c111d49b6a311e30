/* SPDX-License-Identifier: Apache-2.0 */
#include "training/dataset.h"

#include <errno.h>
#include <limits.h>
#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/path.h"
#include "base/text.h"
#include "base/uri.h"
#include "training/dataset_impl.h"

enum { WARNINGS_MAX = 1000 };

void dataset_warn(struct dataset *d, const char *fmt, ...)
{
	char raw[512], text[600];
	va_list ap;
	int n;

	if (d->nwarnings == WARNINGS_MAX)
		return;
	va_start(ap, fmt);
	n = vsnprintf(raw, sizeof(raw), fmt, ap);
	va_end(ap);
	if (n < 0)
		return;
	text_clean(text, sizeof(text), raw, strlen(raw));
	d->warning = xrealloc(d->warning, d->nwarnings + 1, sizeof(*d->warning));
	d->warning[d->nwarnings++] = xstrdup(text);
}

/* "3" or "0-15" */
static bool parse_range(const char *s, size_t n, struct range *r)
{
	char text[48], *dash;

	if (n >= sizeof(text))
		return false;
	memcpy(text, s, n);
	text[n] = '\0';
	dash = strchr(text, '-');
	if (dash)
		*dash++ = '\0';
	if (!text_to_i64(text, &r->first) || (dash && !text_to_i64(dash, &r->last)))
		return false;
	if (!dash)
		r->last = r->first;
	return r->first >= 0 && r->last >= r->first;
}

/* "0-15,20" */
static int parse_ranges(struct dataset *d, const char *text, struct err *e)
{
	for (const char *s = text; s;) {
		size_t n = strcspn(s, ",");
		struct range r;

		if (!parse_range(s, n, &r) || d->nranges == RANGES_MAX)
			return err_set(e, EINVAL, "episodes=%s: wanted is a list like 0-15,20",
				       text);
		d->range[d->nranges++] = r;
		s = s[n] ? s + n + 1 : NULL;
	}
	return 0;
}

bool dataset_wants(const struct dataset *d, int64_t episode)
{
	for (size_t i = 0; i < d->nranges; i++) {
		if (episode >= d->range[i].first && episode <= d->range[i].last)
			return true;
	}
	return d->nranges == 0;
}

static void take_name(struct dataset *d, const char *path)
{
	size_t end = strlen(path), at;

	while (end > 1 && path[end - 1] == '/')
		end--;
	for (at = end; at && path[at - 1] != '/'; at--)
		;
	text_clean(d->name, sizeof(d->name), path + at, end - at);
	if (!d->name[0] || strcmp(d->name, ".") == 0 || strcmp(d->name, "..") == 0)
		text_copy(d->name, sizeof(d->name), "dataset");
}

static int open_root(struct dataset *d, const char *path, const char *episodes, struct err *e)
{
	char *info;
	int rc = episodes ? parse_ranges(d, episodes, e) : 0;

	if (rc)
		return rc;
	d->root = locate_dup(path, e);
	if (!d->root)
		return -e->code;
	/* A name by the folder that was meant, also of "." */
	if (strcmp(path, ".") == 0 || text_ends(path, "/.") || text_ends(path, "..")) {
		char *real = realpath(path, NULL);

		take_name(d, real ? real : path);
		free(real);
	} else {
		take_name(d, path);
	}
	info = path_join_dup(d->root, "meta/info.json");
	rc = info_read(&d->meta, info, e);
	free(info);
	if (!rc)
		rc = tasks_read(d, e);
	return rc ? rc : listed_read(d, e);
}

int dataset_open_at(struct dataset **out, const char *path, const char *episodes, struct err *e)
{
	struct dataset *d = xcalloc(1, sizeof(*d));
	struct err own = {0};
	int rc = open_root(d, path, episodes, e ? e : &own);

	if (rc) {
		dataset_close(d);
		d = NULL;
	}
	*out = d;
	return rc;
}

int dataset_open(struct dataset **out, const char *word, struct err *e)
{
	struct uri u;
	const char *episodes;
	int rc = uri_parse(&u, word, e);

	*out = NULL;
	if (rc)
		return rc;
	episodes = uri_param(&u, "episodes");
	if (!episodes)
		episodes = uri_param(&u, "episode");
	rc = uri_all_used(&u, "episodes=", e);
	if (!rc && u.kind[0] && strcmp(u.kind, "dataset") != 0)
		rc = err_set(e, EINVAL, "%s: wanted is a folder, not a source", word);
	if (!rc)
		rc = dataset_open_at(out, u.rest, episodes, e);
	uri_fini(&u);
	return rc;
}

void dataset_close(struct dataset *d)
{
	if (!d)
		return;
	for (size_t i = 0; i < d->nwarnings; i++)
		free(d->warning[i]);
	free(d->warning);
	free(d->listed);
	free(d->task);
	free(d->root);
	info_fini(&d->meta);
	free(d);
}

const struct feature *dataset_feature(const struct dataset *d, enum dataset_role role)
{
	/* The second name is what other writers than LeRobot's use. */
	static const char *const keys[][2] = {[DATASET_ACTION] = {"action", "actions"},
					      [DATASET_STATE] = {"observation.state", "state"}};
	const struct feature *f = info_feature(&d->meta, keys[role][0]);

	return f ? f : info_feature(&d->meta, keys[role][1]);
}

const struct dataset_meta *dataset_meta(const struct dataset *d)
{
	return &d->meta;
}

const char *dataset_root(const struct dataset *d)
{
	return d->root;
}

const char *dataset_name(const struct dataset *d)
{
	return d->name;
}

size_t dataset_warnings(const struct dataset *d)
{
	return d->nwarnings;
}

const char *dataset_warning(const struct dataset *d, size_t i)
{
	return d->warning[i];
}
