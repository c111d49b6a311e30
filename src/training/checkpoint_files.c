/* SPDX-License-Identifier: Apache-2.0 */
/* Where a checkpoint lies, which form it has, and its JSON files. */
#include <ctype.h>
#include <dirent.h>
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/mem.h"
#include "base/path.h"
#include "base/text.h"
#include "base/uri.h"
#include "training/checkpoint_impl.h"
#include "training/files.h"
#include "training/hub.h"

static bool there(const char *folder, const char *name)
{
	char *path = path_join_dup(folder, name);
	struct stat st;
	bool is = stat(path, &st) == 0;

	free(path);
	return is;
}

bool cp_there(const struct checkpoint *c, const char *name)
{
	return there(c->path, name);
}

void cp_warn(struct checkpoint *c, const char *fmt, ...)
{
	char raw[512], clean[512];
	va_list ap;

	if (c->nwarnings == CHECKPOINT_WARNINGS_MAX)
		return;
	va_start(ap, fmt);
	vsnprintf(raw, sizeof(raw), fmt, ap);
	va_end(ap);
	text_clean(clean, sizeof(clean), raw, strlen(raw));
	c->warning = xrealloc(c->warning, c->nwarnings + 1, sizeof(char *));
	c->warning[c->nwarnings++] = xstrdup(clean);
}

/*
 * Python writes NaN, Infinity and -Infinity, which JSON has no words for and cJSON refuses: they
 * become a text, which is no number, and numbers that overflow.
 */
static void translate_numbers(char *s)
{
	bool in_text = false;

	for (; *s; s++) {
		if (*s == '"')
			in_text = !in_text;
		else if (in_text && *s == '\\' && s[1])
			s++;
		else if (!in_text && text_starts(s, "NaN"))
			s = (char *)memcpy(s, "\"\" ", 3) + 2;
		else if (!in_text && text_starts(s, "Infinity"))
			memcpy(s, "1e999   ", 8);
	}
}

int cp_json(struct checkpoint *c, const char *name, cJSON **out, struct err *e)
{
	char *path = path_join_dup(c->path, name), *text;
	const char *stop = NULL;
	struct stat st = {0};
	size_t len = 0, line = 1;

	*out = NULL;
	if (stat(path, &st) && errno == ENOENT) {
		free(path);
		return 1;
	}
	text = st.st_size > CHECKPOINT_FILE_MAX ? NULL : file_text_dup(path, &len, e);
	if (text) {
		c->bytes_read += len;
		translate_numbers(text);
		*out = cJSON_ParseWithLengthOpts(text, len, &stop, false);
	} else if (!e->code) {
		err_set(e, EFBIG, "%s: at most %d bytes of a description are read", path,
			CHECKPOINT_FILE_MAX);
	}
	if (text && !cJSON_IsObject(*out)) {
		for (const char *s = text; stop && s < stop; s++)
			line += *s == '\n';
		err_set(e, EBADMSG, "%s, line %zu: no JSON object", path, line);
		cJSON_Delete(*out);
		*out = NULL;
	}
	free(text);
	free(path);
	return *out ? 0 : -e->code;
}

/* assets/ORG/NAME/norm_stats.json, and less deep. */
static bool has_norm_stats(const char *folder, unsigned depth)
{
	DIR *d = depth && !there(folder, "norm_stats.json") ? opendir(folder) : NULL;
	struct dirent *entry;
	bool found = !d && there(folder, "norm_stats.json");

	while (d && !found && (entry = readdir(d))) {
		char *path;

		if (entry->d_name[0] == '.')
			continue;
		path = path_join_dup(folder, entry->d_name);
		found = has_norm_stats(path, depth - 1);
		free(path);
	}
	if (d)
		closedir(d);
	return found;
}

int cp_form(const char *folder)
{
	char *assets;
	bool openpi;

	if (there(folder, "policy_preprocessor.json"))
		return CHECKPOINT_LEROBOT;
	if (there(folder, "experiment_cfg/metadata.json"))
		return CHECKPOINT_GROOT_N15;
	if (there(folder, "statistics.json") && there(folder, "processor_config.json"))
		return CHECKPOINT_GROOT_N16;
	assets = path_join_dup(folder, "assets");
	openpi = there(folder, "norm_stats.json") || has_norm_stats(assets, 3);
	free(assets);
	if (openpi)
		return CHECKPOINT_OPENPI;
	if (there(folder, "config.json") || there(folder, "adapter_config.json"))
		return CHECKPOINT_LEROBOT_OLD;
	return -1;
}

static bool has_form(const char *folder)
{
	return cp_form(folder) >= 0;
}

/* "020000", "checkpoint-2000": the number at the end of a name, -1 none. */
static int64_t step_of(const char *name)
{
	const char *digits = name + strlen(name);

	while (digits > name && isdigit((unsigned char)digits[-1]))
		digits--;
	if (!*digits || strlen(digits) > 12 ||
	    (digits != name && !text_starts(name, "checkpoint-")))
		return -1;
	return strtoll(digits, NULL, 10);
}

/* The folder below dir, or below it in `inner`, with the largest step; NULL none. */
static char *latest_dup(const char *dir, const char *inner)
{
	DIR *d = opendir(dir);
	struct dirent *entry;
	char *best = NULL;
	int64_t most = -1;

	while (d && (entry = readdir(d))) {
		int64_t step = step_of(entry->d_name);
		char *folder = path_join_dup(dir, entry->d_name);
		char *path = inner[0] ? path_join_dup(folder, inner) : xstrdup(folder);

		if (step > most && has_form(path)) {
			free(best);
			best = path;
			path = NULL;
			most = step;
		}
		free(path);
		free(folder);
	}
	if (d)
		closedir(d);
	return best;
}

/* What a person names: the files' own folder, or one above. NULL: none of them. */
static char *below_dup(const char *path)
{
	static const char *const inner[] = {"", "pretrained_model",
					    "checkpoints/last/pretrained_model",
					    "last/pretrained_model"};
	static const char *const lists[][2] = {
		{"checkpoints", "pretrained_model"}, {"", "pretrained_model"}, {"", ""}};
	char *found = NULL;

	for (size_t i = 0; !found && i < sizeof(inner) / sizeof(inner[0]); i++) {
		char *folder = path_join_dup(path, inner[i]);

		if (has_form(folder))
			return folder;
		free(folder);
	}
	for (size_t i = 0; !found && i < sizeof(lists) / sizeof(lists[0]); i++) {
		char *folder = path_join_dup(path, lists[i][0]);

		found = latest_dup(folder, lists[i][1]);
		free(folder);
	}
	return found;
}

static char *find_dup(const char *path, struct err *e)
{
	char *hub = hub_folder_dup("HF_HUB_CACHE", "hub"), *found = NULL;
	struct stat st;

	if (stat(path, &st) == 0) {
		if (S_ISDIR(st.st_mode))
			found = below_dup(path);
		if (!found)
			err_set(e, S_ISDIR(st.st_mode) ? ENOENT : ENOTDIR,
				S_ISDIR(st.st_mode)
					? "%s: no checkpoint of LeRobot, openpi or GR00T is in it"
					: "%s: is no folder; name the one that holds config.json",
				path);
	} else if (errno != ENOENT) {
		err_set(e, errno, "%s: %s", path, strerror(errno));
	} else if (!hub_is_repo_id(path)) {
		err_set(e, ENOENT, "%s: no such folder", path);
	} else {
		found = hub_snapshot_dup(hub, "models", path, has_form);
		if (!found)
			err_set(e, ENOENT, "%s: no such folder, and no such model under %s", path,
				hub);
	}
	free(hub);
	return found;
}

/* The parts of a path that tell it apart: "smolvla_v5/020000". */
static void name_it(struct checkpoint *c, const char *word)
{
	static const char *const dull[] = {"pretrained_model", "checkpoints", "last", ""};
	const char *end = c->path + strlen(c->path), *keep[2] = {NULL, NULL};
	size_t len[2] = {0, 0};
	char name[2 * NAME_BYTES + 2];

	if (hub_is_repo_id(word) && !there(word, "")) {
		text_copy(c->name, sizeof(c->name), word);
		return;
	}
	while (end > c->path && !keep[1]) {
		const char *from = end;
		bool skip = false;

		while (from > c->path && from[-1] != '/')
			from--;
		for (size_t i = 0; i < sizeof(dull) / sizeof(dull[0]); i++)
			skip = skip || (strlen(dull[i]) == (size_t)(end - from) &&
					strncmp(dull[i], from, (size_t)(end - from)) == 0);
		if (!skip) {
			unsigned k = keep[0] != NULL;

			keep[k] = from;
			len[k] = (size_t)(end - from) < NAME_BYTES ? (size_t)(end - from)
								   : NAME_BYTES;
		}
		end = from > c->path ? from - 1 : from;
	}
	if (!keep[0])
		return;
	snprintf(name, sizeof(name), "%.*s", (int)len[0], keep[0]);
	c->step = step_of(name);
	snprintf(name, sizeof(name), "%.*s%s%.*s", (int)len[1], keep[1] ? keep[1] : "",
		 keep[1] ? "/" : "", (int)len[0], keep[0]);
	text_clean(c->name, sizeof(c->name), name, strlen(name));
}

static int cut_part(struct checkpoint *c, char *word, struct err *e)
{
	char *mark = strrchr(word, '?');

	if (!mark || there(word, ""))
		return 0;
	if (!text_starts(mark, "?part="))
		return err_set(e, EINVAL, "%s: '?part=NAME' is all that may follow a checkpoint",
			       word);
	text_clean(c->part, sizeof(c->part), mark + 6, strlen(mark + 6));
	*mark = '\0';
	return 0;
}

int cp_locate(struct checkpoint *c, const char *word, struct err *e)
{
	char *plain = xstrdup(word), *found = NULL;
	int rc = cut_part(c, plain, e);

	if (!rc)
		found = find_dup(plain, e);
	if (found) {
		c->path = realpath(found, NULL);
		if (!c->path)
			rc = err_set(e, errno, "%s: %s", found, strerror(errno));
	} else if (!rc) {
		rc = -e->code;
	}
	if (!rc) {
		c->form = (enum checkpoint_form)cp_form(c->path);
		name_it(c, plain);
	}
	free(found);
	free(plain);
	return rc;
}
