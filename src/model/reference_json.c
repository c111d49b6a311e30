/* SPDX-License-Identifier: Apache-2.0 */
/* References and the motion table as JSON, and back. Whoever reads them need check nothing. */
#include <cJSON.h>
#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/base64.h"
#include "base/mem.h"
#include "base/text.h"
#include "model/reference_json.h"

/* The figures by name. */
static const struct {
	const char *key;
	size_t at;
} figures[] = {
#define F(name)                                                                                    \
	{                                                                                          \
#name, offsetof(struct reference_figures, name)                                    \
	}
	F(distance_mean), F(distance_std), F(distance_max), F(shift_max),     F(zoom_max),
	F(roll_max_deg),  F(alike_min),	   F(gain_min),	    F(gain_max),      F(red_max),
	F(blue_max),	  F(like_min),	   F(warm),	    F(light_min),     F(light_max),
	F(contrast_min),  F(dark_max),	   F(bright_max),   F(sharpness_min),
#undef F
};

void reference_add_json(struct buf *b, const struct reference *r, bool thumbnails)
{
	const char *base = (const char *)&r->figures;

	buf_printf(b, "{\"episodes\":%u,\"windows\":%u,\"figures\":{", r->episodes, r->windows);
	for (size_t i = 0; i < sizeof(figures) / sizeof(figures[0]); i++) {
		double v;

		memcpy(&v, base + figures[i].at, sizeof(v));
		buf_printf(b, "%s\"%s\":", i ? "," : "", figures[i].key);
		buf_json_num(b, v);
	}
	buf_str(b, "},\"moved_why\":");
	buf_json_str(b, r->moved_why);
	buf_str(b, ",\"views\":[");
	for (unsigned i = 0; i < r->views; i++)
		buf_printf(b, i ? ",%u" : "%u", (unsigned)r->episode[i]);
	buf_str(b, "]");
	if (thumbnails) {
		buf_str(b, ",\"rgb\":\"");
		base64_add(b, r->rgb[0], (size_t)r->views * REFERENCE_BYTES);
		buf_str(b, "\"");
	}
	buf_str(b, "}");
}

static double number(const cJSON *o, const char *key)
{
	const cJSON *item = cJSON_GetObjectItemCaseSensitive(o, key);

	return cJSON_IsNumber(item) ? item->valuedouble : (double)NAN;
}

static bool take_views(struct reference *r, const cJSON *o)
{
	const cJSON *list = cJSON_GetObjectItemCaseSensitive(o, "views"), *item;
	const char *text = cJSON_GetStringValue(cJSON_GetObjectItemCaseSensitive(o, "rgb"));
	size_t len = text ? strlen(text) : 0, bytes;

	cJSON_ArrayForEach(item, list)
	{
		if (r->views == REFERENCE_VIEWS || !cJSON_IsNumber(item) ||
		    !(item->valuedouble >= 0 && item->valuedouble < r->episodes))
			return false;
		r->episode[r->views++] = (uint32_t)item->valuedouble;
	}
	bytes = (size_t)r->views * REFERENCE_BYTES;
	if (!r->views || len != (bytes + 2) / 3 * 4)
		return false;
	r->rgb = xcalloc(bytes + 3, 1);
	return base64_bytes(r->rgb[0], text, len) == bytes;
}

struct reference *reference_from_json(const struct cJSON *o, struct err *e)
{
	const char *why = cJSON_GetStringValue(cJSON_GetObjectItemCaseSensitive(o, "moved_why"));
	const cJSON *all = cJSON_GetObjectItemCaseSensitive(o, "figures");
	double episodes = number(o, "episodes"), windows = number(o, "windows");
	struct reference *r = xcalloc(1, sizeof(*r));
	char *base = (char *)&r->figures;

	r->episodes = episodes >= 1 && episodes <= REFERENCE_EPISODES ? (unsigned)episodes : 0;
	r->windows = windows >= 1 && windows <= 1e6 ? (unsigned)windows : 0;
	for (size_t i = 0; i < sizeof(figures) / sizeof(figures[0]); i++) {
		double v = number(all, figures[i].key);

		memcpy(base + figures[i].at, &v, sizeof(v));
	}
	if (why)
		text_clean(r->moved_why, sizeof(r->moved_why), why, strlen(why));
	if (take_views(r, o))
		return r;
	err_set(e, EBADMSG, "a camera's reference is none: views and rgb do not fit");
	reference_free(r);
	return NULL;
}

void motion_add_json(struct buf *b, const struct motion_table *t)
{
	buf_str(b, "{\"arms\":[");
	for (unsigned i = 0; i < t->arms; i++) {
		buf_printf(b, "%s{\"joints\":", i ? "," : "");
		buf_json_str(b, t->prefix[i]);
		buf_str(b, ",\"camera\":");
		buf_json_str(b, t->camera[i]);
		buf_str(b, "}");
	}
	buf_str(b, "],\"log_p\":[");
	for (unsigned s = 0; s < MOTION_S; s++) {
		for (unsigned v = 0; v < MOTION_V; v++) {
			buf_str(b, s || v ? "," : "");
			buf_json_num(b, t->log_p[s][v]);
		}
	}
	buf_str(b, "]}");
}

static bool take_arm(struct motion_table *t, const cJSON *o)
{
	const char *joints = cJSON_GetStringValue(cJSON_GetObjectItemCaseSensitive(o, "joints"));
	const char *camera = cJSON_GetStringValue(cJSON_GetObjectItemCaseSensitive(o, "camera"));

	if (t->arms == MOTION_ARMS || !joints || !*joints || !camera || !*camera)
		return false;
	text_clean(t->prefix[t->arms], NAME_BYTES, joints, strlen(joints));
	text_clean(t->camera[t->arms++], NAME_BYTES, camera, strlen(camera));
	return true;
}

struct motion_table *motion_from_json(const struct cJSON *o, struct err *e)
{
	const cJSON *arms = cJSON_GetObjectItemCaseSensitive(o, "arms"), *item;
	struct motion_table *t = xcalloc(1, sizeof(*t));
	bool good = true;
	unsigned n = 0;

	cJSON_ArrayForEach(item, arms) good = good && take_arm(t, item);
	cJSON_ArrayForEach(item, cJSON_GetObjectItemCaseSensitive(o, "log_p"))
	{
		good = good && n < MOTION_S * MOTION_V && cJSON_IsNumber(item) &&
		       item->valuedouble <= 0 && item->valuedouble >= -100;
		if (!good)
			break;
		t->log_p[n / MOTION_V][n % MOTION_V] = item->valuedouble;
		n++;
	}
	if (good && t->arms >= 2 && n == MOTION_S * MOTION_V)
		return t;
	free(t);
	err_set(e, EBADMSG, "motion is no table of arms and log_p");
	return NULL;
}
