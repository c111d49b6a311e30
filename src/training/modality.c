/* SPDX-License-Identifier: Apache-2.0 */
#include "training/modality.h"

#include <cJSON.h>
#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/path.h"
#include "base/text.h"
#include "training/files.h"

static double number_of(const cJSON *item, const char *key)
{
	const cJSON *n = cJSON_GetObjectItemCaseSensitive(item, key);

	return cJSON_IsNumber(n) ? n->valuedouble : (double)NAN;
}

static void read_parts(struct modality *m, const cJSON *parts, bool action)
{
	const char *usual = action ? "action" : "observation.state";
	const cJSON *item;

	cJSON_ArrayForEach(item, parts)
	{
		const char *from = cJSON_GetStringValue(
			cJSON_GetObjectItemCaseSensitive(item, "original_key"));
		struct modality_part *p = &m->part[m->parts];

		if (!cJSON_IsObject(item) || !item->string || m->parts == MODALITY_PARTS_MAX ||
		    (from && strcmp(from, usual) != 0))
			continue;
		m->parts++;
		p->action = action;
		text_clean(p->name, sizeof(p->name), item->string, strlen(item->string));
		p->start = number_of(item, "start");
		p->end = number_of(item, "end");
	}
}

int modality_read(struct modality *m, const struct dataset *d, struct err *e)
{
	char *path = path_join_dup(dataset_root(d), "meta/modality.json"), *text = NULL;
	cJSON *root = NULL;
	size_t len = 0;
	int rc = access(path, F_OK) ? 1 : 0;

	m->parts = 0;
	if (rc == 0) {
		text = file_text_dup(path, &len, e);
		root = text ? cJSON_ParseWithLength(text, len) : NULL;
		rc = !text ? -e->code : root ? 0 : err_set(e, EBADMSG, "%s: no JSON", path);
	}
	if (root) {
		read_parts(m, cJSON_GetObjectItemCaseSensitive(root, "state"), false);
		read_parts(m, cJSON_GetObjectItemCaseSensitive(root, "action"), true);
	}
	cJSON_Delete(root);
	free(text);
	free(path);
	return rc;
}
