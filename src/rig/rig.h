/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A rig: one robot with its cameras, the policy it is to run, the task, and what preflight must see
 * before it says GO. A file rigs/NAME.json, written by `policytop rig`, edited by people.
 *
 * One table of options is behind the parser, the writer, `rig check` and policytop-rig(5). Pure:
 * text in, struct out. A rig's text is hostile: bounded, and cleaned. Plain data; one thread.
 */
#ifndef POLICYTOP_RIG_RIG_H
#define POLICYTOP_RIG_RIG_H

#include <stdbool.h>
#include <stddef.h>

#include "base/buf.h"
#include "base/err.h"
#include "model/joint.h"

enum {
	RIG_SCHEMA = 1,
	RIG_CAMERAS_MAX = 16,
	RIG_LIST_MAX = 16,    /* sources, codes */
	RIG_WORD_BYTES = 512, /* a path, a source */
	RIG_FILE_MAX = 1 << 18,
	RIG_ERRORS_MAX = 32,
};

struct rig_camera {
	char role[NAME_BYTES];
	char device[RIG_WORD_BYTES];	 /* /dev/v4l/by-id/…; "" unknown */
	char serial[NAME_BYTES];	 /* "" unknown */
	char policy_key[2 * NAME_BYTES]; /* the policy's name of it; "" the role */
	char type[NAME_BYTES];		 /* opencv, intelrealsense, … */
	double width, height, fps;	 /* NaN unknown */
	bool depth;
};

struct rig_list {
	unsigned n;
	char word[RIG_LIST_MAX][RIG_WORD_BYTES];
};

/* Limits of what may differ from training, and of what is left of the machine. */
struct rig_tolerances {
	double pose_sigma, latency_ms, camera_fps_percent, camera_light_percent;
	double temperature_degc, age_s, disk_free_gb, ram_free_gb;
};

struct rig {
	char robot_type[NAME_BYTES], robot_id[NAME_BYTES];
	char robot_port[RIG_WORD_BYTES], robot_left_port[RIG_WORD_BYTES];
	char robot_right_port[RIG_WORD_BYTES], robot_calibration[RIG_WORD_BYTES];
	struct rig_list sources;
	unsigned cameras;
	struct rig_camera camera[RIG_CAMERAS_MAX];
	char profile[NAME_BYTES];
	char policy[RIG_WORD_BYTES];
	char server[RIG_WORD_BYTES];
	char task[TASK_BYTES];
	double n_action_steps, fps; /* NaN: as the policy says */
	struct rig_tolerances tolerances;
	bool require_said; /* else require holds what rig_default_require() gave */
	struct rig_list require;
};

enum rig_type { RIG_TEXT, RIG_NUMBER, RIG_COUNT, RIG_BOOL, RIG_TEXTS };

/* An option. A key below "cameras." stands for every camera: "cameras.*.device". */
struct rig_option {
	const char *key; /* NULL ends the table */
	enum rig_type type;
	const char *unit;     /* "" none */
	double min, max;      /* of numbers */
	const char *fallback; /* as it would be written; "" unknown */
	const char *help;     /* one line, lower case, no full stop */
	size_t offset, size;  /* in struct rig, or in struct rig_camera */
};
extern const struct rig_option rig_options[];

/* Something that is wrong with a rig's text. */
struct rig_error {
	unsigned line; /* from 1 */
	char text[256];
};
struct rig_errors {
	unsigned n;
	struct rig_error error[RIG_ERRORS_MAX];
};

/* An empty rig with every fallback. */
void rig_init(struct rig *r);

/* What must be seen when nobody says what: all that preflight can see, and the policy needs. */
void rig_default_require(struct rig *r);

/*
 * Reads a text. Returns the number of errors; what is right is in r all the same. An unknown key
 * is an error with the nearest key that there is.
 */
unsigned rig_parse(struct rig *r, const char *text, size_t len, struct rig_errors *errors);

/* Appends the text of a rig, by its table: what is unknown or as without it is left out. */
void rig_write(struct buf *b, const struct rig *r);

/* Of an option in its rig, or camera: whether it says more than without it; its value as JSON. */
bool rig_option_set(const struct rig_option *o, const void *base);
void rig_option_json(struct buf *b, const struct rig_option *o, const void *base);

/* A camera of this role, made if need be. NULL: no room, or no name. */
struct rig_camera *rig_camera_of(struct rig *r, const char *role);

/* Adds a word to a list, once. False: no room. */
bool rig_list_add(struct rig_list *l, const char *word);

/* The key of the table (cameras.*. as such) that is nearest to an unknown one; NULL: none is near. */
const char *rig_nearest_key(const char *key);

#endif
