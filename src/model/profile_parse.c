/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A profile from its JSON text: from the database, or from a file that somebody was sent. Counts
 * are bounded and checked against each other, so that whoever reads the profile need not.
 */
#include <cJSON.h>
#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/text.h"
#include "model/event.h"
#include "model/profile.h"
#include "model/reference_json.h"

enum { EPISODES_MAX = 10000000, TASKS_MAX = 100000, CAMERAS_MAX = 256, SENTENCES_MAX = 100000 };

static const cJSON *get(const cJSON *o, const char *key)
{
	return cJSON_GetObjectItemCaseSensitive(o, key);
}

static double number(const cJSON *o, const char *key)
{
	const cJSON *item = get(o, key);

	return cJSON_IsNumber(item) ? item->valuedouble : (double)NAN;
}

/* A count up to max, or -1. */
static int64_t count(const cJSON *o, const char *key, double max)
{
	double v = number(o, key);

	return v >= 0 && v <= max && v <= floor(v) ? (int64_t)v : -1;
}

static void text(char *dst, size_t size, const cJSON *o, const char *key)
{
	const char *s = cJSON_GetStringValue(get(o, key));

	text_clean(dst, size, s ? s : "", s ? strlen(s) : 0);
}

/* Number of elements of an array, all objects; -1: it is no such array, or longer than max. */
static int objects(const cJSON *array, int max)
{
	const cJSON *item;
	int n = 0;

	if (!cJSON_IsArray(array))
		return -1;
	cJSON_ArrayForEach(item, array)
	{
		if (!cJSON_IsObject(item) || n++ == max)
			return -1;
	}
	return n;
}

static int parse_maxima(struct joint_profile *j, const cJSON *array, unsigned episodes)
{
	const cJSON *item;
	unsigned n = 0;

	if (!array)
		return 0;
	j->episode_delta_max = xcalloc(episodes, sizeof(double));
	cJSON_ArrayForEach(item, array)
	{
		if (n == episodes)
			return -EBADMSG;
		j->episode_delta_max[n++] = cJSON_IsNumber(item) ? item->valuedouble : (double)NAN;
	}
	return n == episodes ? 0 : -EBADMSG;
}

static int parse_joint(struct joint_profile *j, const cJSON *o, unsigned episodes)
{
	const cJSON *delta = get(o, "delta"), *start = get(o, "start");

	text(j->joint.name, sizeof(j->joint.name), o, "name");
	j->joint.unit = unit_from_word(cJSON_GetStringValue(get(o, "unit")));
	j->value = (struct dist){
		.min = number(o, "min"),
		.max = number(o, "max"),
		.mean = number(o, "mean"),
		.std = number(o, "std"),
		.q01 = number(o, "q01"),
		.q10 = number(o, "q10"),
		.q50 = number(o, "q50"),
		.q90 = number(o, "q90"),
		.q99 = number(o, "q99"),
	};
	j->delta.q50 = number(delta, "q50");
	j->delta.q95 = number(delta, "q95");
	j->delta.q99 = number(delta, "q99");
	j->delta.q999 = number(delta, "q999");
	j->delta.max = number(delta, "max");
	j->episode_mean_sd = number(o, "episode_mean_sd");
	j->start.mean = number(start, "mean");
	j->start.std = number(start, "std");
	j->start.min = number(start, "min");
	j->start.max = number(start, "max");
	return parse_maxima(j, get(o, "episode_delta_max"), episodes);
}

static void parse_gap(struct gap_profile *g, const cJSON *o)
{
	g->known = cJSON_IsObject(o);
	g->q50 = number(o, "q50");
	g->q95 = number(o, "q95");
	g->q99 = number(o, "q99");
	g->max = number(o, "max");
	g->first_q50 = number(o, "first_q50");
	g->first_q95 = number(o, "first_q95");
	g->first_max = number(o, "first_max");
}

static int parse_feature(struct profile *p, struct feature_profile *f, const cJSON *o,
			 struct gap_profile **gap, struct err *e)
{
	const cJSON *joints = get(o, "joints"), *item;
	int n = o ? objects(joints, MAX_JOINTS) : 0;

	if (n < 0)
		return err_set(e, EBADMSG, "joints are no list of at most %d objects", MAX_JOINTS);
	f->joint = xcalloc((size_t)n, sizeof(*f->joint));
	if (gap)
		*gap = xcalloc((size_t)n, sizeof(**gap));
	cJSON_ArrayForEach(item, joints)
	{
		if (gap)
			parse_gap(&(*gap)[f->joints], get(item, "gap"));
		if (parse_joint(&f->joint[f->joints++], item, p->episodes))
			return err_set(e, EBADMSG,
				       "joint %s: episode_delta_max has not one number an episode",
				       f->joint[f->joints - 1].joint.name);
	}
	return 0;
}

static int parse_tasks(struct profile *p, const cJSON *array, struct err *e)
{
	int n = array ? objects(array, TASKS_MAX) : 0;
	const cJSON *item;

	if (n < 0)
		return err_set(e, EBADMSG, "tasks are no list of objects");
	p->tasks = xcalloc((size_t)n, sizeof(*p->tasks));
	cJSON_ArrayForEach(item, array)
	{
		int64_t episodes = count(item, "episodes", EPISODES_MAX);

		text(p->tasks[p->ntasks].task, TASK_BYTES, item, "task");
		p->tasks[p->ntasks++].episodes = episodes < 0 ? 0 : (unsigned)episodes;
	}
	return 0;
}

static bool parse_channels(double dst[4], const cJSON *array)
{
	const cJSON *item;
	unsigned n = 0;

	for (unsigned i = 0; i < 4; i++)
		dst[i] = NAN;
	cJSON_ArrayForEach(item, array)
	{
		if (n < 4 && cJSON_IsNumber(item))
			dst[n++] = item->valuedouble;
	}
	return n > 0;
}

static unsigned size(const cJSON *o, const char *key)
{
	int64_t n = count(o, key, 1e6);

	return n < 0 ? 0 : (unsigned)n;
}

/* One that was printed without its pictures is as if there were none. */
static int parse_reference(struct reference **r, const cJSON *o, struct err *e)
{
	if (!get(o, "rgb"))
		return 0;
	*r = reference_from_json(o, e);
	return *r ? 0 : -EBADMSG;
}

static int parse_motion(struct profile *p, const cJSON *o, struct err *e)
{
	p->motion = o ? motion_from_json(o, e) : NULL;
	return o && !p->motion ? -EBADMSG : 0;
}

static int parse_cameras(struct profile *p, const cJSON *array, struct err *e)
{
	int n = array ? objects(array, CAMERAS_MAX) : 0;
	const cJSON *item;

	if (n < 0)
		return err_set(e, EBADMSG, "cameras are no list of objects");
	p->cameras = xcalloc((size_t)n, sizeof(*p->cameras));
	p->reference = xcalloc((size_t)n, sizeof(struct reference *));
	cJSON_ArrayForEach(item, array)
	{
		struct profile_camera *c = &p->cameras[p->ncameras++];
		double fps = number(item, "fps");

		text(c->name, sizeof(c->name), item, "name");
		c->height = size(item, "height");
		c->width = size(item, "width");
		c->channels = size(item, "channels");
		c->fps = fps > 0 ? fps : 0;
		c->has_stats = parse_channels(c->mean, get(item, "mean"));
		c->has_stats = parse_channels(c->std, get(item, "std")) && c->has_stats;
		if (parse_reference(&p->reference[p->ncameras - 1], get(item, "reference"), e))
			return -EBADMSG;
	}
	return 0;
}

static int parse_sentences(struct profile *p, const cJSON *array)
{
	const cJSON *item;
	int n = cJSON_GetArraySize(array);

	p->disagreements = xcalloc((size_t)n, sizeof(char *));
	cJSON_ArrayForEach(item, array)
	{
		const char *s = cJSON_GetStringValue(item);
		char clean[512];

		if (!s || p->ndisagreements == SENTENCES_MAX)
			return -EBADMSG;
		text_clean(clean, sizeof(clean), s, strlen(s));
		p->disagreements[p->ndisagreements++] = xstrdup(clean);
	}
	return 0;
}

static int parse_frames(struct profile *p, const cJSON *array)
{
	const cJSON *item;
	unsigned n = 0;

	if (!array || !cJSON_GetArraySize(array))
		return 0;
	p->episode_frames = xcalloc(p->episodes, sizeof(*p->episode_frames));
	cJSON_ArrayForEach(item, array)
	{
		if (n == p->episodes || !cJSON_IsNumber(item) || !(item->valuedouble >= 0) ||
		    item->valuedouble > UINT32_MAX)
			return -EBADMSG;
		p->episode_frames[n++] = (uint32_t)item->valuedouble;
	}
	return n == p->episodes ? 0 : -EBADMSG;
}

static bool parse_ticks(int32_t *to, const cJSON *o, const char *key)
{
	double v = number(o, key);

	if (!(fabs(v) <= 1e9) || v < floor(v))
		return false;
	*to = (int32_t)v;
	return true;
}

static int parse_calibration(struct profile *p, const cJSON *array)
{
	int n = array ? objects(array, PROFILE_MOTORS_MAX) : 0;
	const cJSON *item;

	if (n <= 0)
		return n;
	p->motors = xcalloc((size_t)n, sizeof(*p->motors));
	cJSON_ArrayForEach(item, array)
	{
		struct profile_motor *m = &p->motors[p->nmotors++];

		text(m->joint, sizeof(m->joint), item, "joint");
		if (!m->joint[0] || !parse_ticks(&m->homing_offset, item, "homing_offset") ||
		    !parse_ticks(&m->range_min, item, "range_min") ||
		    !parse_ticks(&m->range_max, item, "range_max"))
			return -1;
	}
	return 0;
}

static int parse_head(struct profile *p, const cJSON *root, struct err *e)
{
	int64_t episodes = count(root, "episodes", EPISODES_MAX);
	int64_t frames = count(root, "frames", 1e15);

	if (count(root, "schema", 1) != 1)
		return err_set(e, EBADMSG, "schema is not 1: written by another version");
	text(p->name, sizeof(p->name), root, "profile");
	if (!p->name[0] || episodes < 0 || frames < 0)
		return err_set(e, EBADMSG, "profile, episodes or frames is missing");
	p->episodes = (unsigned)episodes;
	p->frames = (uint64_t)frames;
	p->fps = number(root, "fps");
	if (!fps_possible(p->fps))
		return err_set(e, EBADMSG, "fps is no number from 0.001 to 10000");
	text(p->robot, sizeof(p->robot), root, "robot");
	text(p->learned_utc, sizeof(p->learned_utc), root, "learned_utc");
	p->space = space_from_word(cJSON_GetStringValue(get(root, "action_space")));
	text(p->space_why, sizeof(p->space_why), root, "action_space_why");
	return 0;
}

static int parse_root(struct profile *p, const cJSON *root, struct err *e)
{
	const cJSON *features = get(root, "features"), *behaviour = get(root, "behaviour");

	if (parse_head(p, root, e) || parse_tasks(p, get(root, "tasks"), e) ||
	    parse_cameras(p, get(root, "cameras"), e) ||
	    parse_feature(p, &p->action, get(features, "action"), &p->gap, e) ||
	    parse_feature(p, &p->state, get(features, "observation.state"), NULL, e))
		return -EBADMSG;
	if (parse_sentences(p, get(root, "disagreements")))
		return err_set(e, EBADMSG, "disagreements are no list of sentences");
	if (parse_frames(p, get(root, "episode_frames")))
		return err_set(e, EBADMSG, "episode_frames has not one count an episode");
	if (parse_calibration(p, get(root, "calibration")))
		return err_set(e, EBADMSG, "calibration is no list of motors");
	if (parse_motion(p, get(root, "motion"), e))
		return -EBADMSG;
	return behaviour ? behaviour_from_json(&p->behaviour, behaviour, e) : 0;
}

/* 0 when nothing but white space is left of the text; else the line on which it is no JSON. */
static size_t broken_line(const char *json, size_t len, const char *stop)
{
	size_t line = 1;

	while (stop < json + len && strchr(" \t\r\n", *stop) && *stop)
		stop++;
	if (stop >= json + len)
		return 0;
	for (const char *s = json; s < stop; s++)
		line += *s == '\n';
	return line;
}

struct profile *profile_from_json(const char *json, size_t len, struct err *e)
{
	const char *stop = json;
	cJSON *root = cJSON_ParseWithLengthOpts(json, len, &stop, false);
	size_t broken = broken_line(json, len, stop);
	struct profile *p = profile_new();
	int rc;

	if (broken)
		rc = err_set(e, EBADMSG, "line %zu: broken JSON", broken);
	else if (!cJSON_IsObject(root))
		rc = err_set(e, EBADMSG, "no JSON object");
	else
		rc = parse_root(p, root, e);
	cJSON_Delete(root);
	if (rc) {
		err_prefix(e, "training profile");
		profile_free(p);
		p = NULL;
	}
	return p;
}
