/* SPDX-License-Identifier: Apache-2.0 */
/* Which camera of training each camera of the rig is, and how it hangs, by its pictures. */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "preflight/inspect.h"

static const struct {
	enum lineup_fact fact;
	const char *code, *advice;
} rows[] = {
	{LINEUP_COVERED, "camera-covered", "take the cap off, or what hangs before it"},
	{LINEUP_MIRRORED, "camera-mirrored", "look at its flip controls, and how it is mounted"},
	{LINEUP_UNKNOWN, "camera-unknown", "find the camera that training had"},
	{LINEUP_MOVED, "camera-moved", "move it back until it looks as in training"},
	{LINEUP_LIGHT, "camera-light", "look at the lamp, and at exposure and gain"},
	{LINEUP_COLOUR, "camera-colour", "look at the white balance, and at RGB for BGR"},
};

static const struct rig_camera *rig_camera(const struct inspect *l, const char *role)
{
	for (unsigned i = 0; i < l->rig->cameras; i++) {
		if (strcmp(l->rig->camera[i].role, role) == 0)
			return &l->rig->camera[i];
	}
	return NULL;
}

/* Its stable path; NULL: no such camera in the rig, or no path is known of it. */
static const char *device_of(const struct inspect *l, const char *role)
{
	const struct rig_camera *c = rig_camera(l, role);
	const struct camera *k = inspect_live_camera(&l->live, role);

	if (k && k->device[0])
		return k->device;
	return c && c->device[0] ? c->device : NULL;
}

static void advise_exchange(const struct inspect *l, struct preflight_item *i, const char *role,
			    const char *is)
{
	const char *mine = device_of(l, role), *other = device_of(l, is);

	if (mine && other)
		inspect_do(i, "exchange them: %s is at %s, %s at %s", role, other, is, mine);
	else if (mine)
		inspect_do(i, "what is at %s is %s: exchange their devices", mine, is);
	else
		inspect_do(i, "exchange the devices of %s and %s", role, is);
}

static void tell_swap(struct inspect *l, const char *role, const char *is, enum level level,
		      const char *why, double margin, double threshold, const char *unit)
{
	struct preflight_item *i = inspect_add(l, "camera-swap", role, level, "%s", why);

	inspect_number(i, margin, threshold, unit);
	advise_exchange(l, i, role, is);
}

/* What is usual for the rig is no finding. */
static bool tolerated(const struct inspect *l, enum lineup_fact fact,
		      const struct lineup_reading *r)
{
	return fact == LINEUP_LIGHT &&
	       fabs(r->value - 1) * 100 <= l->rig->tolerances.camera_light_percent;
}

static void tell_facts(struct inspect *l, const char *role, const struct lineup_answer *a)
{
	for (size_t k = 0; k < sizeof(rows) / sizeof(rows[0]); k++) {
		const struct lineup_reading *r = &a->fact[rows[k].fact];
		struct preflight_item *i;

		if (r->level < LEVEL_NOTE || tolerated(l, rows[k].fact, r))
			continue;
		i = inspect_add(l, rows[k].code, role, r->level, "%s", r->why);
		inspect_number(i, r->value, r->threshold, r->unit);
		inspect_do(i, "%s", rows[k].advice);
	}
}

/* As an engine of this rig told. */
static void from_engine(struct inspect *l, const char *role, const struct camera *k)
{
	char why[MESSAGE_BYTES];

	if (strcmp(k->is, "unknown") == 0) {
		inspect_add(l, "camera-unknown", role, LEVEL_WARN,
			    "%s shows what no camera of training showed", role);
	} else if (strcmp(k->is, role) != 0) {
		snprintf(why, sizeof(why), "%s shows what training's %s showed (by %s)", role,
			 k->is, k->method);
		tell_swap(l, role, k->is, LEVEL_FAIL, why, k->margin, (double)NAN, "");
	}
}

/* That its picture is not seen is told already: once more only to who insists on this code. */
static void unseen(struct inspect *l, const char *role)
{
	struct preflight_item *i =
		inspect_add(l, "camera-swap", role, LEVEL_UNKNOWN,
			    "not told: no second of pictures of it was seen, or training has none");

	if (!i->required)
		l->n--;
}

void inspect_identity(struct inspect *l, const char *role)
{
	const struct lineup_answer *a = inspect_look_answer(l->live.look, role);
	const struct camera *k = inspect_live_camera(&l->live, role);
	const struct lineup_reading *swap;

	if (l->live.engine) {
		if (k && k->is[0])
			from_engine(l, role, k);
		else
			unseen(l, role);
		return;
	}
	if (!a) {
		unseen(l, role);
		return;
	}
	swap = &a->fact[LINEUP_SWAP];
	if (swap->level >= LEVEL_WARN)
		tell_swap(l, role, l->profile->cameras[a->role].name, swap->level, swap->why,
			  swap->value, swap->threshold, swap->unit);
	else if (swap->level == LEVEL_UNKNOWN)
		inspect_add(l, "camera-swap", role, LEVEL_UNKNOWN, "not told: %s %s", role,
			    a->says);
	else
		inspect_number(inspect_add(l, "camera-swap", role, LEVEL_OK,
					   "it shows what training's %s showed", role),
			       swap->value, swap->threshold, swap->unit);
	tell_facts(l, role, a);
}
