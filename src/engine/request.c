/* SPDX-License-Identifier: Apache-2.0 */
#include "engine/request.h"

#include <errno.h>
#include <math.h>
#include <string.h>

#include <cjson/cJSON.h>

#include "base/text.h"
#include "view/client.h"
#include "view/message.h"

static const char *const words[] = {
	[REQUEST_HELLO] = "hello",
	[REQUEST_HISTORY] = "history",
	[REQUEST_THUMB] = "thumb",
	[REQUEST_REFERENCE] = "reference",
	[REQUEST_EPISODE_END] = "episode-end",
	[REQUEST_EPISODE_START] = "episode-start",
	[REQUEST_MARK] = "mark",
	[REQUEST_STOP] = "stop",
};

/* A number within min..max, else fallback. */
static double number(const cJSON *o, const char *key, double min, double max, double fallback)
{
	const cJSON *n = cJSON_GetObjectItemCaseSensitive(o, key);

	return cJSON_IsNumber(n) && n->valuedouble >= min && n->valuedouble <= max ? n->valuedouble
										   : fallback;
}

static const char *text_of(const cJSON *o, const char *key)
{
	const char *s = cJSON_GetStringValue(cJSON_GetObjectItemCaseSensitive(o, key));

	return s ? s : "";
}

static int find_kind(struct request *r, const char *word, struct err *e)
{
	for (unsigned k = 0; k < sizeof(words) / sizeof(words[0]); k++) {
		if (strcmp(words[k], word) == 0) {
			r->kind = (enum request_kind)k;
			return 0;
		}
	}
	return err_set(e, EINVAL, "no such request: '%.40s'", word);
}

static int fill(struct request *r, const cJSON *o, struct err *e)
{
	const char *note = text_of(o, "note"), *name = text_of(o, "name");
	double episode = number(o, "episode", 0, UINT32_MAX, -1);
	int rc;

	if (number(o, "v", 0, 1e9, -1) != MESSAGE_VERSION)
		return err_set(e, EPROTO,
			       "policytop " PACKAGE_VERSION
			       " runs here (protocol %d), the viewer is of version '%.31s' "
			       "(protocol %g): use the same one",
			       MESSAGE_VERSION, text_of(o, "version"), number(o, "v", 0, 1e9, NAN));
	rc = find_kind(r, text_of(o, "request"), e);
	if (rc)
		return rc;
	r->hz = number(o, "hz", 0.1, CLIENT_HZ_MAX, number(o, "hz", 0, 0, CLIENT_HZ));
	r->joint = (unsigned)number(o, "joint", 0, MAX_JOINTS - 1, MAX_JOINTS);
	r->columns = (unsigned)number(o, "columns", 1, HISTORY_COLUMNS, HISTORY_COLUMNS);
	r->span_s = number(o, "span_s", 0.01, MESSAGE_SPAN_MAX_S, MESSAGE_SPAN_MAX_S);
	r->camera = (unsigned)number(o, "camera", 0, VIEW_CAMERAS - 1, 0);
	r->outcome = outcome_from_word(text_of(o, "outcome"));
	text_clean(r->note, sizeof(r->note), note, strlen(note));
	text_clean(r->name, sizeof(r->name), name, strlen(name));
	if (episode >= 0)
		r->episode = (uint32_t)episode;
	else if (r->kind == REQUEST_EPISODE_END || r->kind == REQUEST_EPISODE_START ||
		 r->kind == REQUEST_MARK)
		return err_set(e, EINVAL, "'%s' must name the episode it means", words[r->kind]);
	return 0;
}

int request_parse(struct request *r, const char *text, size_t len, struct err *e)
{
	cJSON *o = len <= REQUEST_BYTES_MAX ? cJSON_ParseWithLength(text, len) : NULL;
	int rc;

	memset(r, 0, sizeof(*r));
	if (cJSON_IsObject(o))
		rc = fill(r, o, e);
	else
		rc = err_set(e, EINVAL, "a request is one JSON object of at most %d bytes",
			     REQUEST_BYTES_MAX);
	cJSON_Delete(o);
	return rc;
}
