/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Writing the members of json_snapshot(); shared by json.c, json_policy.c and json_health.c, nobody
 * else.
 */
#ifndef POLICYTOP_UI_JSON_IMPL_H
#define POLICYTOP_UI_JSON_IMPL_H

#include "ui/json.h"

/* A growing object or list: writes the commas. */
struct json {
	struct buf *b;
	bool more;
};

void json_put_key(struct json *j, const char *name);
void json_put_number(struct json *j, const char *name, double v); /* NaN: null */
void json_put_integer(struct json *j, const char *name, int64_t v);
void json_put_count(struct json *j, const char *name, int v); /* COUNT_UNKNOWN: null */
void json_put_boolean(struct json *j, const char *name, bool v);
void json_put_text(struct json *j, const char *name, const char *v); /* "" and NULL: null */

/* bracket is "{" or "["; its user closes it. */
struct json json_put_item(struct json *parent, const char *bracket);
struct json json_put_open(struct json *parent, const char *name, const char *bracket);

/* "chunk", "latency", "traffic", "cadence" and "cameras". */
void json_put_policy(struct json *o, const struct snapshot *s);

/* "motors", "buses" and "camera_states". */
void json_put_health(struct json *o, const struct snapshot *s);

#endif
