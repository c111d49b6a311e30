/* SPDX-License-Identifier: Apache-2.0 */
/* From a rig to its inspection, and what is kept of it. */
#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "base/clock.h"
#include "db/preflights.h"
#include "db/profiles.h"
#include "preflight/inspect.h"

/* How long sources are listened to: cameras need a second to expose. */
static const int64_t PATIENCE_NS = 1800 * NS_PER_MS;

/* And as long again as a camera needs to be recognised. */
static const int64_t LOOK_NS = 1500 * NS_PER_MS;

/* A profile that was learned from the data set of the policy's training bears its name. */
static const char *profile_name(const struct inspect *l)
{
	const char *slash;

	if (l->rig->profile[0] || !l->policy)
		return l->rig->profile;
	slash = strrchr(l->policy->dataset, '/');
	return slash ? slash + 1 : l->policy->dataset;
}

void inspect_training(struct inspect *l, const char *policy)
{
	const char *profile;

	if (!policy && l->rig && l->rig->policy[0])
		policy = l->rig->policy;
	if (policy)
		l->policy = checkpoint_open(policy, &l->policy_e);
	if (!l->rig)
		return;
	profile = profile_name(l);
	if (profile[0])
		l->profile = profiles_load(l->db, profile, &l->profile_e);
	else
		err_set(&l->profile_e, ENOENT, "the rig names none");
}

void inspect_now(struct inspect *l)
{
	if (l->rig && l->rig->cameras && !l->live.look)
		l->live.look = inspect_look_new(l->profile);
	if (l->rig)
		inspect_live(&l->live, l->rig, l->rig_name,
			     PATIENCE_NS + (l->live.look ? LOOK_NS : 0));
	inspect_all(l);
}

int inspect_keep(const struct inspect *l, bool before_run, struct err *e)
{
	struct db *db = l->rig ? db_open(l->db, DB_WRITE, e) : NULL;
	int rc;

	if (!l->rig)
		return 0;
	if (!db)
		return -e->code;
	rc = db_preflight_put(db, l->rig_name, clock_wall_ns(), before_run, l->item, l->n, e);
	db_close(db);
	return rc;
}

static void take_waiver(void *host, const char *code, const char *subject, const char *reason)
{
	char text[CODE_BYTES + NAME_BYTES + MESSAGE_BYTES];
	struct err none = {0};

	snprintf(text, sizeof(text), "%s%s%s=%s", code, subject[0] ? ":" : "", subject,
		 reason[0] ? reason : "waived");
	inspect_waive(host, text, &none);
}

/* What the operator waived in the look before this run holds for it, and for no other. */
static void take_waivers(struct inspect *l)
{
	struct err none = {0};
	struct db *db = db_open(l->db, DB_READ, &none);

	if (db)
		db_preflight_waived(db, l->rig_name, clock_wall_ns(), take_waiver, l, &none);
	db_close(db);
}

enum preflight_verdict inspect_before(const char *name, const struct rig *rig, const char *db,
				      FILE *out)
{
	struct inspect l = {.rig_name = name, .rig = rig, .db = db, .hours = NAN};
	enum preflight_verdict verdict;
	struct err none = {0};

	inspect_training(&l, NULL);
	take_waivers(&l);
	inspect_now(&l);
	inspect_keep(&l, true, &none);
	verdict = preflight_judge(l.item, l.n, NULL);
	for (size_t k = 0; k < l.n && verdict != PREFLIGHT_GO; k++) {
		const struct preflight_item *i = &l.item[k];

		if (!i->waived &&
		    (i->level == LEVEL_FAIL || (i->level == LEVEL_UNKNOWN && i->required)))
			fprintf(out, "policytop: preflight %s%s%s: %s%s%s\n", i->code,
				i->subject[0] ? " " : "", i->subject, i->message,
				i->advice[0] ? "; " : "", i->advice);
	}
	inspect_fini(&l);
	return verdict;
}
