/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Every file of the small sets, cut short and with bytes changed at many places: learning ends in
 * a profile or in an error that says something, never in a crash.
 */
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/path.h"
#include "tests/tap.h"
#include "training/compare.h"
#include "training/dataset.h"

enum { PLACES = 100, FILE_MAX_BYTES = 1 << 16 };

static const char *const v21[] = {"meta/info.json",
				  "meta/tasks.jsonl",
				  "meta/episodes.jsonl",
				  "meta/episodes_stats.jsonl",
				  "data/chunk-000/episode_000000.parquet",
				  "data/chunk-000/episode_000001.parquet",
				  "data/chunk-000/episode_000002.parquet",
				  NULL};
static const char *const v30[] = {"meta/info.json",
				  "meta/stats.json",
				  "meta/tasks.parquet",
				  "meta/episodes/chunk-000/file-000.parquet",
				  "data/chunk-000/file-000.parquet",
				  NULL};

static size_t slurp(const char *dir, const char *name, char *text)
{
	char *path = path_join_dup(dir, name);
	FILE *f = fopen(path, "rb");
	size_t n = f ? fread(text, 1, FILE_MAX_BYTES, f) : 0;

	if (f)
		fclose(f);
	free(path);
	return n;
}

static void spill(const char *dir, const char *name, const char *text, size_t n)
{
	char *path = path_join_dup(dir, name);
	struct err e;
	FILE *f;

	path_make_parents(path, &e);
	f = fopen(path, "wb");
	if (f) {
		fwrite(text, 1, n, f);
		fclose(f);
	}
	free(path);
}

/* 1: learned, 0: refused with a reason, -1: refused without one. */
static int learn(const char *dir)
{
	struct dataset *d = NULL;
	struct episodes e = {0};
	struct err err = {0};
	int rc = dataset_open(&d, dir, &err);

	if (!rc)
		rc = dataset_load(d, &e, &err);
	if (!rc) {
		struct set_stats *s = set_stats_read(d, &e, &err);

		if (s) {
			struct profile *p = profile_build(&e, NULL);

			set_stats_cameras(s, p->cameras, p->ncameras);
			set_stats_compare(s, p, p);
			free(profile_to_json_dup(p));
			profile_free(p);
			set_stats_free(s);
		} else {
			rc = -err.code;
		}
		episodes_fini(&e);
	}
	dataset_close(d);
	return rc == 0 ? 1 : err.msg[0] && err.code ? 0 : -1;
}

static void damage(struct tap *t, const char *dir, const char *name)
{
	char *was = malloc(FILE_MAX_BYTES), *now = malloc(FILE_MAX_BYTES);
	size_t n = slurp(dir, name, was), counts[3] = {0};
	size_t stride = n / PLACES + 1;

	for (size_t at = 0; at < n; at += stride) {
		spill(dir, name, was, at);
		counts[learn(dir) + 1]++;
		memcpy(now, was, n);
		now[at] = (char)(now[at] ^ 0xff);
		spill(dir, name, now, n);
		counts[learn(dir) + 1]++;
		now[at] = (char)(was[at] ^ (1 << (at % 8)));
		spill(dir, name, now, n);
		counts[learn(dir) + 1]++;
	}
	spill(dir, name, was, n);
	ok(t, n && !counts[0] && counts[1], "%s: %zu refused, %zu learned, %zu without a word",
	   name, counts[1], counts[2], counts[0]);
	free(was);
	free(now);
}

static void test_set(struct tap *t, const char *from, const char *work, const char *const *files)
{
	char *text = malloc(FILE_MAX_BYTES);

	for (size_t i = 0; files[i]; i++)
		spill(work, files[i], text, slurp(from, files[i], text));
	free(text);
	ok(t, learn(work) == 1, "%s as it is", from);
	for (size_t i = 0; files[i]; i++)
		damage(t, work, files[i]);
	for (size_t i = 0; files[i]; i++) {
		char *path = path_join_dup(work, files[i]);

		unlink(path);
		free(path);
	}
}

static void remove_folders(const char *work)
{
	static const char *const folders[] = {"data/chunk-000", "data", "meta/episodes/chunk-000",
					      "meta/episodes",	"meta", "."};

	for (size_t i = 0; i < sizeof(folders) / sizeof(folders[0]); i++) {
		char *path = path_join_dup(work, folders[i]);

		rmdir(path);
		free(path);
	}
	rmdir(work);
}

int main(void)
{
	const char *top = getenv("TOP_SRCDIR");
	char work[] = "/tmp/policytop-damaged-XXXXXX";
	struct tap t = {0};
	struct buf from = {0};

	if (!mkdtemp(work))
		return 1;
	buf_printf(&from, "%s/tests/training/sets/v21", top ? top : ".");
	test_set(&t, buf_text(&from), work, v21);
	buf_clear(&from);
	buf_printf(&from, "%s/tests/training/sets/v30", top ? top : ".");
	test_set(&t, buf_text(&from), work, v30);
	buf_fini(&from);
	remove_folders(work);
	return tap_done(&t);
}
