/* SPDX-License-Identifier: Apache-2.0 */
#include "preflight/explain_read.h"

#include <errno.h>
#include <inttypes.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/text.h"
#include "db/profiles.h"
#include "db/run_find.h"

enum { PARAMS = 3 };

static void name_params(struct param p[PARAMS], int64_t run, int64_t episode)
{
	p[0] = (struct param){":run", {.type = VALUE_INT, .i = run}};
	p[1] = (struct param){":episode", {.type = VALUE_INT, .i = episode}};
	p[2] = (struct param){0};
}

static int ask(struct db *db, const char *sql, int64_t run, int64_t episode, void *ctx,
	       int (*row)(void *, int, const struct value *, struct err *), struct err *e)
{
	struct param params[PARAMS];
	const struct query q = {.sql = sql, .params = params};
	const struct rows rows = {.ctx = ctx, .row = row};

	name_params(params, run, episode);
	return db_query(db, &q, &rows, e);
}

static double number(const struct value *v)
{
	return v->type == VALUE_REAL ? v->r : v->type == VALUE_INT ? (double)v->i : (double)NAN;
}

static int take_name(void *ctx, int n, const struct value *v, struct err *e)
{
	(void)n;
	(void)e;
	if (v[0].type == VALUE_TEXT)
		text_copy(ctx, NAME_BYTES, v[0].text);
	return 0;
}

int explain_parse(struct db *db, const char *word, int64_t *run, int64_t *episode, struct err *e)
{
	char name[32] = "last";
	const char *hash = word ? strchr(word, '#') : NULL;
	size_t len = hash ? (size_t)(hash - word) : word ? strlen(word) : 0;

	*episode = -1;
	if (len >= sizeof(name))
		return err_set(e, EINVAL, "explain: '%s' is no run number", word);
	if (word)
		text_copy(name, len + 1, word);
	if (hash && (!text_to_i64(hash + 1, episode) || *episode < 0))
		return err_set(e, EINVAL, "explain: '%s' is no episode number", hash + 1);
	return run_find(db, "explain", name, run, e);
}

int explain_profile_name(struct db *db, int64_t run, char name[NAME_BYTES], struct err *e)
{
	name[0] = '\0';
	return ask(db, "SELECT profile FROM runs WHERE run = :run", run, 0, name, take_name, e);
}

int explain_rig_name(struct db *db, int64_t run, char name[NAME_BYTES], struct err *e)
{
	name[0] = '\0';
	return ask(db, "SELECT rig FROM runs WHERE run = :run", run, 0, name, take_name, e);
}

struct numbers {
	int64_t *v;
	int n;
};

static int add_number(void *ctx, int n, const struct value *v, struct err *e)
{
	struct numbers *to = ctx;

	(void)n;
	(void)e;
	if (to->n < EXPLAIN_EPISODES_MAX)
		to->v[to->n++] = v[0].i;
	return 0;
}

int explain_episodes(struct db *db, int64_t run, int64_t episode, int64_t *out, struct err *e)
{
	struct numbers to = {.v = out};
	int rc = ask(db,
		     "SELECT episode FROM episodes WHERE run = :run AND steps > 0 AND "
		     "(:episode < 0 OR episode = :episode) ORDER BY episode",
		     run, episode, &to, add_number, e);

	if (!rc && !to.n && episode >= 0)
		return err_set(e, ENOENT, "explain: run %" PRId64 " has no episode %" PRId64, run,
			       episode);
	return rc ? rc : to.n;
}

/* Rows of (position, joint, unit, value), put where the profile has the joint. */
struct filling {
	const struct profile *p;
	struct explain_opening *o;
	int64_t first; /* position of the first row, -1 none yet */
	bool arm;
};

/* Where a joint of the run is in the profile's actions, and what its values are times. */
static int place_of(const struct profile *p, const struct value *joint, const struct value *unit,
		    double *factor)
{
	enum unit from = unit_from_word(unit->type == VALUE_TEXT ? unit->text : NULL);
	int j = joint->type == VALUE_TEXT ? profile_find(&p->action, joint->text) : -1;

	if (j < 0 || !unit_factor(from, p->action.joint[j].joint.unit, factor))
		return -1;
	return j;
}

static int take_value(void *ctx, int n, const struct value *v, struct err *e)
{
	struct filling *f = ctx;
	double factor = 1;
	int j = place_of(f->p, &v[1], &v[2], &factor);
	int64_t step;

	(void)n;
	(void)e;
	if (j < 0)
		return 0;
	if (f->arm) {
		f->o->arm[j] = number(&v[3]) * factor;
		return 0;
	}
	f->first = f->first < 0 ? v[0].i : f->first;
	step = v[0].i - f->first;
	if (step < 0 || step >= EXPLAIN_ROWS_MAX)
		return 0;
	f->o->actions[(size_t)step * f->p->action.joints + (size_t)j] = number(&v[3]) * factor;
	f->o->steps = step + 1 > f->o->steps ? (unsigned)(step + 1) : f->o->steps;
	return 0;
}

/* Where the arm was at the first action. */
static const char arm_sql[] =
	"SELECT v.seq, v.joint, j.unit, coalesce(v.got, v.seen) FROM joint_values v JOIN joints j "
	"ON j.run = v.run AND j.place = v.place WHERE v.run = :run AND v.episode = :episode AND "
	"v.seq = (SELECT min(w.seq) FROM joint_values w WHERE w.run = :run AND w.episode = :episode "
	"AND w.asked IS NOT NULL AND w.driver = 'policy')";

static const char chunk_sql[] =
	"SELECT a.position, a.joint, j.unit, a.value FROM chunk_actions a JOIN joints j ON j.run = "
	"a.run AND j.place = a.place WHERE a.run = :run AND a.chunk = (SELECT min(c.chunk) FROM "
	"chunks c WHERE c.run = :run AND c.episode = :episode) ORDER BY a.position";

static const char asked_sql[] =
	"SELECT v.seq, v.joint, j.unit, v.asked FROM joint_values v JOIN joints j ON j.run = v.run "
	"AND j.place = v.place WHERE v.run = :run AND v.episode = :episode AND v.driver = 'policy' "
	"AND v.asked IS NOT NULL ORDER BY v.seq LIMIT 2048";

static const char stale_sql[] =
	"SELECT count(*) FROM verdicts WHERE run = :run AND episode = :episode AND code = "
	"'stale-chunk' AND level IN ('warn', 'fail')";

int explain_opening_read(struct explain_opening *o, struct db *db, int64_t run, int64_t episode,
			 const struct profile *p, struct err *e)
{
	size_t n = (size_t)EXPLAIN_ROWS_MAX * p->action.joints;
	struct filling f = {.p = p, .o = o, .first = -1};
	struct param params[PARAMS];
	int64_t stale = 0;
	int rc;

	*o = (struct explain_opening){.actions = xcalloc(n + 1, sizeof(double))};
	for (size_t i = 0; i < n; i++)
		o->actions[i] = NAN;
	for (unsigned j = 0; j < MAX_JOINTS; j++)
		o->arm[j] = NAN;
	name_params(params, run, episode);
	rc = run_number(db, &(struct query){.sql = stale_sql, .params = params}, &stale, e);
	o->unplanned = stale > 0;
	rc = rc ? rc : ask(db, chunk_sql, run, episode, &f, take_value, e);
	if (!rc && !o->steps)
		rc = ask(db, asked_sql, run, episode, &f, take_value, e);
	f.arm = true;
	return rc ? rc : ask(db, arm_sql, run, episode, &f, take_value, e);
}

void explain_opening_fini(struct explain_opening *o)
{
	free(o->actions);
	o->actions = NULL;
}

struct names {
	unsigned n, max;
	char (*name)[NAME_BYTES];
};

static int add_name(void *ctx, int n, const struct value *v, struct err *e)
{
	struct names *to = ctx;

	(void)n;
	(void)e;
	if (to->n < to->max && v[0].type == VALUE_TEXT)
		text_copy(to->name[to->n++], NAME_BYTES, v[0].text);
	return 0;
}

/* The statistics of q in the order of p's action joints. False: it lacks one of them. */
static bool in_order_of(struct explain_stats *s, const struct profile *p, const struct profile *q)
{
	struct explain_stats own;

	explain_stats_of(&own, q);
	*s = own;
	s->f.n = p->action.joints;
	for (unsigned j = 0; j < p->action.joints; j++) {
		int k = profile_find(&q->action, p->action.joint[j].joint.name);

		if (k < 0)
			return false;
		s->f.mean[j] = own.f.mean[k];
		s->f.std[j] = own.f.std[k];
		s->f.min[j] = own.f.min[k];
		s->f.max[j] = own.f.max[k];
		s->q01[j] = own.q01[k];
		s->q99[j] = own.q99[k];
	}
	return true;
}

void explain_others_read(struct explain_others *o, struct db *db, const struct profile *p)
{
	struct names names = {.max = EXPLAIN_OTHERS_MAX,
			      .name = xcalloc(EXPLAIN_OTHERS_MAX, sizeof(*names.name))};
	struct err e = {0};

	ask(db, "SELECT profile FROM profiles ORDER BY profile", 0, 0, &names, add_name, &e);
	o->n = 0;
	o->stats = xcalloc(names.n + 1, sizeof(*o->stats));
	o->profile = xcalloc(names.n + 1, sizeof(*o->profile));
	for (unsigned i = 0; i < names.n; i++) {
		struct profile *q = strcmp(names.name[i], p->name) != 0
					    ? profiles_get(db, names.name[i], &e)
					    : NULL;

		if (q && in_order_of(&o->stats[o->n], p, q))
			o->profile[o->n++] = q;
		else
			profile_free(q);
	}
	free(names.name);
}

void explain_others_fini(struct explain_others *o)
{
	for (unsigned i = 0; i < o->n; i++)
		profile_free(o->profile[i]);
	free(o->profile);
	free(o->stats);
	*o = (struct explain_others){.n = 0};
}
