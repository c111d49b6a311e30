/* SPDX-License-Identifier: Apache-2.0 */
/* What can be judged before anything is connected: training set, checkpoint, prompt. */
#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "audit/files.h"
#include "audit/fit.h"
#include "audit/norm.h"
#include "base/text.h"
#include "check/words.h"
#include "preflight/inspect.h"
#include "preflight/rig_audit.h"
#include "preflight/set_audit.h"

static void without_set(struct inspect *l, const struct err *e)
{
	inspect_do(inspect_add(l, "set-files", "", LEVEL_FAIL, "%s", e->msg), "%s",
		   e->code == ENOENT || e->code == ENOTDIR ? "name a folder with meta/info.json"
							   : "copy the whole set again");
}

/* What no file of this form could say is not required of it. */
static void as_far_as_files_go(struct inspect *l, size_t from)
{
	for (size_t i = from; i < l->n && l->audits; i++)
		l->item[i].required &= l->item[i].level != LEVEL_UNKNOWN;
}

/* The cameras of a training set, as a rig's. */
static void fit_cameras_of(struct fit *f, const struct profile *p)
{
	f->cameras_known = true;
	for (size_t i = 0; i < p->ncameras && f->cameras < FIT_CAMERAS_MAX; i++) {
		const struct profile_camera *c = &p->cameras[i];
		struct fit_camera *to = &f->camera[f->cameras++];

		*to = (struct fit_camera){.width = c->width,
					  .height = c->height,
					  .fps = c->fps,
					  .only_depth = c->channels == 1};
		text_copy(to->role, sizeof(to->role), c->name);
	}
}

/*
 * A policy against the set that it is to have learned from. GR00T's names of cameras are those of
 * modality.json, which is not read.
 */
static void fit(struct inspect *l, const struct profile *p, bool same)
{
	struct audit a = {.n = 0};
	size_t before = l->n;
	struct fit f;

	fit_init(&f, l->policy);
	f.profile = p;
	f.same_data = same;
	f.fps = p->fps;
	if (l->policy->form != CHECKPOINT_GROOT_N15 && l->policy->form != CHECKPOINT_GROOT_N16)
		fit_cameras_of(&f, p);
	audit_fit(&a, &f);
	inspect_take(l, &a);
	audit_fini(&a);
	as_far_as_files_go(l, before);
}

/* As trained to the last figure, not only near. */
static bool as_trained(const struct audit *a, const char *vector)
{
	const struct audit_finding *f = audit_find(a, "norm", vector);

	return f && f->level == LEVEL_OK && f->value < 2e-3;
}

static void norm(struct inspect *l, const struct episodes *e, const struct profile *p)
{
	struct norm_evidence ev = {.e = e, .profile = p};
	struct audit a = {.n = 0};
	struct preflight_item *i;
	bool same;

	if (!l->policy)
		return;
	if (!e && !p) {
		i = inspect_add(l, "norm", "", LEVEL_UNKNOWN,
				"no training data is on file: learn it, or --dataset");
		i->required &= l->rig != NULL; /* else nobody asked for it */
		return;
	}
	ev.name = p ? p->name : "";
	audit_norm(&a, l->policy, &ev);
	same = as_trained(&a, "state") && as_trained(&a, "action");
	if (p)
		audit_norm_images(&a, l->policy, p);
	inspect_take(l, &a);
	audit_fini(&a);
	if (e && p)
		fit(l, p, same);
}

void inspect_dataset(struct inspect *l)
{
	struct audit a = {.n = 0};
	struct read_set set = {0};
	struct err e = {0};

	if (!l->dataset)
		return;
	if (set_read(&set, l->dataset, &e) == 0) {
		set_audit(&a, &set);
		inspect_take(l, &a);
		norm(l, &set.e, set.profile);
	} else {
		without_set(l, &e);
	}
	audit_fini(&a);
	set_read_fini(&set);
}

/* The arm's state through the checkpoint's own formula: needs neither profile nor data. */
void inspect_live_norm(struct inspect *l)
{
	const struct policy_feature *in = l->policy ? checkpoint_feature(l->policy, POLICY_STATE)
						    : NULL;
	struct joint joint[MAX_JOINTS];
	double state[MAX_JOINTS];
	unsigned n = in ? in->width : 0;
	struct audit a = {.n = 0};

	if (!l->policy)
		return;
	if (!n || n > MAX_JOINTS || l->live.joints != n) {
		inspect_add(l, "live-norm", "", LEVEL_UNKNOWN,
			    n ? "%u joints are seen, the policy takes %u"
			      : "where the arm is, or what the policy takes, is not known",
			    l->live.joints, n);
		return;
	}
	for (unsigned i = 0; i < n; i++) {
		joint[i] = l->live.joint[i].joint;
		state[i] = l->live.joint[i].value;
		if (l->live.joint[i].at_ns == TIME_UNKNOWN ||
		    (double)(l->live.now_ns - l->live.joint[i].at_ns) / 1e9 >
			    l->rig->tolerances.age_s)
			state[i] = NAN; /* that is where it was */
	}
	audit_norm_live(&a, l->policy, state, n, joint);
	inspect_take(l, &a);
	audit_fini(&a);
}

void inspect_policy(struct inspect *l)
{
	struct audit a = {.n = 0};
	size_t before = l->n;

	if (l->rig) {
		rig_audit(&a, l->rig_name, l->rig, NULL, l->db);
	} else if (l->policy) {
		audit_files(&a, l->policy);
	} else if (l->policy_e.code) {
		audit_do(audit_add(&a, "checkpoint", LEVEL_FAIL, "", "%s", l->policy_e.msg),
			 "copy the whole folder of the checkpoint again");
	}
	inspect_take(l, &a);
	audit_fini(&a);
	as_far_as_files_go(l, before);
	if (!l->dataset)
		norm(l, NULL, l->profile);
}

/* The training task with the fewest other words. */
static const char *nearest(const struct profile *p, const char *task)
{
	const char *best = NULL;
	unsigned least = ~0u;

	for (size_t i = 0; i < p->ntasks; i++) {
		unsigned d = words_apart(task, p->tasks[i].task);

		if (p->tasks[i].task[0] && d < least) {
			least = d;
			best = p->tasks[i].task;
		}
	}
	return best;
}

static bool is_task(const struct profile *p, const char *task)
{
	for (size_t i = 0; i < p->ntasks; i++) {
		if (strcmp(p->tasks[i].task, task) == 0)
			return true;
	}
	return false;
}

static void other_prompt(struct inspect *l, const char *task, const char *best)
{
	char folded[2][TASK_BYTES], words[MESSAGE_BYTES];

	words_fold(folded[0], TASK_BYTES, task);
	words_fold(folded[1], TASK_BYTES, best);
	words_difference(words, sizeof(words), task, best);
	if (words_split(task))
		snprintf(words, sizeof(words), "it is split into characters");
	else if (!strcmp(folded[0], folded[1]))
		snprintf(words, sizeof(words), "only case, punctuation or spaces differ");
	inspect_do(inspect_add(l, "prompt", "", LEVEL_FAIL, "'%.60s' was not trained: %s", task,
			       words),
		   "say '%.120s'", best);
}

void inspect_prompt(struct inspect *l)
{
	const char *task = l->rig->task, *best;

	if (l->policy && l->policy->language == 0) {
		inspect_add(l, "prompt", "", LEVEL_OK, "the policy takes no prompt");
		return;
	}
	if (!l->profile) {
		inspect_add(l, "prompt", "", LEVEL_UNKNOWN, "no training profile: %s",
			    l->profile_e.msg);
		return;
	}
	best = nearest(l->profile, task);
	if (!best)
		inspect_add(l, "prompt", "", LEVEL_UNKNOWN, "training had no task to compare with");
	else if (!task[0])
		inspect_do(inspect_add(l, "prompt", "", LEVEL_UNKNOWN, "the rig names no task"),
			   "set task to one of training: '%.100s'", best);
	else if (is_task(l->profile, task))
		inspect_add(l, "prompt", "", LEVEL_OK, "'%.100s' is a training task", task);
	else
		other_prompt(l, task, best);
}
