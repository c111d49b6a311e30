/* SPDX-License-Identifier: Apache-2.0 */
#include "cmd/run_job.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cjson/cJSON.h>

#include "base/buf.h"
#include "base/clock.h"
#include "base/mem.h"
#include "base/path.h"
#include "base/text.h"
#include "cmd/keeper.h"
#include "cmd/result.h"
#include "cmd/run_child.h"

enum { ANSWER_WAIT_MS = 2000, LOG_WAIT_S = 5, END_BYTES = 64 };

static char *state_file_dup(const char *rig, const char *suffix)
{
	struct buf name = {0};
	char *path;

	buf_printf(&name, "%s%s", rig, suffix);
	path = path_state_dup(name.p);
	buf_fini(&name);
	return path;
}

char *run_console_dup(const char *rig)
{
	return state_file_dup(rig, ".console");
}

/* LeRobot's own hook tells episodes better than its words do. */
void run_job_sources(struct run_job *j)
{
	char *console = run_console_dup(j->rig);

	if (j->env.python)
		plan_source(&j->plan, "run", "hook:%s", j->env.socket);
	if (j->place != RUN_HERE && !(j->place == RUN_PANE && j->pane.piped))
		plan_source(&j->plan, "run", "log:%s%s", console,
			    j->env.python ? "?episodes=0" : "");
	free(console);
}

static bool logs(const struct run_job *j)
{
	return j->place == RUN_PANE && !j->pane.piped;
}

static int start_engine(struct run_job *j, struct keeper *k, struct err *e)
{
	const char *source[PLAN_SOURCES_MAX];
	struct launch l = {
		.db = j->app->db,
		.rig = j->rig,
		.profile = j->profile,
		.capture = opts_text(&j->app->opts, "capture"),
		.full_rate = opts_has(&j->app->opts, "full-rate"),
		.source = source,
	};
	struct buf log = {0};
	int rc;

	for (unsigned i = 0; i < j->plan.sources; i++) {
		if (j->available[i])
			source[l.sources++] = j->plan.source[i].word;
	}
	if (!l.sources)
		return err_set(e, ENODEV, "nothing can be attached to this command");
	buf_printf(&log, "%s.log", j->rig);
	rc = keeper_start(k, &l, log.p, e);
	buf_fini(&log);
	return rc;
}

/* Reads until this kind came; false: it will not. */
static bool wait_for(struct client *c, struct client_data *d, enum client_kind wanted)
{
	struct pollfd p = {.fd = client_fd(c), .events = POLLIN};
	enum client_kind kind;

	while ((kind = client_read(c, d)) != wanted) {
		if (kind == CLIENT_GONE || kind == CLIENT_BYE ||
		    (kind == CLIENT_NOTHING && poll(&p, 1, ANSWER_WAIT_MS) <= 0))
			return false;
	}
	return true;
}

static void note_in_run(const struct run_job *j, const char *text)
{
	struct client *c = client_connect(j->rig, CLIENT_HZ, NULL);
	struct client_data *d = xcalloc(1, sizeof(*d));

	if (c && wait_for(c, d, CLIENT_SNAPSHOT) && client_mark(c, d->snapshot.episode, text) == 0)
		wait_for(c, d, CLIENT_ANSWER);
	client_close(c);
	free(d);
}

static void end_text(char text[END_BYTES], int status)
{
	if (status > 128)
		snprintf(text, END_BYTES, "the command was ended by signal %d", status - 128);
	else
		snprintf(text, END_BYTES, "the command ended with status %d", status);
}

/* What is written behind the command's last words is read behind them, and then told to viewers. */
static void end_in_log(const struct run_job *j, const char *console, const char *text)
{
	struct client *c = client_connect(j->rig, CLIENT_HZ, NULL);
	struct client_data *d = xcalloc(1, sizeof(*d));
	struct clock clock = clock_real();
	int64_t until = clock_now_ns(&clock) + LOG_WAIT_S * NS_PER_S;
	FILE *f = fopen(console, "ae");

	if (f) {
		fprintf(f, "\npolicytop: %s\n", text);
		fclose(f);
	}
	while (f && c && clock_now_ns(&clock) < until && wait_for(c, d, CLIENT_EVENT)) {
		if (strstr(d->event.text, text))
			break;
	}
	client_close(c);
	free(d);
}

static void open_dashboard(const struct run_job *j, char id[16])
{
	static const char *const pass[] = {"XDG_RUNTIME_DIR", "XDG_STATE_HOME", "XDG_DATA_HOME",
					   "HOME", "NO_COLOR"};
	struct buf keep[sizeof(pass) / sizeof(pass[0])] = {0};
	const char *argv[16] = {"env"};
	char *exe = run_own_path_dup();
	unsigned n = 1;

	/* A pane has the environment of tmux's server, not ours. */
	for (size_t i = 0; i < sizeof(pass) / sizeof(pass[0]); i++) {
		if (!getenv(pass[i]))
			continue;
		buf_printf(&keep[i], "%s=%s", pass[i], getenv(pass[i]));
		argv[n++] = keep[i].p;
	}
	argv[n++] = exe;
	argv[n++] = "watch";
	argv[n++] = "--rig";
	argv[n++] = j->rig;
	tmux_open_beside(&j->pane, argv, id);
	for (size_t i = 0; i < sizeof(pass) / sizeof(pass[0]); i++)
		buf_fini(&keep[i]);
	free(exe);
}

static void tell_start(const struct run_job *j, bool dashboard)
{
	for (unsigned i = 0; i < j->plan.warnings; i++)
		fprintf(stderr, "policytop: warning: %s\n", j->plan.warning[i]);
	for (unsigned i = 0; i < j->plan.notes; i++)
		fprintf(stderr, "policytop: note: %s\n", j->plan.note[i]);
	if (dashboard)
		return;
	fprintf(stderr, "policytop: recording as '%s'; policytop in another shell shows it\n",
		j->rig);
}

static void tell_end(struct keeper *k, struct buf *line)
{
	char *text = keeper_rest_dup(k);
	cJSON *o = result_find(text);

	buf_str(line, "policytop: ");
	if (!o)
		buf_str(line, "the engine has ended without a result");
	else if (cJSON_GetNumberValue(cJSON_GetObjectItemCaseSensitive(o, "run")) > 0)
		result_line(line, o);
	else
		buf_str(line, "nothing was recorded: no source has seen a robot");
	cJSON_Delete(o);
	free(text);
}

/* The run's last note: how the command ended. console: its log, NULL none. */
static void tell_run(const struct run_job *j, const char *console, int status)
{
	char text[END_BYTES];

	end_text(text, status);
	if (console) {
		tmux_log_end(&j->pane, console);
		end_in_log(j, console, text);
	} else {
		note_in_run(j, text);
	}
}

/* With the engine up: log, dashboard, the command, and back. */
static int run_command(struct run_job *j, struct keeper *k, struct err *e)
{
	struct child_cfg child = {
		.argv = j->env.argv, .prepare = run_env_apply, .host = &j->env, .aside = k->pid};
	char *console = run_console_dup(j->rig);
	bool logging = logs(j), own = j->end_file != NULL;
	struct err why = {0};
	char dashboard[16] = "";
	int status;

	if (logging && tmux_log_begin(&j->pane, console, &why)) {
		fprintf(stderr, "policytop: no log: %s\n", why.msg);
		logging = false;
	}
	if (j->place == RUN_PANE)
		open_dashboard(j, dashboard);
	if (opts_has(&j->app->opts, "no-check"))
		note_in_run(j, "preflight skipped (--no-check)");
	tell_start(j, dashboard[0] != '\0');
	status = child_run(&child, e);
	if (status >= 0)
		tell_run(j, logging ? console : NULL, status);
	if (own)
		tmux_kill_pane(dashboard);
	else if (logging)
		unlink(console);
	free(console);
	return status;
}

/* Most runs have nothing to complain about, and most names are used once. */
static void drop_empty_log(const struct run_job *j)
{
	char *log = state_file_dup(j->rig, ".log");
	struct stat st;

	if (stat(log, &st) == 0 && st.st_size == 0)
		unlink(log);
	free(log);
}

int run_job_start(struct run_job *j)
{
	struct buf line = {0};
	struct keeper k;
	struct err e = {0};
	int status = start_engine(j, &k, &e);

	if (status < 0) {
		drop_empty_log(j);
		status = cmd_fail(&e);
		run_job_tell(j, status, e.msg);
		return status;
	}
	status = run_command(j, &k, &e);
	keeper_stop(&k);
	if (e.code)
		buf_printf(&line, "policytop: %s\n", e.msg);
	tell_end(&k, &line);
	keeper_close(&k);
	drop_empty_log(j);
	fprintf(stderr, "%s\n", buf_text(&line));
	status = status < 0 ? EXIT_INTERNAL : status;
	run_job_tell(j, status, buf_text(&line));
	buf_fini(&line);
	return status;
}
