/* SPDX-License-Identifier: Apache-2.0 */
#include "rig/rig.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/text.h"

#define OF(field) offsetof(struct rig, field), sizeof(((struct rig *)NULL)->field)
#define OF_CAMERA(field)                                                                           \
	offsetof(struct rig_camera, field), sizeof(((struct rig_camera *)NULL)->field)

/* In the order in which a rig is written and the manual tells it. */
const struct rig_option rig_options[] = {
	{"robot.type", RIG_TEXT, "", 0, 0, "", "what LeRobot calls it: so101_follower",
	 OF(robot_type)},
	{"robot.id", RIG_TEXT, "", 0, 0, "", "its name, as in its calibration file", OF(robot_id)},
	{"robot.port", RIG_TEXT, "", 0, 0, "", "its serial line or CAN bus", OF(robot_port)},
	{"robot.left_port", RIG_TEXT, "", 0, 0, "", "of the left arm of two", OF(robot_left_port)},
	{"robot.right_port", RIG_TEXT, "", 0, 0, "", "of the right arm of two",
	 OF(robot_right_port)},
	{"robot.calibration", RIG_TEXT, "", 0, 0, "", "its calibration file",
	 OF(robot_calibration)},
	{"sources", RIG_TEXTS, "", 0, 0, "", "what watch attaches to, in words of SOURCES",
	 OF(sources)},
	{"cameras.*.device", RIG_TEXT, "", 0, 0, "", "its path, best one of /dev/v4l/by-id",
	 OF_CAMERA(device)},
	{"cameras.*.serial", RIG_TEXT, "", 0, 0, "", "its serial number", OF_CAMERA(serial)},
	{"cameras.*.policy_key", RIG_TEXT, "", 0, 0, "",
	 "what the policy calls it, if not as the rig", OF_CAMERA(policy_key)},
	{"cameras.*.type", RIG_TEXT, "", 0, 0, "", "opencv, intelrealsense, zmq", OF_CAMERA(type)},
	{"cameras.*.width", RIG_COUNT, "pixels", 1, 100000, "", "of its pictures",
	 OF_CAMERA(width)},
	{"cameras.*.height", RIG_COUNT, "pixels", 1, 100000, "", "of its pictures",
	 OF_CAMERA(height)},
	{"cameras.*.fps", RIG_NUMBER, "Hz", 0.001, 10000, "", "pictures a second", OF_CAMERA(fps)},
	{"cameras.*.depth", RIG_BOOL, "", 0, 1, "false", "it gives distances, too",
	 OF_CAMERA(depth)},
	{"profile", RIG_TEXT, "", 0, 0, "", "training profile to judge by", OF(profile)},
	{"policy", RIG_TEXT, "", 0, 0, "", "the checkpoint: a folder or a repo id", OF(policy)},
	{"server", RIG_TEXT, "", 0, 0, "", "address of the policy server, if there is one",
	 OF(server)},
	{"task", RIG_TEXT, "", 0, 0, "", "the prompt, word for word as in training", OF(task)},
	{"n_action_steps", RIG_COUNT, "steps", 1, 1000000, "",
	 "executed of each plan, if not as the policy says", OF(n_action_steps)},
	{"fps", RIG_NUMBER, "Hz", 0.001, 10000, "", "rate of the control loop", OF(fps)},
	{"tolerances.pose_sigma", RIG_NUMBER, "x", 0.1, 100, "3",
	 "start pose from the training starts, in spreads", OF(tolerances.pose_sigma)},
	{"tolerances.latency_ms", RIG_NUMBER, "ms", 0.1, 1e6, "",
	 "an answer of the policy; else what a plan lasts", OF(tolerances.latency_ms)},
	{"tolerances.camera_fps_percent", RIG_NUMBER, "%", 0.1, 100, "5", "rate of a camera",
	 OF(tolerances.camera_fps_percent)},
	{"tolerances.camera_light_percent", RIG_NUMBER, "%", 0.1, 1000, "20",
	 "brightness of a camera's picture", OF(tolerances.camera_light_percent)},
	{"tolerances.temperature_degc", RIG_NUMBER, "degC", 20, 150, "65", "a motor",
	 OF(tolerances.temperature_degc)},
	{"tolerances.age_s", RIG_NUMBER, "s", 0.01, 60, "2", "a value that another program read",
	 OF(tolerances.age_s)},
	{"tolerances.disk_free_gb", RIG_NUMBER, "GB", 0, 1e6, "5",
	 "free on the disk that is written to", OF(tolerances.disk_free_gb)},
	{"tolerances.ram_free_gb", RIG_NUMBER, "GB", 0, 1e6, "1", "free memory",
	 OF(tolerances.ram_free_gb)},
	{"require", RIG_TEXTS, "", 0, 0, "", "codes that must be seen before GO", OF(require)},
	{0},
};

void rig_init(struct rig *r)
{
	*r = (struct rig){.cameras = 0};
	for (const struct rig_option *o = rig_options; o->key; o++) {
		double *number = (double *)(void *)((char *)r + o->offset);

		if (text_starts(o->key, "cameras.") ||
		    (o->type != RIG_NUMBER && o->type != RIG_COUNT))
			continue;
		*number = NAN;
		if (o->fallback[0])
			text_to_double(o->fallback, number);
	}
	rig_default_require(r);
}

void rig_default_require(struct rig *r)
{
	static const char *const codes[] = {"prompt", "inputs", "norm", "cameras", "pose", "disk"};

	r->require_said = false;
	r->require.n = 0;
	for (size_t i = 0; i < sizeof(codes) / sizeof(codes[0]); i++)
		rig_list_add(&r->require, codes[i]);
}

struct rig_camera *rig_camera_of(struct rig *r, const char *role)
{
	struct rig_camera *c;

	for (unsigned i = 0; i < r->cameras; i++) {
		if (strcmp(r->camera[i].role, role) == 0)
			return &r->camera[i];
	}
	if (r->cameras == RIG_CAMERAS_MAX || !role[0])
		return NULL;
	c = &r->camera[r->cameras++];
	*c = (struct rig_camera){.width = NAN, .height = NAN, .fps = NAN};
	text_copy(c->role, sizeof(c->role), role);
	return c;
}

bool rig_list_add(struct rig_list *l, const char *word)
{
	for (unsigned i = 0; i < l->n; i++) {
		if (strcmp(l->word[i], word) == 0)
			return true;
	}
	if (l->n == RIG_LIST_MAX)
		return false;
	text_copy(l->word[l->n++], RIG_WORD_BYTES, word);
	return true;
}

/* "cameras.front.fpss" is compared as "cameras.*.fpss". */
const char *rig_nearest_key(const char *key)
{
	const char *best = NULL, *dot = text_starts(key, "cameras.") ? strchr(key + 8, '.') : NULL;
	char plain[128];
	unsigned least = 4;

	text_copy(plain, sizeof(plain), dot ? "cameras.*" : key);
	if (dot)
		text_copy(plain + 9, sizeof(plain) - 9, dot);
	for (const struct rig_option *o = rig_options; o->key; o++) {
		unsigned d = text_distance(o->key, plain);
		const char *last = strrchr(o->key, '.');

		/* A key that is right and stands in the wrong group. */
		if (last && strcmp(last + 1, plain) == 0)
			d = 1;
		if (d < least) {
			least = d;
			best = o->key;
		}
	}
	return best;
}
