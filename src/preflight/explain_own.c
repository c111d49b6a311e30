/* SPDX-License-Identifier: Apache-2.0 */
#include "preflight/explain_own.h"

#include <errno.h>
#include <math.h>
#include <stdlib.h>

#include "base/mem.h"
#include "rig/rig_file.h"

static void from_checkpoint(struct explain_stats *to, const struct norm_stats *s, unsigned n)
{
	for (unsigned j = 0; j < n; j++) {
		to->q01[j] = s->v[STAT_Q01] ? s->v[STAT_Q01][j] : (double)NAN;
		to->q99[j] = s->v[STAT_Q99] ? s->v[STAT_Q99][j] : (double)NAN;
	}
	to->f.n = n;
}

int explain_own_open(struct explain_own *o, const struct profile *p, const char *policy,
		     struct err *e)
{
	const struct norm_stats *s;
	struct figures f;

	*o = (struct explain_own){.policy = NULL};
	explain_stats_of(&o->stats, p);
	if (!policy)
		return 0;
	o->policy = checkpoint_open(policy, e);
	if (!o->policy)
		return -e->code;
	s = checkpoint_stats(o->policy, CHECKPOINT_ACTION, true);
	if (!figures_of_stats(&f, s) || f.n < p->action.joints)
		return err_set(e, EBADMSG,
			       "%s: no statistics for the %u action joints of profile %s", policy,
			       p->action.joints, p->name);
	o->stats.f = f;
	from_checkpoint(&o->stats, s, p->action.joints);
	o->stats.mode = checkpoint_mode(o->policy, CHECKPOINT_ACTION);
	o->delta = o->policy->space == SPACE_RELATIVE;
	return 0;
}

void explain_own_fini(struct explain_own *o)
{
	checkpoint_free(o->policy);
	o->policy = NULL;
}

char *explain_rig_policy_dup(const char *rig)
{
	struct rig_errors *errors = xcalloc(1, sizeof(*errors));
	struct rig *r = xcalloc(1, sizeof(*r));
	char *policy = NULL;
	struct err e = {0};

	if (rig_file_load(r, errors, rig, &e) == 0 && r->policy[0])
		policy = xstrdup(r->policy);
	free(errors);
	free(r);
	return policy;
}
