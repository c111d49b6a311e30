/* SPDX-License-Identifier: Apache-2.0 */
/* What the command line does not say itself: --config_path=FILE, and what the policy learned from. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cjson/cJSON.h>

#include "base/text.h"
#include "plan/plan_impl.h"

enum { PATH_BYTES = 256, DEPTH_MAX = 8 };

static void take_scalar(struct plan *p, const char *key, const cJSON *v, const char *from)
{
	char number[40];
	const char *text = cJSON_GetStringValue(v);

	if (cJSON_IsNumber(v)) {
		snprintf(number, sizeof(number), "%.15g", v->valuedouble);
		text = number;
	} else if (cJSON_IsBool(v)) {
		text = cJSON_IsTrue(v) ? "true" : "false";
	}
	if (!text)
		return;
	if (p->family->lerobot)
		plan_known(p, key);
	for (const struct plan_option *o = p->family->option; o->key; o++) {
		if (strcmp(o->option, key) == 0)
			plan_add(p, o->key, text, strlen(text), from);
	}
}

static void take_object(struct plan *p, const cJSON *o, const char *above, const char *from,
			int depth)
{
	const cJSON *v;

	if (depth > DEPTH_MAX)
		return;
	cJSON_ArrayForEach(v, o)
	{
		char key[PATH_BYTES];

		if (!v->string)
			continue;
		snprintf(key, sizeof(key), "%s%s%s", above, above[0] ? "." : "", v->string);
		if (strcmp(key, "robot.cameras") == 0) {
			char *text = p->cameras ? NULL : cJSON_PrintUnformatted(v);

			if (text)
				plan_cameras_text(p, text, from);
			free(text);
		} else if (cJSON_IsObject(v)) {
			take_object(p, v, key, from, depth + 1);
		} else {
			take_scalar(p, key, v, from);
		}
	}
}

void plan_config(struct plan *p, const struct plan_world *w)
{
	const struct plan_fact *f = plan_get(p, "config");
	char path[2 * PLAN_TEXT_BYTES], from[PLAN_FROM_BYTES];
	size_t len = 0;
	cJSON *o;
	char *text;

	if (!f)
		return;
	snprintf(path, sizeof(path), "%s%s", p->root && f->value[0] == '/' ? p->root : "",
		 f->value);
	text = w->read(w->host, path, &len);
	o = text ? cJSON_ParseWithLength(text, len) : NULL;
	if (text && !o)
		o = plan_yaml(text, len);
	snprintf(from, sizeof(from), "%.90s", f->value);
	if (cJSON_IsObject(o))
		take_object(p, o, "", from, 0);
	else
		plan_warn(p, "%s: %s", f->value,
			  text ? "is neither JSON nor YAML, and is not looked at"
			       : "cannot be read");
	cJSON_Delete(o);
	free(text);
}

/* A checkpoint says which data set it was trained with. */
void plan_training(struct plan *p, const struct plan_world *w)
{
	static const char file[] = "/train_config.json";
	const char *checkpoint = plan_value(p, "checkpoint"), *id;
	char path[2 * PLAN_TEXT_BYTES];
	size_t len = 0;
	cJSON *o;
	char *text;

	if (!checkpoint[0])
		return;
	snprintf(path, sizeof(path), "%s%s%s", p->root && checkpoint[0] == '/' ? p->root : "",
		 checkpoint, file);
	text = w->read(w->host, path, &len);
	o = text ? cJSON_ParseWithLength(text, len) : NULL;
	id = cJSON_GetStringValue(cJSON_GetObjectItemCaseSensitive(
		cJSON_GetObjectItemCaseSensitive(o, "dataset"), "repo_id"));
	if (id)
		plan_add(p, "training_dataset", id, strlen(id), file + 1);
	cJSON_Delete(o);
	free(text);
}
