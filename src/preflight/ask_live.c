/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The rig's arm and cameras as the policy's own client would tell them. Keys are those of the
 * checkpoint (GR00T), or of the rig's policy_key and of the environment whose keys these are
 * (openpi, whose checkpoints do not tell).
 */
#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/text.h"
#include "preflight/ask.h"
#include "vision/resize.h"

/* openpi's environments, by how the keys of their cameras begin. */
static const struct openpi_keys {
	const char *camera, *state, *gripper; /* gripper: the last value has a key of its own */
	uint32_t side;			      /* of the pictures that its client sends, 0 as seen */
} openpi_keys[] = {
	{"observation/exterior_image", "observation/joint_position", "observation/gripper_position",
	 224},
	{"observation/", "observation/state", "", 224},
	{"images/", "state", "", 224},
	{"", "state", "", 0},
};

struct making {
	struct ask_question *q;
	const struct rig *rig;
	const struct inspect_live *live;
	const struct checkpoint *policy;
	const struct profile *profile;
	struct observation o;
	double state[MAX_JOINTS];
	unsigned joints;
	double oldest_s;
	struct ask_picture picture[INFER_IMAGES];
};

static bool refuse(struct making *m, const char *fmt, ...) __attribute__((format(printf, 2, 3)));

static bool refuse(struct making *m, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(m->q->why, sizeof(m->q->why), fmt, ap);
	va_end(ap);
	return false;
}

static bool take_joint(struct making *m, const struct live_joint *k, enum unit unit,
		       const char *name)
{
	double age_s, factor;

	if (!k || isnan(k->value))
		return refuse(m, "where %s is, is not seen", name);
	age_s = k->at_ns == TIME_UNKNOWN ? INFINITY : (double)(m->live->now_ns - k->at_ns) / 1e9;
	if (age_s > m->rig->tolerances.age_s)
		return refuse(m, "%s was last heard too long ago", name);
	if (!unit_factor(k->joint.unit, unit, &factor))
		return refuse(m, "%s is told in another unit than training's", name);
	m->oldest_s = fmax(m->oldest_s, age_s);
	m->state[m->joints++] = k->value * factor;
	return true;
}

static const struct live_joint *find_joint(const struct inspect_live *l, const char *name)
{
	for (unsigned i = 0; i < l->joints; i++) {
		if (joint_same_name(l->joint[i].joint.name, name))
			return &l->joint[i];
	}
	return NULL;
}

/* In training's order and units; without a profile as the arm itself tells them. */
static bool take_arm(struct making *m)
{
	const struct inspect_live *l = m->live;
	bool good = true;

	m->q->in_order = m->profile != NULL;
	if (m->profile) {
		for (unsigned j = 0; good && j < m->profile->state.joints; j++) {
			const struct joint *k = &m->profile->state.joint[j].joint;

			good = take_joint(m, find_joint(l, k->name), k->unit, k->name);
		}
	} else {
		for (unsigned j = 0; good && j < l->joints; j++)
			good = take_joint(m, &l->joint[j], l->joint[j].joint.unit,
					  l->joint[j].joint.name);
	}
	if (good && !m->joints)
		return refuse(m, "no source tells where the arm is");
	return good;
}

static struct infer_state *add_state(struct making *m, const char *key, unsigned at, unsigned n)
{
	struct infer_state *s = &m->o.state[m->o.states++];

	text_copy(s->key, sizeof(s->key), key);
	s->value = m->state + at;
	s->n = n;
	return s;
}

/* width, height 0: as it is seen. */
static bool add_picture(struct making *m, const struct rig_camera *c, const char *key,
			uint32_t width, uint32_t height)
{
	struct ask_picture *p = &m->picture[m->o.images];
	struct infer_image *to = &m->o.image[m->o.images];
	struct err e = {0};
	uint8_t *fitted;

	if (!c->device[0])
		return refuse(m, "the rig names no device for camera %s", c->role);
	if (m->o.images == INFER_IMAGES)
		return refuse(m, "more than %d cameras", INFER_IMAGES);
	if (ask_camera(p, &camera_kernel, "", c->device, &e))
		return refuse(m, "camera %s: %s", c->role, e.msg);
	if (!width && c->width > 0 && c->height > 0) {
		width = (uint32_t)c->width;
		height = (uint32_t)c->height;
	}
	if (width && (width != p->width || height != p->height)) {
		fitted = xcalloc((size_t)width * height, 3);
		resize_fit(fitted, width, height, p->rgb, p->width, p->height);
		free(p->rgb);
		*p = (struct ask_picture){width, height, fitted};
	}
	text_copy(to->key, sizeof(to->key), key);
	to->width = p->width;
	to->height = p->height;
	to->rgb = p->rgb;
	m->o.images++;
	return true;
}

static void add_prompt(struct making *m, const char *key)
{
	if (!m->rig->task[0])
		return;
	text_copy(m->o.prompt_key, sizeof(m->o.prompt_key), key);
	m->o.prompt = m->rig->task;
}

static bool openpi_live(struct making *m)
{
	const struct openpi_keys *k = openpi_keys;
	bool good = true, any = false;

	while (k->camera[0] && !any) {
		for (unsigned i = 0; i < m->rig->cameras; i++)
			any = any || text_starts(m->rig->camera[i].policy_key, k->camera);
		k += !any;
	}
	if (m->rig->cameras && !any)
		return refuse(m,
			      "the rig does not say under which keys the server wants its cameras "
			      "(cameras.NAME.policy_key, as observation/image)");
	if (k->gripper[0] && m->joints > 1) {
		add_state(m, k->state, 0, m->joints - 1);
		add_state(m, k->gripper, m->joints - 1, 1);
	} else {
		add_state(m, k->state, 0, m->joints);
	}
	for (unsigned i = 0; good && i < m->rig->cameras; i++) {
		const struct rig_camera *c = &m->rig->camera[i];

		if (!c->policy_key[0])
			good = refuse(m, "camera %s has no policy_key", c->role);
		else
			good = add_picture(m, c, c->policy_key, k->side, k->side);
	}
	add_prompt(m, "prompt");
	return good;
}

/* The camera of "video.front": whose policy_key or role that is. */
static const struct rig_camera *camera_of(const struct rig *r, const char *key)
{
	const char *dot = strchr(key, '.'), *name = dot ? dot + 1 : key;

	for (unsigned i = 0; i < r->cameras; i++) {
		const char *mine = r->camera[i].policy_key[0] ? r->camera[i].policy_key
							      : r->camera[i].role;

		if (strcmp(mine, key) == 0 || strcmp(mine, name) == 0)
			return &r->camera[i];
	}
	return NULL;
}

static bool groot_input(struct making *m, const struct policy_feature *f, unsigned *at)
{
	const struct rig_camera *c;
	bool shaped = f->ndim == 3 && f->shape[0] == 3;

	if (f->type == POLICY_STATE) {
		if (!f->width || *at + f->width > m->joints || m->o.states == INFER_STATES)
			return refuse(m, "%s wants %u values, of %u joints %u are left", f->key,
				      f->width, m->joints, m->joints - *at);
		add_state(m, f->key, *at, f->width);
		*at += f->width;
		return true;
	}
	if (f->type != POLICY_VISUAL)
		return true;
	c = camera_of(m->rig, f->key);
	if (!c)
		return refuse(m, "no camera of the rig is %s", f->key);
	return add_picture(m, c, f->key, shaped ? f->shape[2] : 0, shaped ? f->shape[1] : 0);
}

static bool groot_live(struct making *m)
{
	bool good = true;
	unsigned at = 0;

	for (size_t i = 0; good && i < m->policy->ninputs; i++)
		good = groot_input(m, &m->policy->input[i], &at);
	if (good && at != m->joints)
		return refuse(m, "the policy takes %u values, the arm has %u joints", at,
			      m->joints);
	add_prompt(m, "annotation.human.task_description");
	return good;
}

static bool is_groot(const struct checkpoint *c)
{
	return c && (c->form == CHECKPOINT_GROOT_N15 || c->form == CHECKPOINT_GROOT_N16);
}

static bool make(struct making *m, const struct infer_wire *wire, enum infer_form *form)
{
	if (m->live->engine)
		return refuse(m, "the run that is under way has arm and cameras (--ask-from "
				 "CAPTURE asks what a tap recorded)");
	if (!take_arm(m))
		return false;
	if (wire == &infer_openpi) {
		*form = INFER_OPENPI;
		return openpi_live(m);
	}
	if (!is_groot(m->policy))
		return refuse(m, "the rig names no GR00T checkpoint that says what it takes");
	*form = m->policy->form == CHECKPOINT_GROOT_N15 ? INFER_GROOT_B : INFER_GROOT_C;
	return groot_live(m);
}

void ask_live(struct ask_question *q, const struct infer_wire *wire, const struct rig *rig,
	      const struct inspect_live *live, const struct checkpoint *policy,
	      const struct profile *profile)
{
	struct making *m = xcalloc(1, sizeof(*m));
	enum infer_form form = INFER_OPENPI;

	*q = (struct ask_question){.age_s = NAN, .source = "the rig's arm and cameras"};
	m->q = q;
	m->rig = rig;
	m->live = live;
	m->policy = policy;
	m->profile = profile;
	if (make(m, wire, &form)) {
		infer_put(&q->body, form, &m->o);
		q->age_s = m->oldest_s;
	}
	for (unsigned i = 0; i < INFER_IMAGES; i++)
		free(m->picture[i].rgb);
	free(m);
}
