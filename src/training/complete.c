/* SPDX-License-Identifier: Apache-2.0 */
#include "training/complete.h"

#include <stdlib.h>
#include <unistd.h>

#include "base/path.h"

/* Of which versions a file is one: from major.minor on, until major.minor. */
static const struct {
	const char *path;
	unsigned from, until;
} needed[] = {
	{"meta/tasks.jsonl", 200, 299},		 {"meta/tasks.parquet", 300, 399},
	{"meta/episodes.jsonl", 200, 299},	 {"meta/episodes", 300, 399},
	{"meta/stats.json", 200, 200},		 {"meta/stats.json", 300, 399},
	{"meta/episodes_stats.jsonl", 201, 299},
};

unsigned dataset_missing(const struct dataset *d, const char *missing[MISSING_MAX])
{
	const struct dataset_meta *m = dataset_meta(d);
	unsigned version = m->major * 100 + m->minor, n = 0;

	for (size_t i = 0; i < sizeof(needed) / sizeof(needed[0]) && n < MISSING_MAX; i++) {
		char *path;

		if (version < needed[i].from || version > needed[i].until)
			continue;
		path = path_join_dup(dataset_root(d), needed[i].path);
		if (access(path, R_OK) != 0)
			missing[n++] = needed[i].path;
		free(path);
	}
	return n;
}
