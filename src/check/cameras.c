/* SPDX-License-Identifier: Apache-2.0 */
#include "check/cameras.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "base/text.h"

unsigned camera_note(struct camera_readings *r, unsigned subject, double value, double limit,
		     bool bad)
{
	unsigned i = subject - SUBJECT_CAMERA;

	r->known[i] = !isnan(value);
	r->value[i] = value;
	r->limit[i] = limit;
	r->row[i] = bad ? r->row[i] + 1 : 0;
	return r->row[i];
}

bool camera_show(const struct check *c, struct check_status *out, const struct camera_readings *r,
		 bool small, const char *unit, const char *none)
{
	int at = -1;
	double worst = 0;

	for (unsigned i = 0; i < c->run->cameras; i++) {
		double ratio = r->limit[i] > 0 ? r->value[i] / r->limit[i] : r->value[i];

		if (!r->known[i] || (at >= 0 && (small ? ratio >= worst : ratio <= worst)))
			continue;
		at = (int)i;
		worst = ratio;
	}
	if (at < 0) {
		text_copy(out->why, sizeof(out->why), none);
		return false;
	}
	check_reading(c, out, SUBJECT_CAMERA + (unsigned)at, r->value[at], r->limit[at], unit);
	out->least = small;
	return true;
}

/* What its pictures had, where training looked at them. */
static void take_reference(struct camera_training *out, const struct reference *r)
{
	const struct reference_figures *f = &r->figures;

	if (!r->windows)
		return;
	out->dark_max = f->dark_max;
	out->sharpness_min = f->sharpness_min;
	if (f->light_min > 0) {
		out->light = f->light_min;
		out->light_is_mean = false;
	}
	/* One brightness within a tenth, one colour within what a sensor does by itself. */
	out->fixed = r->episodes >= REFERENCE_FEW && f->gain_min > 0.9 && f->gain_max < 1.1 &&
		     f->red_max < 0.05 && f->blue_max < 0.05;
}

void camera_training(const struct check *c, const char *name, struct camera_training *out)
{
	const struct profile *p = c->run->profile;

	*out = (struct camera_training){
		.fps = (double)NAN, .light = (double)NAN, .dark_max = (double)NAN};
	out->sharpness_min = (double)NAN;
	for (size_t i = 0; p && i < p->ncameras; i++) {
		const struct profile_camera *k = &p->cameras[i];

		if (strcmp(k->name, name) != 0)
			continue;
		out->known = true;
		out->width = k->width;
		out->height = k->height;
		out->fps = k->fps > 0 ? k->fps : p->fps > 0 ? p->fps : (double)NAN;
		if (k->has_stats && k->channels >= 3) {
			out->light = (k->mean[0] + k->mean[1] + k->mean[2]) / 3;
			out->light_is_mean = true;
		}
		if (p->reference && p->reference[i])
			take_reference(out, p->reference[i]);
	}
}

/* As far as an arm goes that is held: a few encoder ticks, one part in fifty of what it can. */
static double rest(const struct run_joint *r)
{
	if (r->state_span > 0)
		return r->state_span / 50;
	return r->state_unit == UNIT_RAD ? 0.02 : r->state_unit == UNIT_M ? 0.005 : 1;
}

void arm_motion_step(struct arm_motion *m, const struct check *c, const struct tick *t)
{
	enum vec_kind vec = t->step->vec[VEC_GOT].present    ? VEC_GOT
			    : t->step->vec[VEC_SEEN].present ? VEC_SEEN
							     : VEC_ASKED;
	bool moved = false;

	for (unsigned j = 0; m->has && j < c->run->joints && !moved; j++) {
		const struct run_joint *r = &c->run->joint[j];

		moved = r->gripper < 0 && fabs(t->v[vec][j] - m->from[j]) > rest(r);
	}
	if (m->has && !moved)
		return;
	m->ways += moved;
	m->last_s = c->now_s;
	m->has = true;
	memcpy(m->from, t->v[vec], sizeof(m->from));
}
