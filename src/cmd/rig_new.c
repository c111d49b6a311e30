/* SPDX-License-Identifier: Apache-2.0 */
#include "cmd/rig_new.h"

#include <errno.h>
#include <glob.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/text.h"
#include "cmd/run.h"
#include "db/profiles.h"
#include "db/reader.h"
#include "robot/robot.h"
#include "training/hub.h"

enum { OFFERS_MAX = 32 };

struct offers {
	unsigned n;
	char word[OFFERS_MAX][RIG_WORD_BYTES];
};

static void offer(struct offers *o, const char *word)
{
	for (unsigned i = 0; i < o->n; i++) {
		if (strcmp(o->word[i], word) == 0)
			return;
	}
	if (o->n < OFFERS_MAX)
		text_clean(o->word[o->n++], RIG_WORD_BYTES, word, strlen(word));
}

static void offer_glob(struct offers *o, const char *pattern)
{
	glob_t g;

	if (glob(pattern, 0, NULL, &g) == 0) {
		for (size_t i = 0; i < g.gl_pathc; i++)
			offer(o, g.gl_pathv[i]);
	}
	globfree(&g);
}

static void offer_below(struct offers *o, const char *folder, const char *rest)
{
	struct buf b = {0};

	buf_printf(&b, "%s/%s", folder, rest);
	offer_glob(o, b.p);
	buf_fini(&b);
}

/* -EINVAL with e: there is no more input. word: "" nothing was said, and nothing is offered. */
static int ask(const char *what, const struct offers *o, char *word, size_t size, struct err *e)
{
	char line[RIG_WORD_BYTES], *end;
	long n;

	fprintf(stderr, "%s\n", what);
	for (unsigned i = 0; i < o->n; i++)
		fprintf(stderr, "  %u  %s\n", i + 1, o->word[i]);
	fputs(o->n ? "[1] " : "> ", stderr);
	fflush(stderr);
	if (!fgets(line, sizeof(line), stdin))
		return err_set(e, EINVAL, "rig new: the answers ended before the last question");
	line[strcspn(line, "\r\n")] = '\0';
	n = strtol(line, &end, 10);
	if (!line[0])
		text_copy(word, size, o->n ? o->word[0] : "");
	else if (!*end && n >= 1 && n <= (long)o->n)
		text_copy(word, size, o->word[n - 1]);
	else if (strcmp(line, "-") == 0)
		word[0] = '\0';
	else
		text_clean(word, size, line, strlen(line));
	return 0;
}

static int ask_robot(struct rig *r, const char *dev, struct err *e)
{
	struct offers types = {0}, ports = {0}, files = {0};
	char *home = hub_folder_dup("HF_LEROBOT_HOME", "lerobot"), *slash;
	int rc;

	for (size_t i = 0; robot_table[i]; i++)
		offer(&types, robot_table[i]->matches[0]);
	rc = ask("Which robot? (- for another one, or its LeRobot type)", &types, r->robot_type,
		 sizeof(r->robot_type), e);
	offer_below(&ports, dev, "serial/by-id/*");
	if (!ports.n) {
		offer_below(&ports, dev, "ttyACM*");
		offer_below(&ports, dev, "ttyUSB*");
	}
	if (!rc)
		rc = ask("On which serial line or CAN bus? (- none)", &ports, r->robot_port,
			 sizeof(r->robot_port), e);
	offer_below(&files, home, "calibration/robots/*/*.json");
	if (!rc)
		rc = ask("Its calibration? (- none)", &files, r->robot_calibration,
			 sizeof(r->robot_calibration), e);
	slash = strrchr(r->robot_calibration, '/');
	if (slash && text_ends(slash, ".json"))
		snprintf(r->robot_id, sizeof(r->robot_id), "%.*s", (int)strlen(slash + 1) - 5,
			 slash + 1);
	free(home);
	return rc;
}

/* The devices that give pictures: index0, the others of a camera are its metadata. */
static int ask_cameras(struct rig *r, const char *dev, struct err *e)
{
	struct offers found = {0};
	char what[RIG_WORD_BYTES + 96];
	int rc = 0;

	offer_below(&found, dev, "v4l/by-id/*-video-index0");
	if (!found.n)
		offer_below(&found, dev, "video*");
	for (unsigned i = 0; !rc && i < found.n; i++) {
		struct offers none = {0};
		struct rig_camera *c;
		char role[NAME_BYTES];

		snprintf(
			what, sizeof(what),
			"Camera %s: its name for the robot, as front or wrist? (nothing: not used)",
			found.word[i]);
		rc = ask(what, &none, role, sizeof(role), e);
		c = rc || !role[0] ? NULL : rig_camera_of(r, role);
		if (c) {
			text_copy(c->device, sizeof(c->device), found.word[i]);
			text_copy(c->type, sizeof(c->type), "opencv");
		}
	}
	return rc;
}

/* What a checkpoint or a profile says need not be asked. */
static void offer_tasks(struct offers *o, const struct rig *r, const char *db)
{
	struct err none = {0};
	struct profile *p = r->profile[0] ? profiles_load(db, r->profile, &none) : NULL;

	for (size_t i = 0; p && i < p->ntasks; i++) {
		if (p->tasks[i].task[0])
			offer(o, p->tasks[i].task);
	}
	profile_free(p);
}

static int profile_row(void *ctx, int n, const struct value *v, struct err *e)
{
	(void)e;
	if (n == 1 && v->type == VALUE_TEXT)
		offer(ctx, v->text);
	return 0;
}

static void offer_profiles(struct offers *o, const char *path)
{
	const struct query q = {.sql = "SELECT profile FROM profiles ORDER BY learned_utc DESC"};
	const struct rows rows = {.ctx = o, .row = profile_row};
	struct err none = {0};
	struct db *db = access(path, R_OK) == 0 ? db_open(path, DB_READ, &none) : NULL;

	if (db)
		db_query(db, &q, &rows, &none);
	db_close(db);
}

static int ask_policy(struct rig *r, const char *db, struct err *e)
{
	struct offers checkpoints = {0}, profiles = {0}, tasks = {0};
	int rc;

	offer_glob(&checkpoints, "outputs/train/*/checkpoints/last/pretrained_model");
	rc = ask("Which policy: a folder or a repo id? (- none)", &checkpoints, r->policy,
		 sizeof(r->policy), e);
	offer_profiles(&profiles, db);
	if (!rc)
		rc = ask("Which training profile? (- none; policytop learn makes them)", &profiles,
			 r->profile, sizeof(r->profile), e);
	offer_tasks(&tasks, r, db);
	if (!rc)
		rc = ask("The task, word for word as in training? (- none)", &tasks, r->task,
			 sizeof(r->task), e);
	return rc;
}

int rig_ask(struct rig *r, const char *dev, const char *db, struct err *e)
{
	int rc = ask_robot(r, dev, e);

	if (!rc)
		rc = ask_cameras(r, dev, e);
	return rc ? rc : ask_policy(r, db, e);
}
