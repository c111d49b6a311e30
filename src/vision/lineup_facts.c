/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What is wrong with a camera, beyond which one it is. What explains others stands first: a
 * covered camera is not also dark, moved and unknown. Limits are training's own spread with an
 * allowance, and never finer than the floor that pictures of one second can hold.
 */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "vision/lineup_impl.h"

static const double allowance = 1.25;
static const double shift_floor = 0.4, zoom_floor = 0.02, roll_floor_deg = 0.5; /* px of a view */
static const double gain_floor = 0.1, cast_floor = 0.05, flat = 0.4, few_edges = 0.1;
static const double warm_least = 10; /* levels: greyer pictures have no colours to exchange */

/* The parts of one judgement. */
struct facts_of {
	const struct lineup *l;
	const struct live_camera *c;
	const struct sight *now;
	const struct reference *r; /* of the camera that it claims to be */
	struct lineup_answer *a;
};

static void not_judged(struct facts_of *f, enum lineup_fact from, const char *why)
{
	for (unsigned i = from; i < LINEUP_FACTS; i++) {
		f->a->fact[i].level = LEVEL_UNKNOWN;
		snprintf(f->a->fact[i].why, sizeof(f->a->fact[i].why), "not applicable: %s", why);
	}
}

static struct lineup_reading *reading(struct facts_of *f, enum lineup_fact fact, enum level level,
				      double value, double threshold, const char *unit)
{
	struct lineup_reading *r = &f->a->fact[fact];

	r->level = level;
	r->value = value;
	r->threshold = threshold;
	r->unit = unit;
	return r;
}

static bool judge_swap(struct facts_of *f)
{
	struct lineup_answer *a = f->a;
	bool swapped = a->is == IS_ROLE && a->role != a->own;
	double threshold = a->method == BY_MOTION ? (double)MOTION_DECIDED : 3.0;
	struct lineup_reading *r;

	if (a->own < 0 || a->is != IS_ROLE) {
		r = reading(f, LINEUP_SWAP, LEVEL_UNKNOWN, a->margin, threshold,
			    lineup_method_unit(a->method));
		snprintf(r->why, sizeof(r->why), "%s", a->says);
		return false;
	}
	/* Of few episodes the spread is a guess. */
	r = reading(f, LINEUP_SWAP,
		    !swapped			     ? LEVEL_OK
		    : f->r->episodes < REFERENCE_FEW ? LEVEL_WARN
						     : LEVEL_FAIL,
		    a->margin, threshold, lineup_method_unit(a->method));
	if (swapped)
		snprintf(r->why, sizeof(r->why),
			 "%s shows what training's %s showed: exchange %s and %s (%.3g %s)",
			 a->camera, lineup_role(f->l, a->role), a->camera,
			 lineup_role(f->l, a->role), a->margin, lineup_method_unit(a->method));
	return swapped;
}

static bool judge_covered(struct facts_of *f)
{
	double contrast = (double)f->now->contrast, sharp = (double)f->now->sharpness;
	double limit = flat * f->r->figures.contrast_min;
	bool edges = isnan(sharp) || sharp > few_edges * f->r->figures.sharpness_min;
	bool covered = contrast < limit && !edges;
	struct lineup_reading *r;

	if (isnan(limit) || isnan(contrast)) {
		r = reading(f, LINEUP_COVERED, LEVEL_UNKNOWN, contrast, limit, "");
		snprintf(r->why, sizeof(r->why), "not applicable: training's spread is unknown");
		return false;
	}
	r = reading(f, LINEUP_COVERED, covered ? LEVEL_WARN : LEVEL_OK, contrast, limit, "");
	if (covered)
		snprintf(r->why, sizeof(r->why),
			 "%s shows nothing: contrast %.3g, training at least %.3g: is it covered?",
			 f->a->camera, contrast, f->r->figures.contrast_min);
	return covered;
}

/* Best of the three flips; only asked when the upright picture does not fit. */
static enum scene_flip best_flip(const struct facts_of *f, float *alike)
{
	enum scene_flip best = FLIP_NONE;

	*alike = -1;
	for (unsigned i = FLIP_MIRRORED; i < FLIP_N; i++) {
		struct scene_fit fit;

		scene_fit(&fit, &f->l->eye[f->a->own]->scene, &f->c->view, (enum scene_flip)i);
		if (fit.alike > *alike) {
			*alike = fit.alike;
			best = (enum scene_flip)i;
		}
	}
	return best;
}

static bool judge_flip(struct facts_of *f)
{
	float limit = lineup_alike_limit(f->r), alike;
	struct lineup_reading *r;
	enum scene_flip flip;
	bool flipped;

	if (isnan(limit)) {
		r = reading(f, LINEUP_MIRRORED, LEVEL_UNKNOWN, NAN, NAN, "");
		snprintf(r->why, sizeof(r->why), "not applicable: %s", f->r->moved_why);
		return false;
	}
	if (f->now->alike >= limit) {
		reading(f, LINEUP_MIRRORED, LEVEL_OK, (double)f->now->alike, (double)limit, "");
		return false;
	}
	flip = best_flip(f, &alike);
	flipped = alike >= limit && alike > f->now->alike + 0.1f;
	r = reading(f, LINEUP_MIRRORED, flipped ? LEVEL_WARN : LEVEL_OK, (double)f->now->alike,
		    (double)limit, "");
	if (flipped)
		snprintf(r->why, sizeof(r->why),
			 "%s is %s: so it fits training with %.2f, as it is with %.2f",
			 f->a->camera, scene_flip_word(flip), (double)alike, (double)f->now->alike);
	return flipped;
}

static bool judge_unknown(struct facts_of *f)
{
	bool strange = f->a->is == IS_STRANGER;
	double d = (double)f->now->distance[f->a->own], limit = (double)lineup_limit(f->r);
	struct lineup_reading *r = reading(f, LINEUP_UNKNOWN, strange ? LEVEL_WARN : LEVEL_OK, d,
					   limit, "");

	if (strange)
		snprintf(
			r->why, sizeof(r->why),
			"%s shows what no camera of training showed (%.2f from its nearest picture)",
			f->a->camera, d);
	return strange;
}

/* By how many times its limit each part of a movement is; the largest counts. */
static void judge_moved(struct facts_of *f)
{
	const struct reference_figures *g = &f->r->figures;
	const struct sight *s = f->now;
	double shift_max = fmax(shift_floor, allowance * g->shift_max);
	double zoom_max = fmax(zoom_floor, allowance * g->zoom_max);
	double roll_max = fmax(roll_floor_deg, allowance * g->roll_max_deg);
	double shift = hypot((double)s->x, (double)s->y), zoom = fabs((double)s->zoom - 1);
	double roll = fabs((double)s->roll_deg);
	double much = fmax(shift / shift_max, fmax(zoom / zoom_max, roll / roll_max));
	struct lineup_reading *r;

	if (f->r->moved_why[0] || isnan(much) || s->alike < lineup_alike_limit(f->r)) {
		r = reading(f, LINEUP_MOVED, LEVEL_UNKNOWN, NAN, NAN, "");
		snprintf(r->why, sizeof(r->why), "not applicable: %s",
			 f->r->moved_why[0] ? f->r->moved_why : "too little of it is seen");
		return;
	}
	r = reading(f, LINEUP_MOVED, much > 1 ? LEVEL_WARN : LEVEL_OK, much, 1, "x limit");
	if (much > 1)
		snprintf(r->why, sizeof(r->why),
			 "%s moved: %+.0f, %+.0f px of 640 x 480, %.2fx %s, %+.1f degrees roll",
			 f->a->camera, 10 * (double)s->x, 10 * (double)s->y, (double)s->zoom,
			 zoom > zoom_max ? s->zoom > 1 ? "(closer, or a narrower field of view)"
						       : "(farther, or a wider field of view)"
					 : "as large",
			 (double)s->roll_deg);
}

static void judge_light(struct facts_of *f)
{
	const struct reference_figures *g = &f->r->figures;
	double gain = (double)f->now->gain;
	double low = 1 - fmax(gain_floor, 1.5 * (1 - g->gain_min));
	double high = 1 + fmax(gain_floor, 1.5 * (g->gain_max - 1));
	struct lineup_reading *r;
	bool off = gain < low || gain > high;

	if (isnan(gain) || isnan(low) || f->r->episodes < REFERENCE_FEW) {
		r = reading(f, LINEUP_LIGHT, LEVEL_UNKNOWN, gain, NAN, "x");
		snprintf(r->why, sizeof(r->why), "not applicable: %s",
			 f->r->episodes < REFERENCE_FEW ? f->r->moved_why
							: "too little of it stands still");
		return;
	}
	r = reading(f, LINEUP_LIGHT, off ? LEVEL_WARN : LEVEL_OK, gain, gain < 1 ? low : high, "x");
	if (off)
		snprintf(r->why, sizeof(r->why),
			 "%s is %s than in training: %.2f times as bright (%.2f to %.2f are usual)",
			 f->a->camera, gain < 1 ? "darker" : "brighter", gain, low, high);
}

/* True: red and blue are exchanged. */
static bool judge_colour(struct facts_of *f)
{
	const struct reference_figures *g = &f->r->figures;
	double red = (double)f->now->red, blue = (double)f->now->blue;
	double red_max = fmax(cast_floor, 2 * g->red_max);
	double blue_max = fmax(cast_floor, 2 * g->blue_max);
	double much = fmax(fabs(red) / red_max, fabs(blue) / blue_max);
	struct lineup_reading *r;

	if ((double)f->now->warm >= warm_least && f->now->like < LINEUP_SWAPPED) {
		r = reading(f, LINEUP_COLOUR, LEVEL_WARN, (double)f->now->like,
			    (double)LINEUP_SWAPPED, "");
		snprintf(r->why, sizeof(r->why),
			 "%s has red and blue exchanged (BGR for RGB) against training",
			 f->a->camera);
		return true;
	}
	if (f->r->episodes < REFERENCE_FEW || isnan(much)) {
		r = reading(f, LINEUP_COLOUR,
			    (double)f->now->warm >= warm_least ? LEVEL_OK : LEVEL_UNKNOWN,
			    (double)f->now->like, (double)LINEUP_SWAPPED, "");
		snprintf(r->why, sizeof(r->why), "a cast is not judged: %s",
			 f->r->episodes < REFERENCE_FEW ? f->r->moved_why
							: "too little of it stands still");
		return false;
	}
	r = reading(f, LINEUP_COLOUR, much > 1 ? LEVEL_WARN : LEVEL_OK, much, 1, "x limit");
	if (much > 1)
		snprintf(
			r->why, sizeof(r->why),
			"%s has a cast: red %+.0f %%, blue %+.0f %% against green, beside training",
			f->a->camera, 100 * (exp(red) - 1), 100 * (exp(blue) - 1));
	return false;
}

/* Then its grey levels are others, too. */
static void exchanged(struct facts_of *f)
{
	struct lineup_reading *r = reading(f, LINEUP_LIGHT, LEVEL_UNKNOWN, NAN, NAN, "");

	snprintf(r->why, sizeof(r->why), "not applicable: its colours are exchanged");
}

/* Which camera it is cannot be seen through a hand. */
static void covered(struct facts_of *f)
{
	f->a->is = IS_OPEN;
	f->a->role = -1;
	f->a->margin = NAN;
	snprintf(f->a->says, sizeof(f->a->says), "cannot tell: nothing is to be seen");
	f->a->fact[LINEUP_SWAP].level = LEVEL_UNKNOWN;
	not_judged(f, LINEUP_MIRRORED, "it is covered");
}

static void mirrored(struct facts_of *f)
{
	f->a->is = IS_ROLE;
	f->a->role = f->a->own;
	snprintf(f->a->says, sizeof(f->a->says), "is %s, mirrored or upside down", f->a->camera);
	not_judged(f, LINEUP_UNKNOWN, "it is mirrored");
}

/* A camera of another name that shows nothing of training's: more than needed, or the wrong one. */
static void judge_extra(struct facts_of *f)
{
	bool missing = false;
	struct lineup_reading *r;

	for (unsigned i = 0; i < f->l->roles; i++) {
		bool claimed = false;

		for (unsigned k = 0; k < f->l->cameras; k++)
			claimed = claimed || f->l->live[k].own == (int)i;
		missing = missing || (f->l->eye[i] && !claimed);
	}
	r = reading(f, LINEUP_UNKNOWN, missing ? LEVEL_WARN : LEVEL_NOTE, NAN, NAN, "");
	snprintf(r->why, sizeof(r->why), "%s shows what no camera of training showed%s",
		 f->a->camera, missing ? ", and not all of training's cameras are here" : "");
}

void lineup_facts(const struct lineup *l, unsigned camera, struct lineup_answer *a)
{
	struct facts_of f = {.l = l, .c = &l->live[camera], .now = &l->live[camera].now, .a = a};

	if (a->own < 0 || !l->ref[a->own]) {
		not_judged(&f, LINEUP_SWAP, a->says);
		if (a->is == IS_STRANGER)
			judge_extra(&f);
		return;
	}
	f.r = l->ref[a->own];
	if (judge_swap(&f))
		not_judged(&f, LINEUP_COVERED, "it is another camera");
	else if (judge_covered(&f))
		covered(&f);
	else if (judge_flip(&f))
		mirrored(&f);
	else if (judge_unknown(&f))
		not_judged(&f, LINEUP_MOVED, "it is no camera of training's");
	else {
		judge_moved(&f);
		if (judge_colour(&f))
			exchanged(&f);
		else
			judge_light(&f);
	}
}
