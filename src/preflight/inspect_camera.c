/* SPDX-License-Identifier: Apache-2.0 */
/* The rig's cameras: there, free, of the right size and rate, and not dark. */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "preflight/inspect.h"

static const double DARK = 0.9; /* share of black pixels in a covered lens or a dark room */

static const struct live_source *source_of(const struct inspect *l, const struct rig_camera *c)
{
	char word[2 * RIG_WORD_BYTES];

	snprintf(word, sizeof(word), "v4l2:%s?name=%s&mode=own", c->device, c->role);
	for (unsigned i = 0; i < l->live.sources; i++) {
		if (strcmp(l->live.source[i].word, word) == 0)
			return &l->live.source[i];
	}
	return NULL;
}

static void unseen(struct inspect *l, const struct rig_camera *c)
{
	const struct live_source *s = source_of(l, c);

	if (!c->device[0])
		inspect_do(inspect_add(l, "cameras", c->role, LEVEL_UNKNOWN,
				       "the rig names no device"),
			   "give cameras.%s.device", c->role);
	else if (s && s->why[0])
		inspect_add(l, "cameras", c->role, LEVEL_UNKNOWN, "%s", s->why);
	else
		inspect_add(l, "cameras", c->role, LEVEL_UNKNOWN, "no source sees it");
}

/* A state that is not good by itself; false: it is. */
static bool bad_state(struct inspect *l, const struct rig_camera *c, const struct camera *k)
{
	struct preflight_item *i;

	switch ((enum camera_state)k->state) {
	case CAMERA_MISSING:
	case CAMERA_GONE:
		i = inspect_add(l, "cameras", c->role, LEVEL_FAIL, "%s is not there", k->device);
		inspect_do(i, "plug it in; is it another device now?");
		return true;
	case CAMERA_FAILED:
		i = inspect_add(l, "cameras", c->role, LEVEL_FAIL, "%s", k->trouble);
		inspect_do(i, "plug it out and in");
		return true;
	case CAMERA_SILENT:
		i = inspect_add(l, "cameras", c->role, LEVEL_FAIL,
				"it streams and no picture comes");
		inspect_do(i, "plug it out and in; another USB port");
		return true;
	case CAMERA_CROWDED:
		i = inspect_add(l, "cameras", c->role, LEVEL_FAIL,
				"its USB bus has no room for it");
		inspect_do(i, "another root port, MJPG, fewer pictures a second");
		return true;
	case CAMERA_BUSY:
		inspect_do(inspect_add(l, "cameras", c->role, LEVEL_UNKNOWN,
				       "%s has it: no picture is seen",
				       k->owner[0] ? k->owner : "another program"),
			   "end it to have the picture judged");
		return true;
	case CAMERA_UNKNOWN:
	case CAMERA_STREAMING:
	case CAMERA_IDLE:
	case CAMERA_STATE_N:
	default:
		return false;
	}
}

static bool bad_size(struct inspect *l, const struct rig_camera *c, const struct camera *k)
{
	if (isnan(c->width) || isnan(c->height) || !k->width || !k->height ||
	    ((double)k->width == c->width && (double)k->height == c->height))
		return false;
	inspect_do(inspect_add(l, "cameras", c->role, LEVEL_FAIL,
			       "it gives %lldx%lld, the rig says %.0fx%.0f", (long long)k->width,
			       (long long)k->height, c->width, c->height),
		   "another camera, or one that cannot do more");
	return true;
}

static bool bad_rate(struct inspect *l, const struct rig_camera *c, const struct camera *k)
{
	double wanted = c->fps > 0 ? c->fps : k->fps_set;
	double least = wanted * (1 - l->rig->tolerances.camera_fps_percent / 100);
	struct preflight_item *i;

	if (!(k->fps < least))
		return false;
	i = inspect_add(l, "cameras", c->role, LEVEL_WARN, "%.1f pictures a second of %.1f", k->fps,
			wanted);
	inspect_number(i, k->fps, least, "Hz");
	inspect_do(i, k->automatic > 0 && k->automatic & AUTO_RATE
			      ? "switch exposure_dynamic_framerate off, or give it light"
			      : "another USB port, MJPG, a lower rate");
	return true;
}

static void camera(struct inspect *l, const struct rig_camera *c)
{
	const struct camera *k = inspect_live_camera(&l->live, c->role);
	const struct live_picture *p = inspect_live_picture(&l->live, c->role);
	double dark = p ? p->frame.dark : k ? k->dark : (double)NAN;
	struct preflight_item *i;

	if (!k && !p) {
		unseen(l, c);
		return;
	}
	if (k && (bad_state(l, c, k) || bad_size(l, c, k) || bad_rate(l, c, k)))
		return;
	if (dark > DARK) {
		i = inspect_add(l, "cameras", c->role, LEVEL_FAIL, "its picture is black");
		inspect_number(i, dark, DARK, "share");
		inspect_do(i, "take the cap off, switch the light on");
		return;
	}
	if (!p && isnan(dark)) {
		inspect_add(l, "cameras", c->role, LEVEL_UNKNOWN,
			    "it is there, its picture is not seen");
		return;
	}
	i = inspect_add(l, "cameras", c->role, LEVEL_OK, "%ux%u, %.1f pictures a second",
			p ? p->frame.width : (unsigned)k->width,
			p ? p->frame.height : (unsigned)k->height, k ? k->fps : (double)NAN);
	inspect_number(i, k ? k->fps : (double)NAN, c->fps, "Hz");
}

void inspect_cameras(struct inspect *l)
{
	for (unsigned i = 0; i < l->rig->cameras; i++) {
		camera(l, &l->rig->camera[i]);
		inspect_identity(l, l->rig->camera[i].role);
	}
	if (!l->rig->cameras)
		inspect_add(l, "cameras", "",
			    l->policy && checkpoint_feature(l->policy, POLICY_VISUAL)
				    ? LEVEL_UNKNOWN
				    : LEVEL_OK,
			    "the rig has no camera");
}
