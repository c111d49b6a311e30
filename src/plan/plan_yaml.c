/* SPDX-License-Identifier: Apache-2.0 */
/*
 * YAML, in which LeRobot's configuration files may be written, too, as the objects that JSON gives.
 * Anchors are followed nowhere: a text of a kilobyte can stand for a gigabyte with them.
 */
#include <string.h>

#include <cjson/cJSON.h>
#include <yaml.h>

#include "base/text.h"
#include "plan/plan_impl.h"

enum { DEPTH_MAX = 16, NODES_MAX = 20000 };

struct reading {
	yaml_parser_t parser;
	unsigned nodes;
	bool failed;
};

static cJSON *take_node(struct reading *r, const yaml_event_t *ev, int depth);

/* The next event; its caller deletes it. False: there is none any more. */
static bool next(struct reading *r, yaml_event_t *ev)
{
	if (r->failed || ++r->nodes > NODES_MAX || !yaml_parser_parse(&r->parser, ev)) {
		r->failed = true;
		return false;
	}
	return true;
}

/* What a plain word means in YAML 1.1 as Python reads it; quoted it is text. */
static cJSON *take_scalar(const yaml_event_t *ev)
{
	const char *s = (const char *)ev->data.scalar.value;
	double v;

	if (ev->data.scalar.style != YAML_PLAIN_SCALAR_STYLE)
		return cJSON_CreateString(s);
	if (!s[0] || strcmp(s, "~") == 0 || strcasecmp(s, "null") == 0)
		return cJSON_CreateNull();
	if (strcasecmp(s, "true") == 0 || strcasecmp(s, "yes") == 0 || strcasecmp(s, "on") == 0)
		return cJSON_CreateTrue();
	if (strcasecmp(s, "false") == 0 || strcasecmp(s, "no") == 0 || strcasecmp(s, "off") == 0)
		return cJSON_CreateFalse();
	return text_to_double(s, &v) ? cJSON_CreateNumber(v) : cJSON_CreateString(s);
}

static cJSON *take_list(struct reading *r, int depth)
{
	cJSON *list = cJSON_CreateArray();
	yaml_event_t ev;

	while (next(r, &ev)) {
		bool end = ev.type == YAML_SEQUENCE_END_EVENT;

		if (!end)
			cJSON_AddItemToArray(list, take_node(r, &ev, depth));
		yaml_event_delete(&ev);
		if (end)
			break;
	}
	return list;
}

static cJSON *take_map(struct reading *r, int depth)
{
	cJSON *map = cJSON_CreateObject();
	yaml_event_t key, ev;

	while (next(r, &key)) {
		bool end = key.type == YAML_MAPPING_END_EVENT, word = key.type == YAML_SCALAR_EVENT;
		cJSON *skipped = end || word ? NULL : take_node(r, &key, depth);

		cJSON_Delete(skipped); /* a key that is no word */
		if (!end && next(r, &ev)) {
			cJSON *value = take_node(r, &ev, depth);

			if (word)
				cJSON_AddItemToObject(map, (const char *)key.data.scalar.value,
						      value);
			else
				cJSON_Delete(value);
			yaml_event_delete(&ev);
		}
		yaml_event_delete(&key);
		if (end)
			break;
	}
	return map;
}

static cJSON *take_node(struct reading *r, const yaml_event_t *ev, int depth)
{
	if (depth == DEPTH_MAX)
		r->failed = true;
	if (r->failed)
		return cJSON_CreateNull();
	if (ev->type == YAML_SCALAR_EVENT)
		return take_scalar(ev);
	if (ev->type == YAML_MAPPING_START_EVENT)
		return take_map(r, depth + 1);
	if (ev->type == YAML_SEQUENCE_START_EVENT)
		return take_list(r, depth + 1);
	return cJSON_CreateNull();
}

cJSON *plan_yaml(const char *text, size_t len)
{
	struct reading r = {.failed = false};
	cJSON *found = NULL;
	yaml_event_t ev;

	if (!yaml_parser_initialize(&r.parser))
		return NULL;
	yaml_parser_set_input_string(&r.parser, (const unsigned char *)text, len);
	while (!found && next(&r, &ev)) {
		bool over = ev.type == YAML_STREAM_END_EVENT;

		if (ev.type != YAML_STREAM_START_EVENT && ev.type != YAML_DOCUMENT_START_EVENT &&
		    !over)
			found = take_node(&r, &ev, 0);
		yaml_event_delete(&ev);
		if (over)
			break;
	}
	yaml_parser_delete(&r.parser);
	if (r.failed) {
		cJSON_Delete(found);
		found = NULL;
	}
	return found;
}
