/* SPDX-License-Identifier: Apache-2.0 */
/* `policytop look`: which camera is which, and what is wrong with it; here from recorded videos. */
#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/mem.h"
#include "base/text.h"
#include "cmd/cmd.h"
#include "cmd/look.h"
#include "cmd/look_live.h"
#include "db/profiles.h"

/* All windows of one camera in one line. */
struct verdict_of {
	unsigned windows, decided;
	enum lineup_is is;
	int role;
	enum lineup_method method;
	double margin; /* median of the windows that say so */
	enum level level;
	int fact;					    /* that made the level, -1 none */
	unsigned share[LINEUP_FACTS], judged[LINEUP_FACTS]; /* windows that show it, that could */
	const struct lineup_answer *shows;		    /* the last window that says so */
};

static bool is_of(const struct look_window *w, const struct look_camera *c)
{
	return strcmp(w->answer.camera, c->shown) == 0;
}

/* What most windows that decide say: roles, and "no camera of training's" behind them. */
static void vote(struct verdict_of *v, const struct look *l, const struct look_camera *c)
{
	unsigned votes[LINEUP_CAMERAS + 1] = {0}, best = 0;

	for (size_t i = 0; i < l->nwindows; i++) {
		const struct lineup_answer *a = &l->window[i].answer;

		if (!is_of(&l->window[i], c))
			continue;
		v->windows++;
		if (a->is == IS_OPEN)
			continue;
		v->decided++;
		votes[a->is == IS_ROLE ? (unsigned)a->role : LINEUP_CAMERAS]++;
	}
	for (unsigned i = 1; i <= LINEUP_CAMERAS; i++)
		best = votes[i] > votes[best] ? i : best;
	v->role = -1;
	v->is = !votes[best] ? IS_OPEN : best == LINEUP_CAMERAS ? IS_STRANGER : IS_ROLE;
	if (v->is == IS_ROLE)
		v->role = (int)best;
}

static int by_value(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;

	return (x > y) - (x < y);
}

static void take_margin(struct verdict_of *v, const struct look *l, const struct look_camera *c)
{
	double *margin = xcalloc(l->nwindows + 1, sizeof(*margin));
	size_t n = 0;

	for (size_t i = 0; i < l->nwindows; i++) {
		const struct lineup_answer *a = &l->window[i].answer;

		if (!is_of(&l->window[i], c) || a->is != v->is || a->role != v->role)
			continue;
		v->shows = a;
		v->method = a->method;
		if (!isnan(a->margin))
			margin[n++] = a->margin;
	}
	qsort(margin, n, sizeof(*margin), by_value);
	v->margin = n ? margin[n / 2] : (double)NAN;
	free(margin);
}

/* A fact counts when a third of the windows that could show it do. */
static void take_level(struct verdict_of *v, const struct look *l, const struct look_camera *c)
{
	v->fact = -1;
	for (size_t i = 0; i < l->nwindows; i++) {
		for (unsigned k = 0; is_of(&l->window[i], c) && k < LINEUP_FACTS; k++) {
			enum level level = l->window[i].answer.fact[k].level;

			v->judged[k] += level != LEVEL_UNKNOWN;
			v->share[k] += level >= LEVEL_WARN;
		}
	}
	for (unsigned k = 0; k < LINEUP_FACTS; k++) {
		enum level level = k == LINEUP_SWAP ? LEVEL_FAIL : LEVEL_WARN;

		if (v->judged[k] && v->level == LEVEL_UNKNOWN)
			v->level = LEVEL_OK;
		if (3 * v->share[k] > v->judged[k] && level > v->level) {
			v->level = level;
			v->fact = (int)k;
		}
	}
	for (size_t i = 0; v->fact >= 0 && i < l->nwindows; i++) {
		const struct lineup_answer *a = &l->window[i].answer;

		if (is_of(&l->window[i], c) && a->fact[v->fact].level >= LEVEL_WARN)
			v->shows = a;
	}
}

static struct verdict_of judge(const struct look *l, const struct look_camera *c)
{
	struct verdict_of v = {.margin = NAN};

	vote(&v, l, c);
	take_margin(&v, l, c);
	take_level(&v, l, c);
	return v;
}

static const char *sentence(const struct verdict_of *v, const struct look_camera *c)
{
	if (!v->windows)
		return c->trouble[0] ? c->trouble : "no pictures";
	if (v->fact >= 0)
		return v->shows->fact[v->fact].why;
	return v->shows ? v->shows->says : "";
}

static const char *role_word(const struct look *l, enum lineup_is is, int role)
{
	return is == IS_ROLE	   ? l->profile->cameras[role].name
	       : is == IS_STRANGER ? "unknown"
				   : NULL;
}

static void add_answer(struct buf *b, const struct look *l, const char *camera, enum lineup_is is,
		       int role, double margin, enum lineup_method method, enum level level)
{
	struct lineup_answer a = {.is = is, .role = role, .margin = margin, .method = method};

	buf_str(b, "\"camera\":");
	buf_json_str(b, camera);
	look_json_is(b, l->profile, &a);
	buf_printf(b, ",\"level\":\"%s\"", level_word(level));
}

static void add_facts(struct buf *b, const struct lineup_answer *a)
{
	bool any = false;

	buf_str(b, ",\"facts\":[");
	for (unsigned k = 0; k < LINEUP_FACTS; k++) {
		const struct lineup_reading *r = &a->fact[k];

		if (r->level < LEVEL_NOTE)
			continue;
		buf_printf(b, "%s{\"code\":\"%s\",\"level\":\"%s\",\"value\":", any ? "," : "",
			   look_fact_names[k], level_word(r->level));
		buf_json_num(b, r->value);
		buf_str(b, ",\"threshold\":");
		buf_json_num(b, r->threshold);
		buf_printf(b, ",\"unit\":\"%s\",\"message\":", r->unit);
		buf_json_str(b, r->why);
		buf_str(b, "}");
		any = true;
	}
	buf_str(b, "]");
}

static enum level window_level(const struct lineup_answer *a)
{
	enum level worst = LEVEL_UNKNOWN;

	for (unsigned k = 0; k < LINEUP_FACTS; k++)
		worst = a->fact[k].level > worst ? a->fact[k].level : worst;
	return worst;
}

static void print_json(const struct look *l, const struct verdict_of *v)
{
	struct buf b = {0};

	buf_str(&b, "{\"schema\":1,\"profile\":");
	buf_json_str(&b, l->profile->name);
	buf_str(&b, ",\"cameras\":[");
	for (unsigned i = 0; i < l->cameras; i++) {
		buf_str(&b, i ? ",{" : "{");
		add_answer(&b, l, l->camera[i].shown, v[i].is, v[i].role, v[i].margin, v[i].method,
			   v[i].level);
		buf_printf(&b, ",\"windows\":%u,\"decided\":%u,\"code\":", v[i].windows,
			   v[i].decided);
		buf_json_str(&b, v[i].fact >= 0 ? look_fact_names[v[i].fact] : "");
		buf_str(&b, ",\"message\":");
		buf_json_str(&b, sentence(&v[i], &l->camera[i]));
		buf_str(&b, "}");
	}
	buf_str(&b, "],\"windows\":[");
	for (size_t i = 0; i < l->nwindows; i++) {
		const struct look_window *w = &l->window[i];
		const struct lineup_answer *a = &w->answer;

		buf_printf(&b, "%s{\"episode\":%lld,\"t_s\":%.3f,", i ? "," : "",
			   (long long)w->episode, w->t_s);
		add_answer(&b, l, a->camera, a->is, a->role, a->margin, a->method, window_level(a));
		add_facts(&b, a);
		buf_str(&b, "}");
	}
	buf_str(&b, "]}");
	puts(b.p);
	buf_fini(&b);
}

static void print_text(const struct look *l, const struct verdict_of *v)
{
	printf("%.1f s of pictures against profile %s\n", l->horizon_s, l->profile->name);
	for (unsigned i = 0; i < l->cameras; i++) {
		const char *word = role_word(l, v[i].is, v[i].role);

		printf("  %-5s %-16.16s is %-16.16s", level_word(v[i].level), l->camera[i].shown,
		       word ? word : "?");
		if (isnan(v[i].margin))
			printf(" %18s", "");
		else
			printf(" %6.3g %-11s", v[i].margin, lineup_method_unit(v[i].method));
		printf(" %s\n", sentence(&v[i], &l->camera[i]));
		for (unsigned k = 0; k < LINEUP_FACTS; k++) {
			if (v[i].share[k])
				printf("        %s in %u of %u windows\n", look_fact_names[k],
				       v[i].share[k], v[i].judged[k]);
		}
	}
}

static int report(const struct look *l, bool json)
{
	static const int status[] = {[LEVEL_UNKNOWN] = EXIT_UNSEEN,
				     [LEVEL_OK] = EXIT_OK,
				     [LEVEL_NOTE] = EXIT_OK,
				     [LEVEL_WARN] = EXIT_WARN,
				     [LEVEL_FAIL] = EXIT_FAIL};
	enum level worst = LEVEL_UNKNOWN;
	struct verdict_of v[LINEUP_CAMERAS];

	for (unsigned i = 0; i < l->cameras; i++) {
		v[i] = judge(l, &l->camera[i]);
		worst = v[i].level > worst ? v[i].level : worst;
		if (l->camera[i].trouble[0])
			fprintf(stderr, "policytop: camera %s: %s\n", l->camera[i].name,
				l->camera[i].trouble);
	}
	if (json)
		print_json(l, v);
	else
		print_text(l, v);
	return status[worst];
}

/* "a,b" */
static int take_swap(struct look *l, const char *text, char room[2 * NAME_BYTES], struct err *e)
{
	char *comma;

	if (!text)
		return 0;
	text_copy(room, 2 * NAME_BYTES, text);
	comma = strchr(room, ',');
	if (!comma || !comma[1] || comma == room || strchr(comma + 1, ','))
		return err_set(e, EINVAL, "--swap %s: wanted are two cameras, a,b", text);
	*comma = '\0';
	l->swap[0] = room;
	l->swap[1] = comma + 1;
	return 0;
}

/* "1s", "1" or "500ms" */
static int take_every(struct look *l, const char *text, struct err *e)
{
	char number[32];
	double scale = 1;
	size_t n;

	l->every_s = 1;
	if (!text)
		return 0;
	n = text_copy(number, sizeof(number), text);
	if (text_ends(number, "ms")) {
		scale = 1e-3;
		n -= 2;
	} else if (text_ends(number, "s")) {
		n -= 1;
	}
	number[n] = '\0';
	if (!text_to_double(number, &l->every_s) || !(l->every_s * scale >= 0.2) ||
	    l->every_s * scale > 3600)
		return err_set(e, EINVAL, "--every %s: wanted is a time from 200ms to 3600s", text);
	l->every_s *= scale;
	return 0;
}

static int read_profile(const struct app *app, struct profile **p, struct err *e)
{
	const char *name = opts_text(&app->opts, "profile");
	char *path = cmd_db_dup(app);
	struct db *db;

	if (!name) {
		free(path);
		return err_set(e, EINVAL,
			       "look: --profile N is needed (policytop learn makes one)");
	}
	db = db_open(path, DB_READ, e);
	*p = db ? profiles_get(db, name, e) : NULL;
	db_close(db);
	free(path);
	return *p ? 0 : -e->code;
}

static int look(struct app *app, struct look *l, struct profile **p, struct err *e)
{
	const char *set = opts_text(&app->opts, "dataset");
	char room[2 * NAME_BYTES];
	struct dataset *d = NULL;
	int rc;

	if (app->argc || opts_has(&app->opts, "all"))
		return err_set(e, EINVAL, "--dataset is of recorded videos: no DEV, no --all");
	rc = take_swap(l, opts_text(&app->opts, "swap"), room, e);
	if (!rc)
		rc = take_every(l, opts_text(&app->opts, "every"), e);
	if (!rc)
		rc = read_profile(app, p, e);
	if (!rc)
		rc = dataset_open_at(&d, set, opts_text(&app->opts, "episodes"), e);
	l->profile = *p;
	if (!rc)
		rc = look_dataset(l, d, e);
	dataset_close(d);
	return rc;
}

static int run(struct app *app)
{
	struct profile *p = NULL;
	struct look l = {0};
	struct err e = {0};
	int status, rc;

	if (!opts_has(&app->opts, "dataset"))
		return cmd_look_live(app);
	rc = look(app, &l, &p, &e);
	status = rc ? cmd_fail(&e) : report(&l, opts_has(&app->opts, "json"));
	look_fini(&l);
	profile_free(p);
	return status;
}

static const struct opt options[] = {
	{"all", NULL, "every camera of the rig, or of this computer"},
	{"rig", "NAME", "the rig whose cameras these are: their roles, their profile"},
	{"name", "ROLE", "what training calls this camera"},
	{"png", "DIR", "write the pictures as PNG files, too"},
	{"dataset", "DIR", "recorded videos: a LeRobot dataset's folder or repo id"},
	{"episodes", "A-B", "only these of its episodes, like 0-15,20"},
	{"profile", "N", "the training profile to compare with"},
	{"swap", "A,B", "exchange the names of two cameras on purpose"},
	{"every", "TIME", "length of a window (default 1s)"},
	{"json", NULL, "print one JSON object"},
	{0},
};

const struct command command_look = {
	.name = "look",
	.operands = "[DEV]",
	.summary = "which camera is which, and what is wrong with it",
	.options = options,
	.run = run,
};
