/* SPDX-License-Identifier: Apache-2.0 */
#include "cmd/result.h"

#include <string.h>

#include <cjson/cJSON.h>

static double number(const cJSON *o, const char *key)
{
	const cJSON *n = cJSON_GetObjectItemCaseSensitive(o, key);

	return cJSON_IsNumber(n) ? n->valuedouble : 0;
}

void result_line(struct buf *b, const struct cJSON *o)
{
	const cJSON *v = cJSON_GetObjectItemCaseSensitive(o, "verdicts");

	buf_printf(b,
		   "run %.0f: %.0f steps in %.0f episode%s, %.0f dropped; %.0f fail, %.0f warn, "
		   "%.0f note",
		   number(o, "run"), number(o, "steps"), number(o, "episodes"),
		   number(o, "episodes") == 1 ? "" : "s", number(o, "dropped"), number(v, "fail"),
		   number(v, "warn"), number(v, "note"));
}

struct cJSON *result_find(const char *text)
{
	cJSON *found = NULL;

	while (text && *text) {
		size_t n = strcspn(text, "\n");
		cJSON *o = cJSON_ParseWithLength(text, n);

		if (cJSON_HasObjectItem(o, "run") && cJSON_HasObjectItem(o, "steps")) {
			cJSON_Delete(found);
			found = o;
		} else {
			cJSON_Delete(o);
		}
		text += n + (text[n] == '\n');
	}
	return found;
}
