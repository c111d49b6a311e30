/* SPDX-License-Identifier: Apache-2.0 */
/* DATASET EPISODES: of every frame the camera, episode, channels' means and deviations, as text. */
#include <stdio.h>

#include "training/footage.h"
#include "training/dataset.h"

static void print(const struct footage *f, long long episode)
{
	for (unsigned k = 0; k < f->cameras; k++) {
		for (size_t i = 0; i < f->camera[k].frames; i++) {
			const struct frame *p = &f->camera[k].frame[i].frame;

			printf("%s %lld %.9f %.9f %.9f %.9f %.9f %.9f\n", f->camera[k].name,
			       episode, p->mean[0], p->mean[1], p->mean[2], p->std[0], p->std[1],
			       p->std[2]);
		}
	}
}

int main(int argc, char **argv)
{
	struct episodes all = {0};
	struct footage_set videos;
	struct dataset *set = NULL;
	struct err e = {0};
	int rc = argc == 3 ? dataset_open_at(&set, argv[1], argv[2], &e) : -1;

	if (!rc)
		rc = dataset_load(set, &all, &e);
	if (!rc)
		rc = footage_open(&videos, set, all.cameras, all.ncameras, &e);
	for (size_t i = 0; i < all.count && !rc; i++) {
		struct footage f = {0};

		rc = footage_read(&f, &videos, all.span[i].index, &e);
		print(&f, (long long)all.span[i].index);
		footage_fini(&f);
	}
	if (rc)
		fprintf(stderr, "%s\n", e.msg);
	else
		footage_close(&videos);
	episodes_fini(&all);
	dataset_close(set);
	return rc ? 1 : 0;
}
