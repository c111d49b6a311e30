/* SPDX-License-Identifier: Apache-2.0 */
#include "cmd/rig_plan.h"

#include <ctype.h>
#include <dirent.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/mem.h"
#include "base/path.h"
#include "base/text.h"
#include "cmd/run.h"
#include "db/profiles.h"
#include "training/hub.h"
#include "wire/json.h"

char *rig_device_dup(const char *dev, const char *kind, const char *device)
{
	struct buf folder = {0};
	char *real = realpath(device, NULL), *found = NULL;
	struct dirent *entry;
	DIR *d;

	buf_printf(&folder, "%s/%s/by-id", dev, kind);
	d = real ? opendir(folder.p) : NULL;
	while (d && !found && (entry = readdir(d))) {
		char *link, *target;

		if (entry->d_name[0] == '.')
			continue;
		link = path_join_dup(folder.p, entry->d_name);
		target = realpath(link, NULL);
		if (target && strcmp(target, real) == 0)
			found = xstrdup(link);
		free(target);
		free(link);
	}
	if (d)
		closedir(d);
	free(real);
	buf_fini(&folder);
	return found ? found : xstrdup(device);
}

static void copy(char *dst, size_t size, const char *value)
{
	if (value[0])
		text_copy(dst, size, value);
}

/* A path as it is from here: of a chroot below its root; what may be a repo id stays as it is. */
static void copy_path(char *dst, size_t size, const struct plan *p, const char *value)
{
	struct buf b = {0};
	char *path;

	if (!value[0])
		return;
	buf_printf(&b, "%s%s", p->root && value[0] == '/' ? p->root : "", value);
	path = !p->root && (access(b.p, F_OK) == 0 || !hub_is_repo_id(b.p)) ? path_absolute_dup(b.p)
									    : xstrdup(b.p);
	text_copy(dst, size, path);
	free(path);
	buf_fini(&b);
}

static double number_of(const struct plan *p, const char *key, double otherwise)
{
	double v;

	return text_to_double(plan_value(p, key), &v) && v > 0 ? v : otherwise;
}

/* "0" is /dev/video0; a serial number is none of a path. */
static void take_camera(struct rig *r, const struct plan_camera *c, const char *dev)
{
	struct rig_camera *to = rig_camera_of(r, c->role);
	char device[RIG_WORD_BYTES];
	char *link;

	if (!to)
		return;
	copy(to->type, sizeof(to->type), c->type);
	to->depth = c->depth;
	to->width = c->width ? (double)c->width : to->width;
	to->height = c->height ? (double)c->height : to->height;
	to->fps = c->fps > 0 ? c->fps : to->fps;
	if (!c->path[0])
		return;
	if (c->path[0] == '/') {
		text_copy(device, sizeof(device), c->path);
	} else if (strcmp(c->type, "opencv") == 0 || !c->type[0]) {
		bool digits = c->path[strspn(c->path, "0123456789")] == '\0';

		snprintf(device, sizeof(device), "%s%s%s", digits ? dev : "",
			 digits ? "/video" : "", c->path);
	} else {
		copy(to->serial, sizeof(to->serial), c->path);
		return;
	}
	link = rig_device_dup(dev, "v4l", device);
	text_copy(to->device, sizeof(to->device), link);
	free(link);
}

/* {"observation.images.front": "observation.images.camera1"}: the policy's name of a camera. */
static void take_renames(struct rig *r, const char *text)
{
	static const char above[] = "observation.images.";
	char from[2 * NAME_BYTES], to[2 * NAME_BYTES], raw[2 * NAME_BYTES];
	struct json j;

	json_init(&j, text, strlen(text));
	if (json_next(&j) != JSON_OBJECT)
		return;
	while (json_next(&j) == JSON_KEY) {
		text_clean(from, sizeof(from), raw, json_text(&j, raw, sizeof(raw)));
		if (json_next(&j) != JSON_STRING) {
			json_skip(&j);
			continue;
		}
		text_clean(to, sizeof(to), raw, json_text(&j, raw, sizeof(raw)));
		for (unsigned i = 0; i < r->cameras && text_starts(from, above); i++) {
			if (strcmp(r->camera[i].role, from + sizeof(above) - 1) == 0)
				text_copy(r->camera[i].policy_key, sizeof(r->camera[i].policy_key),
					  text_starts(to, above) ? to + sizeof(above) - 1 : to);
		}
	}
}

/*
 * FOLDER/CLASS/ID.json: what LeRobot names the class is not what the command says ("so101_follower"
 * is "so_follower" today), so the folders are looked through; --robot.calibration_dir has no CLASS.
 */
static void take_calibration(struct rig *r, const struct plan *p)
{
	const char *folder = plan_value(p, "calibration"), *id = plan_value(p, "robot_id");
	struct buf path = {0};
	struct dirent *entry;
	DIR *d;

	if (!folder[0] || !id[0])
		return;
	buf_printf(&path, "%s%s", p->root && folder[0] == '/' ? p->root : "", folder);
	d = opendir(path.p);
	while (d && (entry = readdir(d))) {
		struct buf file = {0};

		buf_printf(&file, "%s/%s%s%s.json", path.p,
			   entry->d_name[0] == '.' ? "" : entry->d_name,
			   entry->d_name[0] == '.' ? "" : "/", id);
		/* Two classes with one id: the one that is like the type. */
		if (access(file.p, R_OK) == 0 &&
		    (!r->robot_calibration[0] || strcmp(entry->d_name, r->robot_type) == 0))
			text_copy(r->robot_calibration, sizeof(r->robot_calibration), file.p);
		buf_fini(&file);
	}
	if (d)
		closedir(d);
	buf_fini(&path);
}

static void take_profile(struct rig *r, const struct plan *p, const char *db)
{
	const char *name = plan_value(p, "training_dataset");
	struct profile *profile;
	struct err none = {0};

	name = strrchr(name, '/') ? strrchr(name, '/') + 1 : name;
	if (!name[0] || !db || access(db, R_OK))
		return;
	profile = profiles_load(db, name, &none);
	if (profile)
		text_copy(r->profile, sizeof(r->profile), name);
	profile_free(profile);
}

static void take_server(struct rig *r, const struct plan *p)
{
	const char *host = plan_value(p, "host"), *port = plan_value(p, "server_port");

	copy(r->server, sizeof(r->server), plan_value(p, "server"));
	if (host[0])
		snprintf(r->server, sizeof(r->server), "%s%s%s", host, port[0] ? ":" : "", port);
}

/* A command that names cameras has these and no others; what else is known of them stays. */
static void keep_cameras(struct rig *r, const struct plan *p)
{
	unsigned kept = 0;

	for (unsigned i = 0; p->cameras && i < r->cameras; i++) {
		bool named = false;

		for (unsigned k = 0; k < p->cameras; k++)
			named = named || strcmp(p->camera[k].role, r->camera[i].role) == 0;
		if (!named)
			continue;
		r->camera[kept] = r->camera[i];
		/* The command's own map, empty where there is none, is what will be applied. */
		r->camera[kept++].policy_key[0] = '\0';
	}
	if (p->cameras)
		r->cameras = kept;
}

void rig_from_plan(struct rig *r, const struct plan *p, const char *dev, const char *db)
{
	const struct plan_fact *fps = plan_get(p, "fps");

	copy(r->robot_type, sizeof(r->robot_type), plan_value(p, "robot"));
	copy(r->robot_id, sizeof(r->robot_id), plan_value(p, "robot_id"));
	copy(r->robot_port, sizeof(r->robot_port), plan_value(p, "port"));
	copy(r->robot_left_port, sizeof(r->robot_left_port), plan_value(p, "left_port"));
	copy(r->robot_right_port, sizeof(r->robot_right_port), plan_value(p, "right_port"));
	copy(r->task, sizeof(r->task), plan_value(p, "task"));
	copy_path(r->policy, sizeof(r->policy), p, plan_value(p, "checkpoint"));
	r->n_action_steps = number_of(p, "n_action_steps", r->n_action_steps);
	if (fps)
		r->fps = number_of(p, "fps", r->fps);
	keep_cameras(r, p);
	for (unsigned i = 0; i < p->cameras; i++)
		take_camera(r, &p->camera[i], dev);
	take_renames(r, plan_value(p, "rename_map"));
	take_server(r, p);
	take_calibration(r, p);
	take_profile(r, p, db);
	for (unsigned i = 0; i < p->sources; i++)
		rig_list_add(&r->sources, p->source[i].word);
}
