/* SPDX-License-Identifier: Apache-2.0 */
/*
 * `policytop watch`: shows what an engine sees. Starts one in the background when sources are
 * given and none runs under the name; leaving the viewer never ends it.
 */
#include <errno.h>
#include <fcntl.h>
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
#include "cmd/picture_file.h"
#include "cmd/run.h"
#include "cmd/watch_once.h"
#include "cmd/watch_pid.h"
#include "db/profiles.h"
#include "engine/supervise.h"
#include "rig/rig_file.h"
#include "ui/viewer.h"

struct watch {
	struct app *app;
	char rig[RIG_BYTES];
	struct launch launch; /* sources 0: only attach */
	bool launched;
	struct deaths deaths;
	int64_t started_ns;
	struct client *client;
	int tty_fd; /* opened here for keys, -1 none */
	struct watch_pid pid;
	struct rig *setup; /* of the rig's file, NULL none */
	const char *word[RIG_LIST_MAX];
};

static int64_t now_ns(void)
{
	struct clock c = clock_real();

	return clock_now_ns(&c);
}

static bool wants_once(const struct app *app)
{
	return opts_has(&app->opts, "once") || opts_has(&app->opts, "text") ||
	       opts_has(&app->opts, "svg") || opts_has(&app->opts, "json");
}

/* Without sources and name: the one engine that runs. */
static int find_engine(struct watch *w, struct err *e)
{
	struct client_engine found[CLIENT_ENGINES_MAX];
	size_t n = client_list(found, CLIENT_ENGINES_MAX);

	if (n == 1) {
		text_copy(w->rig, sizeof(w->rig), found[0].rig);
		return 0;
	}
	if (n == 0)
		return err_set(e, ENOENT, "no engine runs: give a SOURCE, or try policytop demo");
	return err_set(e, EINVAL, "%zu engines run (%s, %s%s): say which with --rig", n,
		       found[0].rig, found[1].rig, n > 2 ? ", …" : "");
}

/* --pid: the sources are what that process lets see. */
static int read_pid(struct watch *w, struct err *e)
{
	const struct opts *o = &w->app->opts;
	const char *rig = opts_text(o, "rig");
	int64_t pid;
	int rc = opts_i64(o, "pid", 1, INT32_MAX, 0, &pid, e);

	if (!rc && w->app->argc)
		rc = err_set(e, EINVAL, "--pid finds its sources itself");
	if (!rc && rig && !rig_name_valid(rig))
		rc = err_set(e, EINVAL, "'%s' is no name of a rig", rig);
	if (!rc)
		rc = watch_pid_look(&w->pid, (int)pid, e);
	if (rc)
		return rc;
	text_copy(w->rig, sizeof(w->rig), rig && !w->pid.attached ? rig : w->pid.rig);
	w->launch = (struct launch){
		.db = w->app->db,
		.rig = w->rig,
		.profile = opts_text(o, "profile"),
		.source = w->pid.word,
		.sources = w->pid.words,
	};
	return 0;
}

/* A rig that has a file brings its sources, for when no engine of it runs. */
static int read_rig(struct watch *w, struct err *e)
{
	const char *profile = opts_text(&w->app->opts, "profile");
	struct rig_errors errors;
	struct err none = {0};
	int rc;

	w->setup = xcalloc(1, sizeof(*w->setup));
	rc = rig_file_load(w->setup, &errors, w->rig, &none);
	if (rc)
		return rc == -ENOENT ? 0 : err_set(e, none.code, "%s", none.msg);
	for (unsigned i = 0; i < w->setup->sources.n; i++)
		w->word[i] = w->setup->sources.word[i];
	w->launch = (struct launch){
		.db = w->app->db,
		.rig = w->rig,
		.profile = profile		  ? profile
			   : w->setup->profile[0] ? w->setup->profile
						  : NULL,
		.source = w->word,
		.sources = w->setup->sources.n,
	};
	return 0;
}

/* Operands are sources, or one name of a rig. */
static int read_operands(struct watch *w, struct err *e)
{
	struct app *app = w->app;
	const char *rig = opts_text(&app->opts, "rig");
	bool name_only = app->argc == 1 && !strchr(app->argv[0], ':');

	if (opts_has(&app->opts, "pid"))
		return read_pid(w, e);
	if (name_only && !rig)
		rig = app->argv[0];
	if (!name_only && app->argc) {
		w->launch = (struct launch){
			.db = app->db,
			.rig = w->rig,
			.profile = opts_text(&app->opts, "profile"),
			.source = (const char *const *)app->argv,
			.sources = (unsigned)app->argc,
		};
	}
	if (!rig && !w->launch.sources)
		return find_engine(w, e);
	if (name_only && (strchr(app->argv[0], '/') || app->argv[0][0] == '~'))
		return err_set(e, EINVAL, "'%s' is no source: a data set is dataset:%s",
			       app->argv[0], app->argv[0]);
	if (rig && !rig_name_valid(rig))
		return err_set(e, EINVAL, "'%s' is no source (KIND:…) and no name of a rig", rig);
	if (rig)
		text_copy(w->rig, sizeof(w->rig), rig);
	else
		rig_default(w->rig);
	return rig && !w->launch.sources ? read_rig(w, e) : 0;
}

/* Connects to the engine of the rig; starts it first when there is none and sources are known. */
static int attach(struct watch *w, struct err *e)
{
	w->client = client_connect(w->rig, CLIENT_HZ, e);
	if (w->client || e->code != ENOENT || !w->launch.sources)
		return w->client ? 0 : -e->code;
	if (launch_background(&w->launch, false, e))
		return -e->code;
	w->launched = true;
	w->started_ns = now_ns();
	w->client = client_connect(w->rig, CLIENT_HZ, e);
	/* It was ready: only the end of its sources takes an engine away so soon. */
	if (!w->client && (e->code == ENOENT || e->code == EPROTO))
		err_set(e, ENODATA,
			"the sources ended before they could be shown: try policytop record");
	return w->client ? 0 : -e->code;
}

static int cannot_attach(const struct err *e)
{
	return e->code == ENODATA ? cmd_fail_status(e, EXIT_UNSEEN) : cmd_fail(e);
}

/* The engine died: connect to its successor, or start that when this viewer started the first. */
static struct client *again(void *host, bool *give_up, struct err *e)
{
	struct watch *w = host;
	struct client *c = client_connect(w->rig, CLIENT_HZ, e);

	if (c || e->code != ENOENT || !w->launched)
		return c;
	if (!deaths_allow(&w->deaths, w->started_ns, now_ns())) {
		*give_up = true;
		err_set(e, EIO, "the engine died three times within a minute: see its log");
		return NULL;
	}
	if (launch_background(&w->launch, true, e))
		return NULL;
	w->started_ns = now_ns();
	return client_connect(w->rig, CLIENT_HZ, e);
}

static bool no_colour(const struct app *app, struct err *e, int *rc)
{
	const char *when = opts_text(&app->opts, "color"), *env = getenv("NO_COLOR");

	*rc = 0;
	if (!when || strcmp(when, "auto") == 0)
		return env && *env;
	if (strcmp(when, "always") != 0 && strcmp(when, "never") != 0)
		*rc = err_set(e, EINVAL, "--color: auto, always or never, not '%s'", when);
	return strcmp(when, "never") == 0;
}

/* Colours of printed text: only for a terminal, unless asked for. */
static enum colours text_colours(const struct app *app, bool none)
{
	const char *when = opts_text(&app->opts, "color"), *term = getenv("TERM");
	bool always = when && strcmp(when, "always") == 0;

	if (none || (!always && !isatty(STDOUT_FILENO)))
		return COLOURS_MONO;
	return (term && strstr(term, "256")) || getenv("COLORTERM") ? COLOURS_256 : COLOURS_16;
}

static int read_size(const struct app *app, int *w, int *h, struct err *e)
{
	const char *size = opts_text(&app->opts, "size");
	struct winsize ws;
	char end;

	*w = 80;
	*h = 24;
	if (size) {
		if (sscanf(size, "%dx%d%c", w, h, &end) != 2 || *w < 1 || *h < 1 ||
		    *w > CANVAS_MAX_W || *h > CANVAS_MAX_H)
			return err_set(e, EINVAL, "--size: columns x lines like 80x24, not '%s'",
				       size);
	} else if (ioctl(STDOUT_FILENO, TIOCGWINSZ, &ws) == 0 && ws.ws_col && ws.ws_row) {
		*w = ws.ws_col;
		*h = ws.ws_row;
	}
	return 0;
}

static int read_page(const struct app *app, enum page *page, struct err *e)
{
	const char *word = opts_text(&app->opts, "page");

	if (word && !page_from_word(word, page))
		return err_set(e, EINVAL,
			       "--page: chunk, traffic, cadence, cameras or motors, not '%s'",
			       word);
	return 0;
}

/* All of it is in captures, and nobody else was asked for. */
static bool replays(const struct watch *w)
{
	unsigned n = w->launch.sources;

	for (unsigned i = 0; i < w->launch.sources; i++)
		n -= text_starts(w->launch.source[i], "raw:");
	return w->launch.sources && !n && !opts_has(&w->app->opts, "rig");
}

static int replay_once(struct watch *w, const struct once_cfg *cfg)
{
	struct engine_cfg engine = {
		.rig = "replay", .source = w->launch.source, .sources = w->launch.sources};
	struct err e = {0};
	char *db = w->launch.profile ? run_db_dup(w->app, &e) : NULL;
	struct profile *profile = db ? profiles_load(db, w->launch.profile, &e) : NULL;
	int status;

	engine.profile = profile;
	status = w->launch.profile && !profile ? cmd_fail(&e) : watch_replay(&engine, cfg);
	if (profile)
		profile_free(profile);
	free(db);
	return status;
}

static int once(struct watch *w, bool mono)
{
	const struct opts *o = &w->app->opts;
	struct once_cfg cfg = {0};
	struct err e = {0};
	int status;

	cfg.format = opts_has(o, "json") ? ONCE_JSON : opts_has(o, "svg") ? ONCE_SVG : ONCE_TEXT;
	cfg.symbols = opts_has(o, "ascii") || strcmp(nl_langinfo(CODESET), "UTF-8") != 0
			      ? SYMBOLS_ASCII
			      : SYMBOLS_BRAILLE;
	cfg.colours = text_colours(w->app, mono);
	if (read_size(w->app, &cfg.w, &cfg.h, &e) || read_page(w->app, &cfg.page, &e) ||
	    opts_double(o, "after", 0, 3600, 0, &cfg.after_s, &e))
		return cmd_fail_status(&e, EXIT_USAGE);
	if (replays(w))
		return replay_once(w, &cfg);
	if (attach(w, &e))
		return cannot_attach(&e);
	status = watch_once(w->client, &cfg);
	if (w->launched) /* nobody else asked for this engine */
		watch_stop(w->client);
	return status;
}

static bool reads_stdin(const struct watch *w)
{
	for (unsigned i = 0; i < w->launch.sources; i++) {
		if (text_starts(w->launch.source[i], "stdin:"))
			return true;
	}
	return false;
}

static void farewell(const struct watch *w, const struct viewer_result *r)
{
	char *warning;

	if (r->ended) {
		printf("policytop: the engine of '%s' has ended: %s\n", w->rig, r->text);
		return;
	}
	printf("policytop: left; the engine of '%s' goes on.\n"
	       "  policytop watch --rig %s   shows it again\n"
	       "  policytop stop %s          ends it\n",
	       w->rig, w->rig, w->rig);
	warning = logout_warning_dup();
	if (warning)
		printf("policytop: %s\n", warning);
	free(warning);
}

static int interactive(struct watch *w, bool mono)
{
	const struct opts *o = &w->app->opts;
	struct viewer_cfg cfg = {
		.term = {STDIN_FILENO, STDOUT_FILENO, opts_has(o, "ascii"), mono},
		.bell = !opts_has(o, "no-bell"),
		.on_fail = opts_text(o, "on-fail"),
		.again = again,
		.save = picture_file_keep,
		.host = w,
	};
	struct viewer_result result;
	struct err e = {0};

	if (reads_stdin(w)) {
		w->tty_fd = open("/dev/tty", O_RDWR | O_CLOEXEC);
		cfg.term.in_fd = w->tty_fd;
	}
	/* Before an engine is started that nobody could watch. */
	if (term_check(&cfg.term, &e))
		return cmd_fail_status(&e, EXIT_UNAVAILABLE);
	if (attach(w, &e))
		return cannot_attach(&e);
	if (viewer_run(&w->client, &cfg, &result, &e))
		return cmd_fail_status(&e, EXIT_UNAVAILABLE);
	farewell(w, &result);
	return EXIT_OK;
}

static int run(struct app *app)
{
	struct watch *w = xcalloc(1, sizeof(*w));
	struct err e = {0};
	int rc, status;
	bool mono = no_colour(app, &e, &rc);

	w->app = app;
	w->tty_fd = -1;
	if (rc || read_operands(w, &e))
		status = cmd_fail(&e);
	else
		status = wants_once(app) ? once(w, mono) : interactive(w, mono);
	client_close(w->client);
	if (w->tty_fd >= 0)
		close(w->tty_fd);
	free(w->setup);
	free(w);
	return status;
}

static const struct opt options[] = {
	{"rig", "NAME", "name of the run; attaches when an engine of it runs"},
	{"pid", "N", "what can be seen of a process that already runs"},
	{"profile", "NAME", "training profile to judge by"},
	{"once", NULL, "print one screen and exit by the worst level"},
	{"text", NULL, "with --once: as text (the default)"},
	{"svg", NULL, "with --once: as an SVG picture"},
	{"json", NULL, "with --once: as one JSON object"},
	{"size", "WxH", "with --once: columns and lines, for example 132x43"},
	{"page", "NAME", "with --once: chunk, traffic, cadence, cameras or motors"},
	{"after", "SECONDS", "with --once: let so much data arrive first"},
	{"ascii", NULL, "draw with ASCII characters only"},
	{"color", "WHEN", "auto, always or never; NO_COLOR is heeded"},
	{"no-bell", NULL, "do not ring at a fail (key b)"},
	{"on-fail", "COMMAND", "run by /bin/sh at each fail, its verdict as JSON on stdin"},
	{0},
};

const struct command command_watch = {
	.name = "watch",
	.operands = "[SOURCE… | RIG]",
	.summary = "show a running policy beside its training",
	.options = options,
	.run = run,
};
