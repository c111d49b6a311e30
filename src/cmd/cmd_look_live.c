/* SPDX-License-Identifier: Apache-2.0 */
/* `policytop look DEV` and `--all`: the live cameras beside what training saw. */
#include <errno.h>
#include <langinfo.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/mem.h"
#include "base/text.h"
#include "cmd/cmd.h"
#include "cmd/look_live.h"
#include "cmd/look_text.h"
#include "cmd/picture_file.h"
#include "db/profiles.h"
#include "preflight/ask.h"
#include "rig/rig_file.h"

/* What a camera may need to wake up, settle and show enough. */
static const int64_t patience_ns = 8 * NS_PER_S;

enum { COLUMNS = 80 };

struct live_job {
	struct app *app;
	struct rig *rig; /* NULL: none was named */
	struct profile *profile;
	struct look_live look;
};

static int read_rig(struct live_job *j, struct err *e)
{
	const char *name = opts_text(&j->app->opts, "rig");
	struct rig_errors errors;

	if (!name)
		return 0;
	j->rig = xcalloc(1, sizeof(*j->rig));
	return rig_file_load(j->rig, &errors, name, e);
}

static int read_profile(struct live_job *j, struct err *e)
{
	const char *name = opts_text(&j->app->opts, "profile");
	char *db;

	if (!name && j->rig && j->rig->profile[0])
		name = j->rig->profile;
	if (!name)
		return 0;
	db = cmd_db_dup(j->app);
	j->profile = profiles_load(db, name, e);
	free(db);
	return j->profile ? 0 : -e->code;
}

/* The rig's camera at the place that a person names; NULL: none, or no rig. */
static const struct rig_camera *camera_at(const struct rig *rig, const char *word)
{
	struct camera_place asked, has;

	if (!rig || camera_resolve(&asked, "", word, NULL))
		return NULL;
	for (unsigned i = 0; i < rig->cameras; i++) {
		const struct rig_camera *c = &rig->camera[i];

		if (strcmp(c->device, word) == 0 || strcmp(c->role, word) == 0 ||
		    (c->device[0] && asked.number >= 0 &&
		     camera_resolve(&has, "", c->device, NULL) == 0 && has.number == asked.number))
			return c;
	}
	return NULL;
}

static int add_one(struct live_job *j, const char *word, struct err *e)
{
	const struct rig_camera *c = camera_at(j->rig, word);
	const char *name = opts_text(&j->app->opts, "name");

	if (c)
		return look_live_add(&j->look, c->device, name ? name : c->role, e);
	return look_live_add(&j->look, word, name ? name : "", e);
}

/* Of a rig those that it names; without one every camera of the computer. */
static int add_all(struct live_job *j, struct err *e)
{
	int rc = 0;

	if (!j->rig) {
		rc = look_live_add_all(&j->look, e);
		return rc ? rc : err_set(e, ENODEV, "there is no camera");
	}
	for (unsigned i = 0; i < j->rig->cameras && !rc; i++) {
		const struct rig_camera *c = &j->rig->camera[i];

		if (c->device[0] && strcmp(c->type, "intelrealsense") != 0)
			rc = look_live_add(&j->look, c->device, c->role, e);
	}
	if (!rc && !j->look.eyes)
		rc = err_set(e, ENODEV, "the rig names no camera with a device");
	return rc;
}

static int prepare(struct live_job *j, struct err *e)
{
	bool all = opts_has(&j->app->opts, "all");
	int rc;

	if (all == (j->app->argc == 1) || j->app->argc > 1)
		return err_set(e, EINVAL,
			       "look at what? One DEV, or --all, or --dataset DIR for recordings");
	if (all && opts_has(&j->app->opts, "name"))
		return err_set(e, EINVAL, "--name is of one camera, not of all");
	rc = read_rig(j, e);
	if (!rc)
		rc = read_profile(j, e);
	if (rc)
		return rc;
	look_live_init(&j->look, j->profile, &camera_kernel, "");
	rc = all ? add_all(j, e) : add_one(j, j->app->argv[0], e);
	return rc < 0 ? rc : 0;
}

static enum look_depth depth(void)
{
	const char *colour = getenv("COLORTERM"), *term = getenv("TERM"), *no = getenv("NO_COLOR");

	if (!isatty(STDOUT_FILENO) || (no && no[0]) || strcmp(nl_langinfo(CODESET), "UTF-8") != 0)
		return LOOK_LETTERS;
	if (colour && (strcmp(colour, "truecolor") == 0 || strcmp(colour, "24bit") == 0))
		return LOOK_TRUE;
	return (term && strstr(term, "256")) || colour ? LOOK_PALETTE : LOOK_LETTERS;
}

static int columns(void)
{
	struct winsize ws;

	return ioctl(STDOUT_FILENO, TIOCGWINSZ, &ws) == 0 && ws.ws_col >= 20 ? ws.ws_col : COLUMNS;
}

/* As the camera gives it, where it is ours for a moment; else the thumbnail that was looked at. */
static void save_one(const struct look_live *l, const struct look_eye *y, const char *dir)
{
	struct viewer_image image = {.rig = "", .camera = y->name};
	struct ask_picture full = {.rgb = NULL};
	char said[512];
	struct err e = {0};

	image.live = look_picture(y);
	image.trained = look_trained(y);
	if (y->state == LOOK_SEEN && !ask_camera(&full, l->sys, l->root, y->eye.cfg.word, &e))
		image.live = (struct pixels){full.width, full.height, full.rgb};
	else if (y->state == LOOK_SEEN)
		fprintf(stderr, "policytop: %s: a small picture only: %s\n", y->name, e.msg);
	if (picture_file_save(dir, &image, said, sizeof(said), &e))
		fprintf(stderr, "policytop: %s\n", e.msg);
	else
		fprintf(stderr, "%s\n", said);
	free(full.rgb);
}

static void save_all(const struct live_job *j, const char *dir)
{
	for (unsigned i = 0; i < j->look.eyes; i++)
		save_one(&j->look, j->look.eye[i], dir);
}

static int report(const struct live_job *j)
{
	const char *png = opts_text(&j->app->opts, "png");
	struct buf b = {0};
	enum level worst;
	bool unseen;

	if (opts_has(&j->app->opts, "json"))
		look_json(&b, &j->look);
	else
		look_text(&b, &j->look, depth(), columns());
	fputs(buf_text(&b), stdout);
	buf_fini(&b);
	if (png)
		save_all(j, png);
	worst = look_live_level(&j->look, &unseen);
	if (worst >= LEVEL_WARN)
		return worst == LEVEL_FAIL ? EXIT_FAIL : EXIT_WARN;
	return unseen ? EXIT_UNSEEN : EXIT_OK;
}

int cmd_look_live(struct app *app)
{
	struct live_job *j = xcalloc(1, sizeof(*j));
	struct err e = {0};
	int status;

	j->app = app;
	if (prepare(j, &e)) {
		status = cmd_fail(&e);
	} else {
		look_live_run(&j->look, patience_ns);
		status = report(j);
	}
	look_live_fini(&j->look);
	if (j->profile)
		profile_free(j->profile);
	free(j->rig);
	free(j);
	return status;
}
