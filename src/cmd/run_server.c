/* SPDX-License-Identifier: Apache-2.0 */
/* `run` outside of tmux: a server of our own, so that a lost connection ends nothing. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/mem.h"
#include "base/path.h"
#include "base/text.h"
#include "cmd/run_job.h"
#include "wire/loglines.h"

enum { TAIL_BYTES = 65536, TAIL_LINES = 40, LINE_BYTES = 512, WORDS_EXTRA = 16 };

static const char end_variable[] = "POLICYTOP_RUN_END";

char *run_job_inside_dup(void)
{
	const char *path = getenv(end_variable);
	char *copy = path && path[0] == '/' ? xstrdup(path) : NULL;

	unsetenv(end_variable); /* it is not for the command */
	return copy;
}

void run_job_tell(const struct run_job *j, int status, const char *text)
{
	FILE *f = j->end_file ? fopen(j->end_file, "we") : NULL;

	if (!f)
		return;
	fprintf(f, "%d\n%s\n", status, text);
	fclose(f);
}

static char *end_file_dup(const char *rig, struct err *e)
{
	char *folder = path_runtime_dup(e), *path;
	struct buf name = {0};

	if (!folder)
		return NULL;
	buf_printf(&name, "%s.end", rig);
	path = path_join_dup(folder, name.p);
	buf_fini(&name);
	free(folder);
	return path;
}

/* The last lines of what the command said: the screen that showed them is gone. */
static void print_tail(const char *rig)
{
	char *path = run_console_dup(rig), *text = xcalloc(1, TAIL_BYTES), line[LINE_BYTES];
	FILE *f = fopen(path, "re");
	size_t n = 0, at, lines = 0;

	if (f) {
		if (fseek(f, -TAIL_BYTES, SEEK_END))
			rewind(f);
		n = fread(text, 1, TAIL_BYTES, f);
		fclose(f);
		unlink(path);
	}
	for (at = n; at > 0 && lines <= TAIL_LINES; at--)
		lines += text[at - 1] == '\n';
	at += at > 0 || lines > TAIL_LINES ? 1 : 0;
	while (at < n) {
		char clean[2 * LINE_BYTES];

		at += loglines_plain(line, sizeof(line), text + at, n - at);
		text_clean(clean, sizeof(clean), line, strlen(line));
		if (at < n || clean[0])
			printf("%s\n", clean);
	}
	free(text);
	free(path);
}

static int tell_left(const char *server, const char *rig)
{
	fprintf(stderr,
		"policytop: left; the command goes on.\n"
		"  tmux -L %s attach   shows it again\n"
		"  policytop watch %s   shows the dashboard\n",
		server, rig);
	return EXIT_OK;
}

/* What the `run` inside has told of its end. */
static int take_end(const char *path, const char *rig)
{
	FILE *f = fopen(path, "re");
	char text[2048];
	int status = -1;

	if (f && fscanf(f, "%d\n", &status) == 1)
		print_tail(rig);
	fflush(stdout);
	while (status >= 0 && fgets(text, sizeof(text), f))
		fputs(text, stderr);
	if (f)
		fclose(f);
	unlink(path);
	if (status >= 0 && status <= 255)
		return status;
	fputs("policytop: tmux could not be used, or was killed: see --here\n", stderr);
	return EXIT_UNAVAILABLE;
}

static int start(const struct run_job *j, const char *server, const char *end, struct err *e)
{
	const struct opts *o = &j->app->opts;
	const char **argv = xcalloc((size_t)j->plan.argc + WORDS_EXTRA, sizeof(*argv));
	const char *told = opts_text(o, "capture");
	char *exe = run_own_path_dup(), *db = j->app->db ? path_absolute_dup(j->app->db) : NULL;
	char *capture = told ? path_absolute_dup(told) : NULL;
	struct buf variable = {0};
	int n = 0, rc;

	buf_printf(&variable, "%s=%s", end_variable, end);
	argv[n++] = "env";
	argv[n++] = variable.p;
	argv[n++] = exe;
	if (db) {
		argv[n++] = "--db";
		argv[n++] = db;
	}
	argv[n++] = "run";
	argv[n++] = "--rig";
	argv[n++] = j->rig;
	if (j->profile) {
		argv[n++] = "--profile";
		argv[n++] = j->profile;
	}
	if (capture) {
		argv[n++] = "--capture";
		argv[n++] = capture;
	}
	if (opts_has(o, "full-rate"))
		argv[n++] = "--full-rate";
	if (opts_has(o, "no-check"))
		argv[n++] = "--no-check";
	argv[n++] = "--";
	for (int i = 0; i < j->plan.argc; i++)
		argv[n++] = j->plan.argv[i];
	rc = tmux_server_attach(server, j->rig, argv, e);
	buf_fini(&variable);
	free(argv);
	free(exe);
	free(db);
	free(capture);
	return rc;
}

int run_job_in_server(struct run_job *j)
{
	char server[RIG_BYTES + 16], *end;
	struct err e = {0};
	int status;

	tmux_server_name(server, j->rig);
	if (tmux_server_runs(server)) {
		err_set(&e, EBUSY, "'%s' still runs: tmux -L %s attach", j->rig, server);
		return cmd_fail(&e);
	}
	end = end_file_dup(j->rig, &e);
	if (!end)
		return cmd_fail(&e);
	unlink(end);
	if (start(j, server, end, &e))
		status = cmd_fail(&e);
	else if (tmux_server_runs(server))
		status = tell_left(server, j->rig);
	else
		status = take_end(end, j->rig);
	free(end);
	return status;
}
