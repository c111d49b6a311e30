/* SPDX-License-Identifier: Apache-2.0 */
#include "preflight/rig_audit.h"

#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "audit/files.h"
#include "audit/fit.h"
#include "base/mem.h"
#include "base/text.h"
#include "db/profiles.h"
#include "preflight/rig_history.h"

static unsigned whole(double v)
{
	return v >= 1 && v <= 1e6 ? (unsigned)v : 0;
}

static void fit_camera(struct fit *f, const struct rig_camera *c)
{
	struct fit_camera *to;

	if (f->cameras == FIT_CAMERAS_MAX)
		return;
	to = &f->camera[f->cameras++];
	*to = (struct fit_camera){.width = whole(c->width),
				  .height = whole(c->height),
				  .fps = c->fps > 0 ? c->fps : 0,
				  .depth = c->depth};
	text_copy(to->role, sizeof(to->role), c->role);
	text_copy(to->device, sizeof(to->device), c->device[0] ? c->device : c->serial);
	text_copy(to->key, sizeof(to->key), c->policy_key);
}

static void fit_plan(struct fit *f, const struct plan *p)
{
	const char *inference = plan_value(p, "inference");
	double asked;

	f->rtc_known = p->family && strcmp(p->family->name, "lerobot-rollout") == 0;
	f->rtc = strcmp(inference, "rtc") == 0;
	if (text_to_double(plan_value(p, "actions_per_chunk"), &asked))
		f->actions_per_chunk = whole(asked);
}

static struct profile *profile_of(const struct rig *r, const char *db)
{
	struct err none = {0};

	return r->profile[0] && db && access(db, R_OK) == 0 ? profiles_load(db, r->profile, &none)
							    : NULL;
}

static void audit_policy(struct audit *a, const struct rig *r, const struct plan *plan,
			 const struct checkpoint *c, const struct profile *profile,
			 double latency_s)
{
	struct fit f;

	fit_init(&f, c);
	f.profile = profile;
	f.robot = r->robot_type;
	f.latency_s = latency_s;
	f.cameras_known = r->cameras > 0;
	for (unsigned i = 0; i < r->cameras; i++)
		fit_camera(&f, &r->camera[i]);
	/* LeRobot puts the command's map, empty without an option, in the place of the policy's. */
	f.renames_known = true;
	f.n_action_steps = whole(r->n_action_steps);
	f.fps = r->fps > 0 ? r->fps : profile ? profile->fps : 0;
	if (plan)
		fit_plan(&f, plan);
	audit_files(a, c);
	audit_fit(a, &f);
}

void rig_audit(struct audit *a, const char *name, const struct rig *r, const struct plan *plan,
	       const char *db)
{
	struct err e = {0};
	struct checkpoint *c = r->policy[0] ? checkpoint_open(r->policy, &e) : NULL;
	struct profile *profile;
	struct audit_finding *f;

	if (!c && (!r->policy[0] || e.code == ENOENT)) {
		/* A repo id may come from the Hub, and openpi's policy is on its server. */
		audit_add(a, "checkpoint", LEVEL_UNKNOWN, "", "%s",
			  r->policy[0] ? e.msg : "the policy's files are not named");
		return;
	}
	if (!c) {
		f = audit_add(a, "checkpoint", LEVEL_FAIL, "", "%s", e.msg);
		audit_do(f, "copy the whole folder of the checkpoint again");
		return;
	}
	profile = profile_of(r, db);
	audit_policy(a, r, plan, c, profile, db ? rig_latency_s(db, name) : NAN);
	profile_free(profile);
	checkpoint_free(c);
}

static bool is_path(const char *s)
{
	return s[0] == '/' || text_starts(s, "./") || text_starts(s, "../");
}

static void must_be_there(struct audit *a, const char *subject, const char *path, bool device)
{
	struct audit_finding *f;

	if (!is_path(path) || access(path, F_OK) == 0)
		return;
	f = audit_add(a, "paths", LEVEL_FAIL, subject, "%s %s: %s", subject, path, strerror(errno));
	if (device)
		audit_do(f, "plug in what is %s, or edit the rig", path);
	else
		audit_do(f, "put %s there, or edit the rig", path);
}

void rig_audit_paths(struct audit *a, const struct rig *r)
{
	must_be_there(a, "robot.port", r->robot_port, true);
	must_be_there(a, "robot.left_port", r->robot_left_port, true);
	must_be_there(a, "robot.right_port", r->robot_right_port, true);
	must_be_there(a, "robot.calibration", r->robot_calibration, false);
	must_be_there(a, "policy", r->policy, false);
	for (unsigned i = 0; i < r->cameras; i++)
		must_be_there(a, r->camera[i].role, r->camera[i].device, true);
	if (audit_level(a, "paths") == LEVEL_UNKNOWN)
		audit_add(a, "paths", LEVEL_OK, "", "each path of the rig leads somewhere");
}

void rig_audit_print(FILE *out, const struct audit *a)
{
	static const char *const marks[] = {"??", "ok", "--", "!!", "XX"};

	for (size_t i = 0; i < a->n; i++) {
		const struct audit_finding *f = &a->finding[i];

		fprintf(out, " %s  %-13s %s%s%s\n", marks[f->level], f->code->code, f->text,
			f->todo[0] ? "; " : "", f->todo);
	}
}
