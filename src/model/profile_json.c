/* SPDX-License-Identifier: Apache-2.0 */
/* A profile as JSON text, schema 1. Unknown numbers are null, unknown units null. */
#include <cJSON.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "model/profile.h"
#include "model/reference_json.h"

static void key(struct buf *b, const char *name)
{
	if (b->len && b->p[b->len - 1] != '{')
		buf_add(b, ",", 1);
	buf_add(b, "\"", 1);
	buf_str(b, name);
	buf_add(b, "\":", 2);
}

static void number(struct buf *b, const char *name, double v)
{
	key(b, name);
	buf_json_num(b, v);
}

static void text(struct buf *b, const char *name, const char *s)
{
	key(b, name);
	if (s)
		buf_json_str(b, s);
	else
		buf_str(b, "null");
}

static void numbers(struct buf *b, const char *name, const double *v, size_t n)
{
	key(b, name);
	buf_add(b, "[", 1);
	for (size_t i = 0; i < n; i++) {
		if (i)
			buf_add(b, ",", 1);
		buf_json_num(b, v[i]);
	}
	buf_add(b, "]", 1);
}

/* Begins element i of an array of objects. */
static void element(struct buf *b, size_t i)
{
	buf_str(b, i ? ",{" : "{");
}

static void add_joint(struct buf *b, const struct joint_profile *j, unsigned episodes)
{
	text(b, "name", j->joint.name);
	text(b, "unit", unit_word(j->joint.unit));
	number(b, "min", j->value.min);
	number(b, "max", j->value.max);
	number(b, "mean", j->value.mean);
	number(b, "std", j->value.std);
	number(b, "q01", j->value.q01);
	number(b, "q10", j->value.q10);
	number(b, "q50", j->value.q50);
	number(b, "q90", j->value.q90);
	number(b, "q99", j->value.q99);
	key(b, "delta");
	buf_str(b, "{");
	number(b, "q50", j->delta.q50);
	number(b, "q95", j->delta.q95);
	number(b, "q99", j->delta.q99);
	number(b, "q999", j->delta.q999);
	number(b, "max", j->delta.max);
	buf_str(b, "}");
	key(b, "start");
	buf_str(b, "{");
	number(b, "mean", j->start.mean);
	number(b, "std", j->start.std);
	number(b, "min", j->start.min);
	number(b, "max", j->start.max);
	buf_str(b, "}");
	number(b, "episode_mean_sd", j->episode_mean_sd);
	if (j->episode_delta_max)
		numbers(b, "episode_delta_max", j->episode_delta_max, episodes);
}

static void add_gap(struct buf *b, const struct gap_profile *g)
{
	key(b, "gap");
	buf_str(b, "{");
	number(b, "q50", g->q50);
	number(b, "q95", g->q95);
	number(b, "q99", g->q99);
	number(b, "max", g->max);
	number(b, "first_q50", g->first_q50);
	number(b, "first_q95", g->first_q95);
	number(b, "first_max", g->first_max);
	buf_str(b, "}");
}

static void add_feature(struct buf *b, const char *name, const struct feature_profile *f,
			unsigned episodes, const struct gap_profile *gap)
{
	key(b, name);
	buf_str(b, "{\"joints\":[");
	for (unsigned i = 0; i < f->joints; i++) {
		element(b, i);
		add_joint(b, &f->joint[i], episodes);
		if (gap && gap[i].known)
			add_gap(b, &gap[i]);
		buf_str(b, "}");
	}
	buf_str(b, "]}");
}

static void add_tasks(struct buf *b, const struct profile *p)
{
	key(b, "tasks");
	buf_str(b, "[");
	for (size_t i = 0; i < p->ntasks; i++) {
		element(b, i);
		text(b, "task", p->tasks[i].task);
		number(b, "episodes", p->tasks[i].episodes);
		buf_str(b, "}");
	}
	buf_str(b, "]");
}

static void add_cameras(struct buf *b, const struct profile *p, bool thumbnails)
{
	key(b, "cameras");
	buf_str(b, "[");
	for (size_t i = 0; i < p->ncameras; i++) {
		const struct profile_camera *c = &p->cameras[i];

		element(b, i);
		text(b, "name", c->name);
		number(b, "height", c->height);
		number(b, "width", c->width);
		number(b, "channels", c->channels);
		key(b, "fps");
		if (c->fps > 0)
			buf_json_num(b, c->fps);
		else
			buf_str(b, "null");
		if (c->has_stats && c->channels) {
			numbers(b, "mean", c->mean, c->channels < 4 ? c->channels : 4);
			numbers(b, "std", c->std, c->channels < 4 ? c->channels : 4);
		}
		if (p->reference && p->reference[i]) {
			key(b, "reference");
			reference_add_json(b, p->reference[i], thumbnails);
		}
		buf_str(b, "}");
	}
	buf_str(b, "]");
}

static void add_behaviour(struct buf *b, const struct profile *p)
{
	cJSON *json = behaviour_to_json(&p->behaviour);
	char *printed = json ? cJSON_PrintUnformatted(json) : NULL;

	if (printed) {
		key(b, "behaviour");
		buf_str(b, printed);
	}
	cJSON_free(printed);
	cJSON_Delete(json);
}

static void add_calibration(struct buf *b, const struct profile *p)
{
	key(b, "calibration");
	buf_str(b, "[");
	for (size_t i = 0; i < p->nmotors; i++) {
		const struct profile_motor *m = &p->motors[i];

		buf_str(b, i ? ",{\"joint\":" : "{\"joint\":");
		buf_json_str(b, m->joint);
		buf_printf(b, ",\"homing_offset\":%ld,\"range_min\":%ld,\"range_max\":%ld}",
			   (long)m->homing_offset, (long)m->range_min, (long)m->range_max);
	}
	buf_str(b, "]");
}

static void add_rest(struct buf *b, const struct profile *p)
{
	key(b, "disagreements");
	buf_str(b, "[");
	for (size_t i = 0; i < p->ndisagreements; i++) {
		buf_str(b, i ? "," : "");
		buf_json_str(b, p->disagreements[i]);
	}
	buf_str(b, "]");
	text(b, "robot", p->robot[0] ? p->robot : NULL);
	text(b, "learned_utc", p->learned_utc);
	text(b, "action_space", space_word(p->space));
	text(b, "action_space_why", p->space_why);
	key(b, "episode_frames");
	buf_str(b, "[");
	for (unsigned i = 0; p->episode_frames && i < p->episodes; i++)
		buf_printf(b, i ? ",%u" : "%u", (unsigned)p->episode_frames[i]);
	buf_str(b, "]");
	add_behaviour(b, p);
	if (p->motion) {
		key(b, "motion");
		motion_add_json(b, p->motion);
	}
	if (p->nmotors)
		add_calibration(b, p);
}

static char *to_json_dup(const struct profile *p, bool thumbnails)
{
	struct buf b = {0};

	buf_str(&b, "{\"schema\":1");
	text(&b, "profile", p->name);
	number(&b, "episodes", p->episodes);
	number(&b, "frames", (double)p->frames);
	number(&b, "fps", p->fps);
	add_tasks(&b, p);
	add_cameras(&b, p, thumbnails);
	key(&b, "features");
	buf_str(&b, "{");
	add_feature(&b, "action", &p->action, p->episodes, p->gap);
	add_feature(&b, "observation.state", &p->state, p->episodes, NULL);
	buf_str(&b, "}");
	add_rest(&b, p);
	buf_str(&b, "}");
	return b.p;
}

char *profile_to_json_dup(const struct profile *p)
{
	return to_json_dup(p, true);
}

char *profile_to_brief_json_dup(const struct profile *p)
{
	return to_json_dup(p, false);
}
