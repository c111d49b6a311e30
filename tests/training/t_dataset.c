/* SPDX-License-Identifier: Apache-2.0 */
/* Real datasets: counts, known values, profiles that survive their JSON. */
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/path.h"
#include "base/text.h"
#include "tests/tap.h"
#include "training/dataset.h"

static void test_set(struct tap *t, const char *data, const char *word, size_t count, size_t frames)
{
	char *path = path_join_dup(data, word);
	struct profile *p, *again;
	struct dataset *d = NULL;
	struct episodes e;
	struct err err = {0};
	char *json, *second;
	int rc = dataset_open(&d, path, &err);

	if (!rc)
		rc = dataset_load(d, &e, &err);
	if (!ok(t, rc == 0, "%s: %s", word, rc ? err.msg : "read")) {
		dataset_close(d);
		free(path);
		return;
	}
	ok(t, e.count == count && e.frames == frames, "%s: %zu episodes, %zu frames", word, e.count,
	   e.frames);
	p = profile_build(&e, NULL);
	text_copy(p->name, sizeof(p->name), "x");
	json = profile_to_json_dup(p);
	again = profile_from_json(json, strlen(json), &err);
	ok(t, again != NULL, "%s: its profile is read back: %s", word, err.msg);
	second = again ? profile_to_json_dup(again) : NULL;
	ok(t, second && strcmp(json, second) == 0, "%s: and is the same, %zu bytes", word,
	   strlen(json));
	profile_free(p);
	profile_free(again);
	free(json);
	free(second);
	episodes_fini(&e);
	dataset_close(d);
	free(path);
}

int main(void)
{
	const char *data = getenv("POLICYTOP_DATA");
	struct tap t = {0};

	if (!data) {
		tap_skip(&t, "real datasets", "POLICYTOP_DATA is not set");
		return tap_done(&t);
	}
	test_set(&t, data, "g1_v21", 100, 35965);
	test_set(&t, data, "g1_v21?episodes=0-2,5", 4, 1583);
	test_set(&t, data, "gr1_v20", 5, 2096);
	test_set(&t, data, "so101_sim_v30", 32, 8194);
	test_set(&t, data, "so101_sim_v30?episodes=3", 1, 258);
	test_set(&t, data, "so101_state_v30", 120, 31112);
	test_set(&t, data, "so101_bi_v30", 16, 3186);
	test_set(&t, data, "v30_slices/pusht_slice", 3, 420);
	test_set(&t, data, "v30_slices/pusht_image_slice", 3, 420);
	test_set(&t, data, "v30_slices/data_editing_slice", 2, 24);
	return tap_done(&t);
}
