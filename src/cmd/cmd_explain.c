/* SPDX-License-Identifier: Apache-2.0 */
/* `policytop explain RUN[#EPISODE]`: why an episode's first actions lay far from the arm. */
#include <errno.h>
#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/mem.h"
#include "base/text.h"
#include "cmd/cmd.h"
#include "db/profiles.h"
#include "preflight/explain_own.h"
#include "preflight/explain_read.h"

struct job {
	struct db *db;
	int64_t run;
	struct profile *p;
	struct explain_own own;
	struct explain_others others;
	bool json;
	struct buf out;
	unsigned far, near, unknown; /* episodes */
};

/* The policy's own statistics: of --policy, else of the rig that ran, where that can be read. */
static int open_policy(struct job *j, const char *path, struct err *e)
{
	char rig[NAME_BYTES] = "", *policy = NULL;
	struct err ignored = {0};
	int rc;

	if (!path && explain_rig_name(j->db, j->run, rig, e) == 0 && rig[0])
		policy = explain_rig_policy_dup(rig);
	rc = explain_own_open(&j->own, j->p, path ? path : policy, path ? e : &ignored);
	if (rc && path)
		err_hint(e, "--policy names the whole folder of a checkpoint");
	free(policy);
	return path ? rc : 0;
}

static void add_json(struct job *j, int64_t episode, const struct explanation *x,
		     const char *sentence)
{
	struct buf *b = &j->out;

	buf_printf(b, "%s{\"episode\":%" PRId64 ",\"name\":\"%s\"", b->len ? "," : "", episode,
		   x->ambiguous ? "ambiguous" : explain_word(x->kind));
	buf_str(b, ",\"before\":");
	buf_json_num(b, x->before.arm);
	buf_str(b, ",\"after\":");
	buf_json_num(b, x->after.cost > 0 ? x->after.arm : (double)NAN);
	buf_str(b, ",\"unit\":");
	buf_json_str(b, unit_word(x->unit) ? unit_word(x->unit) : "");
	buf_str(b, ",\"next\":");
	if (isfinite(x->lead))
		buf_json_str(b, explain_word(x->rival));
	else
		buf_str(b, "null");
	buf_str(b, ",\"ratio\":");
	buf_json_num(b, x->lead);
	buf_str(b, ",\"text\":");
	buf_json_str(b, sentence);
	buf_str(b, "}");
}

static int explain_one(struct job *j, int64_t episode, struct err *e)
{
	struct explain_opening o;
	struct explanation x;
	char sentence[320];
	int rc = explain_opening_read(&o, j->db, j->run, episode, j->p, e);
	struct explain_case c = {.profile = j->p,
				 .own = &j->own.stats,
				 .others = j->others.stats,
				 .nothers = j->others.n,
				 .delta = j->own.delta,
				 .start = true,
				 .unplanned = o.unplanned,
				 .chunk = o.actions,
				 .steps = o.steps,
				 .arm = o.arm};

	if (!rc) {
		explain_chunk(&x, &c);
		explain_sentence(sentence, sizeof(sentence), &x, &c);
		j->near += x.kind == EXPLAIN_NEAR;
		j->unknown += x.kind == EXPLAIN_UNKNOWN;
		j->far += x.kind != EXPLAIN_NEAR && x.kind != EXPLAIN_UNKNOWN;
		if (j->json)
			add_json(j, episode, &x, sentence);
		else
			buf_printf(&j->out, "%" PRId64 "#%" PRId64 "  %s\n", j->run, episode,
				   sentence);
	}
	explain_opening_fini(&o);
	return rc;
}

static int explain_all(struct job *j, int64_t episode, struct err *e)
{
	int64_t *episodes = xcalloc(EXPLAIN_EPISODES_MAX, sizeof(*episodes));
	int n = explain_episodes(j->db, j->run, episode, episodes, e), rc = n < 0 ? n : 0;

	for (int i = 0; !rc && i < n; i++)
		rc = explain_one(j, episodes[i], e);
	free(episodes);
	return rc;
}

static int find_profile(struct job *j, const char *wanted, struct err *e)
{
	char name[NAME_BYTES];
	int rc = explain_profile_name(j->db, j->run, name, e);

	if (rc)
		return rc;
	if (!wanted && !name[0])
		return err_set(e, ENOENT,
			       "explain: run %" PRId64 " was judged by no profile: name one with "
			       "--profile (see policytop profile list)",
			       j->run);
	j->p = profiles_get(j->db, wanted ? wanted : name, e);
	return j->p ? 0 : -e->code;
}

static int work(struct job *j, const struct app *app, struct err *e)
{
	int64_t episode;
	int rc = explain_parse(j->db, app->argc ? app->argv[0] : NULL, &j->run, &episode, e);

	rc = rc ? rc : find_profile(j, opts_text(&app->opts, "profile"), e);
	if (rc)
		return rc;
	explain_others_read(&j->others, j->db, j->p);
	rc = open_policy(j, opts_text(&app->opts, "policy"), e);
	return rc ? rc : explain_all(j, episode, e);
}

static void print(const struct job *j)
{
	struct buf name = {0};

	buf_json_str(&name, j->p->name);
	if (j->json)
		printf("{\"schema\":1,\"run\":%" PRId64 ",\"profile\":%s,\"episodes\":[%s]}\n",
		       j->run, buf_text(&name), buf_text(&j->out));
	else
		fputs(buf_text(&j->out), stdout);
	buf_fini(&name);
}

static void job_fini(struct job *j)
{
	explain_others_fini(&j->others);
	explain_own_fini(&j->own);
	profile_free(j->p);
	db_close(j->db);
	buf_fini(&j->out);
}

static int run(struct app *app)
{
	struct job j = {.json = opts_has(&app->opts, "json")};
	struct err e = {0};
	char *path;
	int rc;

	if (app->argc > 1) {
		err_set(&e, EINVAL, "explain: one RUN or RUN#EPISODE");
		return cmd_fail(&e);
	}
	path = cmd_db_dup(app);
	j.db = db_open(path, DB_READ, &e);
	if (!j.db)
		err_hint(&e, "--db names another database");
	free(path);
	rc = j.db ? work(&j, app, &e) : -e.code;
	if (!rc)
		print(&j);
	if (!rc)
		rc = j.far ? EXIT_FAIL : j.near ? EXIT_OK : EXIT_UNSEEN;
	else
		rc = cmd_fail(&e);
	job_fini(&j);
	return rc;
}

static const struct opt options[] = {
	{"policy", "DIR", "the checkpoint that ran (default: the rig's)"},
	{"profile", "NAME", "training profile (default: the one the run was judged by)"},
	{"json", NULL, "print one JSON object"},
	{0},
};

const struct command command_explain = {
	.name = "explain",
	.operands = "[RUN[#EPISODE]]",
	.summary = "why first actions lay far from the arm",
	.options = options,
	.run = run,
};
