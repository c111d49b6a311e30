/* SPDX-License-Identifier: Apache-2.0 */
#include "model/behaviour.h"

#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include <cjson/cJSON.h>

#include "base/mem.h"
#include "base/text.h"

enum { BINS_MAX = 1 << 16 };

/* NaN has no word in JSON: unknown is null. */
static cJSON *number(double v)
{
	return isfinite(v) ? cJSON_CreateNumber(v) : cJSON_CreateNull();
}

static double get_number(const cJSON *o, const char *key)
{
	const cJSON *v = cJSON_GetObjectItemCaseSensitive(o, key);

	return cJSON_IsNumber(v) ? v->valuedouble : NAN;
}

static cJSON *numbers(const double *v, size_t n)
{
	cJSON *a = cJSON_CreateArray();

	for (size_t i = 0; i < n; i++)
		cJSON_AddItemToArray(a, number(v[i]));
	return a;
}

/* An array of exactly n numbers or nulls; NULL when it is anything else. */
static double *get_numbers_dup(const cJSON *o, const char *key, size_t n)
{
	const cJSON *a = cJSON_GetObjectItemCaseSensitive(o, key), *v;
	double *out;
	size_t i = 0;

	if (!cJSON_IsArray(a) || (size_t)cJSON_GetArraySize(a) != n)
		return NULL;
	out = xcalloc(n + 1, sizeof(*out));
	cJSON_ArrayForEach(v, a) out[i++] = cJSON_IsNumber(v) ? v->valuedouble : NAN;
	return out;
}

static size_t array_size(const cJSON *o, const char *key)
{
	const cJSON *a = cJSON_GetObjectItemCaseSensitive(o, key);

	return cJSON_IsArray(a) ? (size_t)cJSON_GetArraySize(a) : 0;
}

static void get_text(char *dst, size_t size, const cJSON *o, const char *key)
{
	const cJSON *v = cJSON_GetObjectItemCaseSensitive(o, key);

	if (cJSON_IsString(v))
		text_clean(dst, size, v->valuestring, strlen(v->valuestring));
}

static cJSON *gripper_to_json(const struct gripper_habit *g)
{
	cJSON *o = cJSON_CreateObject();

	cJSON_AddStringToObject(o, "joint", g->joint);
	cJSON_AddItemToObject(o, "closed", number(g->closed));
	cJSON_AddItemToObject(o, "open", number(g->open));
	cJSON_AddItemToObject(o, "split", number(g->split));
	cJSON_AddBoolToObject(o, "closed_low", g->closed_low);
	cJSON_AddStringToObject(o, "why", g->why);
	cJSON_AddItemToObject(o, "closes_min", number(g->closes_min));
	cJSON_AddItemToObject(o, "closes_mean", number(g->closes_mean));
	cJSON_AddItemToObject(o, "closes_max", number(g->closes_max));
	cJSON_AddItemToObject(o, "first_close_min_s", number(g->first_close_min_s));
	cJSON_AddItemToObject(o, "first_close_max_s", number(g->first_close_max_s));
	cJSON_AddItemToObject(o, "first_change_max_s", number(g->first_change_max_s));
	cJSON_AddItemToObject(o, "closed_min_s", numbers(g->closed_min_s, g->bins));
	cJSON_AddItemToObject(o, "closed_mean_s", numbers(g->closed_mean_s, g->bins));
	cJSON_AddItemToObject(o, "closed_max_s", numbers(g->closed_max_s, g->bins));
	if (g->highest_least)
		cJSON_AddItemToObject(o, "highest_least", numbers(g->highest_least, g->bins));
	return o;
}

static bool gripper_from_json(struct gripper_habit *g, const cJSON *o)
{
	get_text(g->joint, sizeof(g->joint), o, "joint");
	get_text(g->why, sizeof(g->why), o, "why");
	g->closed = get_number(o, "closed");
	g->open = get_number(o, "open");
	g->split = get_number(o, "split");
	g->closed_low = cJSON_IsTrue(cJSON_GetObjectItemCaseSensitive(o, "closed_low"));
	g->closes_min = get_number(o, "closes_min");
	g->closes_mean = get_number(o, "closes_mean");
	g->closes_max = get_number(o, "closes_max");
	g->first_close_min_s = get_number(o, "first_close_min_s");
	g->first_close_max_s = get_number(o, "first_close_max_s");
	g->first_change_max_s = get_number(o, "first_change_max_s");
	g->bins = array_size(o, "closed_min_s");
	if (g->bins > BINS_MAX || !g->joint[0])
		return false;
	g->closed_min_s = get_numbers_dup(o, "closed_min_s", g->bins);
	g->closed_mean_s = get_numbers_dup(o, "closed_mean_s", g->bins);
	g->closed_max_s = get_numbers_dup(o, "closed_max_s", g->bins);
	g->highest_least = get_numbers_dup(o, "highest_least", g->bins);
	return g->closed_min_s && g->closed_mean_s && g->closed_max_s;
}

static void add_range(cJSON *to, const char *key, const struct range_habit *r)
{
	cJSON *o = cJSON_AddObjectToObject(to, key);

	cJSON_AddItemToObject(o, "q01", number(r->q01));
	cJSON_AddItemToObject(o, "q50", number(r->q50));
	cJSON_AddItemToObject(o, "q99", number(r->q99));
	cJSON_AddItemToObject(o, "max", number(r->max));
}

static struct range_habit get_range(const cJSON *from, const char *key)
{
	const cJSON *o = cJSON_GetObjectItemCaseSensitive(from, key);

	return (struct range_habit){.q01 = get_number(o, "q01"),
				    .q50 = get_number(o, "q50"),
				    .q99 = get_number(o, "q99"),
				    .max = get_number(o, "max")};
}

struct cJSON *behaviour_to_json(const struct behaviour *b)
{
	cJSON *o = cJSON_CreateObject(), *grippers = cJSON_AddArrayToObject(o, "grippers");

	for (size_t i = 0; i < b->ngrippers; i++)
		cJSON_AddItemToArray(grippers, gripper_to_json(&b->gripper[i]));
	cJSON_AddItemToObject(o, "rough_max", numbers(b->rough_max, b->joints));
	cJSON_AddItemToObject(o, "tracking_max", numbers(b->tracking_max, b->joints));
	add_range(o, "path", &b->path);
	add_range(o, "net", &b->net);
	add_range(o, "ratio", &b->ratio);
	return o;
}

int behaviour_from_json(struct behaviour *b, const struct cJSON *object, struct err *e)
{
	const cJSON *g;

	if (!cJSON_IsObject(object) || array_size(object, "grippers") > GRIPPERS_MAX)
		return err_set(e, EBADMSG, "behaviour: no object with at most %d grippers",
			       GRIPPERS_MAX);
	cJSON_ArrayForEach(g, cJSON_GetObjectItemCaseSensitive(object, "grippers"))
	{
		if (!gripper_from_json(&b->gripper[b->ngrippers++], g))
			goto wrong;
	}
	b->joints = array_size(object, "rough_max");
	if (b->joints > MAX_JOINTS)
		goto wrong;
	b->rough_max = get_numbers_dup(object, "rough_max", b->joints);
	b->tracking_max = get_numbers_dup(object, "tracking_max", b->joints);
	if (!b->rough_max || !b->tracking_max)
		goto wrong;
	b->path = get_range(object, "path");
	b->net = get_range(object, "net");
	b->ratio = get_range(object, "ratio");
	return 0;
wrong:
	behaviour_fini(b);
	return err_set(e, EBADMSG, "behaviour: an entry has the wrong shape; learn the set again");
}
