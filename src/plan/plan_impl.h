/* SPDX-License-Identifier: Apache-2.0 */
/* Shared by plan*.c; nobody else includes it. */
#ifndef POLICYTOP_PLAN_PLAN_IMPL_H
#define POLICYTOP_PLAN_PLAN_IMPL_H

#include "plan/plan.h"

/* Finds the program behind its wrappers: program, args, python, module, root, assigns, warnings. */
int plan_unwrap(struct plan *p, struct err *e);

/* Whether the last part of a path is this word. */
bool plan_named(const char *path, const char *word);
bool plan_python_name(const char *word);

/* Adds a fact, unless the key is there already. value is cleaned; n bytes of it. */
void plan_add(struct plan *p, const char *key, const char *value, size_t n, const char *from);

/* VAR of the command's environment: of VAR=VALUE words, else of the world. NULL not set. */
const char *plan_env(const struct plan *p, const struct plan_world *w, const char *name);

/* An option's name without dashes, '-' as '_': at most size - 1 bytes. Its value, NULL none. */
const char *plan_split(const char *word, char *name, size_t size);

/* The text's objects as those of JSON; NULL: it is no YAML, or too much. */
struct cJSON;
struct cJSON *plan_yaml(const char *text, size_t len);

/* Facts of a configuration file: JSON or YAML, keys as options ("robot.port"). */
void plan_config(struct plan *p, const struct plan_world *w);
void plan_training(struct plan *p, const struct plan_world *w);

/* `{ front: {type: opencv, index_or_path: 0, width: 640, height: 480, fps: 30}}`, or JSON. */
void plan_cameras_text(struct plan *p, const char *text, const char *from);
/* robot.cameras.front.width=640: what follows "robot.cameras." and its value. */
void plan_cameras_key(struct plan *p, const char *key, const char *value, const char *from);

/* An option of LeRobot below robot., policy. or dataset., or of a camera, that nobody knows. */
void plan_known(struct plan *p, const char *option);
void plan_known_camera(struct plan *p, const char *role, const char *key);
void plan_note(struct plan *p, const char *fmt, ...) __attribute__((format(printf, 2, 3)));

bool plan_true(const char *text); /* true, 1, yes, on */

extern const struct plan_family plan_lerobot_rollout, plan_lerobot_record, plan_lerobot_teleoperate,
	plan_lerobot_async, plan_openpi, plan_groot;

#endif
