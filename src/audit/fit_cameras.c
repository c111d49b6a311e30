/* SPDX-License-Identifier: Apache-2.0 */
/* The cameras of a policy against those of a rig, by the keys that LeRobot and GR00T make of names. */
#include <ctype.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "audit/fit_impl.h"
#include "base/text.h"

/* A picture that the rig gives, and the key by which the policy gets it. */
struct given {
	const struct fit_camera *camera;
	char key[FEATURE_KEY_BYTES];
	bool depth;
	bool used;
};

struct matching {
	struct audit *a;
	const struct fit *f;
	unsigned n;
	struct given given[2 * FIT_CAMERAS_MAX];
};

static const char *above(const struct checkpoint *c)
{
	return is_groot(c) ? "video." : "observation.images.";
}

static const char *short_key(const struct checkpoint *c, const char *key)
{
	return text_starts(key, above(c)) ? key + strlen(above(c)) : key;
}

static void rename_key(const struct fit *f, char key[FEATURE_KEY_BYTES])
{
	size_t n = f->renames_known ? f->renames : f->checkpoint->nrenames;
	const struct checkpoint_rename *r = f->renames_known ? f->rename : f->checkpoint->rename;

	for (size_t i = 0; i < n; i++) {
		if (strcmp(r[i].from, key) == 0) {
			text_copy(key, FEATURE_KEY_BYTES, r[i].to);
			return;
		}
	}
}

static void give(struct matching *m, const struct fit_camera *c, bool depth)
{
	struct given *g = &m->given[m->n++];
	const struct checkpoint *cp = m->f->checkpoint;

	*g = (struct given){.camera = c, .depth = depth || c->only_depth};
	snprintf(g->key, sizeof(g->key), "%s%s%s", strchr(c->key, '.') ? "" : above(cp),
		 c->key[0] ? c->key : c->role, depth ? "_depth" : "");
	if (!c->key[0])
		rename_key(m->f, g->key);
}

static struct given *find_given(struct matching *m, const char *key)
{
	for (unsigned i = 0; i < m->n; i++) {
		if (strcmp(m->given[i].key, key) == 0)
			return &m->given[i];
	}
	return NULL;
}

/* Height, width and channels of (C,H,W), or of (H,W,C); 0 unknown. */
static void picture_of(const struct policy_feature *f, unsigned *h, unsigned *w, unsigned *channels)
{
	bool last = f->ndim == 3 && f->shape[2] <= 4 && f->shape[0] > 4;

	*h = *w = *channels = 0;
	if (f->ndim != 3)
		return;
	*channels = f->shape[last ? 2 : 0];
	*h = f->shape[last ? 0 : 1];
	*w = f->shape[last ? 1 : 2];
}

static bool word_depth(const char *name)
{
	for (; *name; name++) {
		if (strncasecmp(name, "depth", 5) == 0)
			return true;
	}
	return false;
}

/* A checkpoint's own map that the command's, which may be empty, takes the place of. */
static const char *lost_rename(const struct matching *m, const char *key)
{
	const struct checkpoint *c = m->f->checkpoint;

	for (size_t i = 0; m->f->renames_known && i < c->nrenames; i++) {
		if (strcmp(c->rename[i].to, key) == 0)
			return c->rename[i].from;
	}
	return NULL;
}

/* The only camera that is left, or the one whose name is nearest. */
static const struct given *likely(const struct matching *m, const char *key)
{
	const struct given *best = NULL;
	unsigned least = 1000, left = 0;

	for (unsigned i = 0; i < m->n; i++) {
		const struct given *g = &m->given[i];
		unsigned d = text_distance(g->camera->role, short_key(m->f->checkpoint, key));

		if (g->used || g->depth || checkpoint_input(m->f->checkpoint, g->key))
			continue;
		left++;
		if (d < least) {
			least = d;
			best = g;
		}
	}
	return left == 1 || least <= 3 ? best : NULL;
}

static void missing(struct matching *m, const struct policy_feature *f)
{
	const struct checkpoint *c = m->f->checkpoint;
	const char *from = lost_rename(m, f->key);
	const struct given *g = likely(m, f->key);
	struct audit_finding *found;

	if (from)
		found = audit_add(m->a, "inputs", LEVEL_FAIL, short_key(c, f->key),
				  "the policy's camera %s is %s of its own rename map, and the "
				  "command's map takes its place",
				  short_key(c, f->key), short_key(c, from));
	else
		found = audit_add(m->a, "inputs", LEVEL_FAIL, short_key(c, f->key),
				  "the policy wants a camera %s, and no camera of the rig is it",
				  short_key(c, f->key));
	if (from || g)
		audit_do(found, "--rename_map='{\"%s%s\": \"%s\"}'", from ? "" : above(c),
			 from ? from : g->camera->role, f->key);
	else
		audit_do(found, "name a camera %s", short_key(c, f->key));
}

/* Whether the policy itself brings pictures to one size; ACT and diffusion take them as they are. */
static enum level shape_level(const struct checkpoint *c)
{
	return c->language == 1 ? LEVEL_NOTE : c->language == 0 ? LEVEL_FAIL : LEVEL_WARN;
}

static const struct profile_camera *trained_camera(const struct fit *f, const char *role)
{
	for (size_t i = 0; f->profile && i < f->profile->ncameras; i++) {
		if (strcmp(f->profile->cameras[i].name, role) == 0)
			return &f->profile->cameras[i];
	}
	return NULL;
}

static void shape(struct matching *m, const struct given *g, const struct policy_feature *f)
{
	const struct profile_camera *t = trained_camera(m->f, g->camera->role);
	const struct fit_camera *c = g->camera;
	unsigned h, w, channels;
	struct audit_finding *found;
	enum level level = shape_level(m->f->checkpoint);

	picture_of(f, &h, &w, &channels);
	if (t && t->width && t->height) {
		/* The training set says what it really was; a fine-tuned model's own size is its base's. */
		h = t->height;
		w = t->width;
		level = level == LEVEL_NOTE ? LEVEL_WARN : level;
	}
	if (channels == 3 && (g->depth || word_depth(c->role))) {
		found = audit_add(m->a, "inputs", LEVEL_FAIL, c->role,
				  "the policy wants colour from %s, which gives depth", c->role);
		audit_do(found, "give the colour camera this name, or rename it");
	}
	if (channels == 1 && !g->depth && !word_depth(c->role)) {
		found = audit_add(m->a, "inputs", LEVEL_FAIL, c->role,
				  "the policy wants depth from %s, which gives colour", c->role);
		audit_do(found, "use_depth: true, and rename %s_depth", c->role);
	}
	if (!h || !w || !c->width || !c->height || (h == c->height && w == c->width))
		return;
	found = audit_add(m->a, "inputs", level, c->role,
			  "camera %s gives %ux%u, and the policy learned from %ux%u", c->role,
			  c->width, c->height, w, h);
	audit_number(found, c->width, w, "pixels");
	audit_do(found, "width: %u, height: %u", w, h);
}

static void rate(struct matching *m, const struct fit_camera *c)
{
	const struct profile_camera *t = trained_camera(m->f, c->role);
	double want = m->f->fps > 0 ? m->f->fps : t ? t->fps : 0;
	struct audit_finding *found;

	if (!(c->fps > 0) || !(want > 0) || c->fps >= 0.95 * want)
		return;
	found = audit_add(m->a, "inputs", LEVEL_WARN, c->role,
			  "camera %s gives %g pictures a second, and %g are looked at: some twice",
			  c->role, c->fps, want);
	audit_number(found, c->fps, want, "Hz");
	audit_do(found, "fps: %g", want);
}

static void twice(struct matching *m)
{
	const struct fit *f = m->f;

	for (unsigned i = 0; i < f->cameras; i++) {
		for (unsigned k = 0; k < i; k++) {
			struct audit_finding *found;

			if (!f->camera[i].device[0] ||
			    strcmp(f->camera[i].device, f->camera[k].device) != 0)
				continue;
			found = audit_add(m->a, "inputs", LEVEL_FAIL, f->camera[i].role,
					  "cameras %s and %s are the same device, %s",
					  f->camera[k].role, f->camera[i].role,
					  f->camera[i].device);
			audit_do(found, "find the other camera: v4l2-ctl --list-devices");
		}
	}
}

static void extra(struct matching *m)
{
	for (unsigned i = 0; i < m->n; i++) {
		if (!m->given[i].used && !m->given[i].depth)
			audit_add(m->a, "inputs", LEVEL_NOTE, m->given[i].camera->role,
				  "the policy does not look at camera %s",
				  m->given[i].camera->role);
	}
}

/* The policy was trained with this exchange. */
static bool renamed_so(const struct checkpoint *c, const char *from, const char *to)
{
	for (size_t i = 0; i < c->nrenames; i++) {
		if (strcmp(c->rename[i].from, from) == 0 && strcmp(c->rename[i].to, to) == 0)
			return true;
	}
	return false;
}

/* A camera that bears the name of one of the policy's inputs, and is given to it as another. */
static void crossed(struct matching *m)
{
	const struct checkpoint *c = m->f->checkpoint;
	char own[FEATURE_KEY_BYTES];
	struct audit_finding *found;

	for (unsigned i = 0; i < m->n; i++) {
		const struct given *g = &m->given[i];
		const char *role = g->camera->role;

		snprintf(own, sizeof(own), "%s%s", above(c), role);
		if (g->depth || !strcmp(own, g->key) || !checkpoint_input(c, own) ||
		    !checkpoint_input(c, g->key) || renamed_so(c, own, g->key))
			continue;
		found = audit_add(m->a, "inputs", LEVEL_WARN, role,
				  "the policy has a camera %s, and gets the rig's %s as its %s",
				  role, role, short_key(c, g->key));
		audit_do(found, "exchanged? Without the map each camera keeps its name");
		return;
	}
}

static unsigned match(struct matching *m)
{
	const struct checkpoint *c = m->f->checkpoint;
	unsigned wanted = 0;

	for (size_t i = 0; i < c->ninputs; i++) {
		struct given *g = find_given(m, c->input[i].key);

		if (c->input[i].type == POLICY_VISUAL && g)
			g->used = true;
	}
	for (size_t i = 0; i < c->ninputs; i++) {
		const struct policy_feature *f = &c->input[i];
		struct given *g = find_given(m, f->key);

		if (f->type != POLICY_VISUAL || strstr(f->key, "empty_camera"))
			continue;
		wanted++;
		if (!g) {
			missing(m, f);
			continue;
		}
		shape(m, g, f);
		rate(m, g->camera);
	}
	return wanted;
}

void fit_cameras(struct audit *a, const struct fit *f)
{
	struct matching m = {.a = a, .f = f};
	size_t before = a->n;
	unsigned wanted;
	enum level worst = LEVEL_UNKNOWN;

	if (f->checkpoint->form != CHECKPOINT_OPENPI && f->checkpoint->ninputs &&
	    !checkpoint_feature(f->checkpoint, POLICY_VISUAL)) {
		audit_add(a, "inputs", LEVEL_OK, "cameras", "the policy takes no picture");
		return;
	}
	if (!f->cameras_known || f->checkpoint->form == CHECKPOINT_OPENPI) {
		audit_add(a, "inputs", LEVEL_UNKNOWN, "cameras",
			  f->cameras_known ? "openpi's files do not name its cameras"
					   : "the rig's cameras are not known");
		return;
	}
	for (unsigned i = 0; i < f->cameras; i++) {
		give(&m, &f->camera[i], false);
		if (f->camera[i].depth)
			give(&m, &f->camera[i], true);
	}
	wanted = match(&m);
	twice(&m);
	crossed(&m);
	extra(&m);
	for (size_t i = before; i < a->n; i++)
		worst = a->finding[i].level > worst ? a->finding[i].level : worst;
	if (worst < LEVEL_WARN)
		audit_add(a, "inputs", LEVEL_OK, "cameras",
			  "all %u cameras of the policy are there", wanted);
}
