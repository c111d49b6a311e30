/* SPDX-License-Identifier: Apache-2.0 */
#include "cmd/watch_pid.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/mem.h"
#include "base/text.h"
#include "cmd/process.h"
#include "source/source.h"

enum { FOXGLOVE_PORT = 8765 };

static const char *env_of(void *host, const char *name)
{
	return process_env(host, name);
}

/* A configuration file as the process would open it: its root may be another one. */
static char *read_file(void *host, const char *path, size_t *len)
{
	const struct process *p = host;
	struct buf b = {0};
	char *text;
	FILE *f;

	buf_printf(&b, "/proc/%d/%s/%s", p->pid, path[0] == '/' ? "root" : "cwd", path);
	f = fopen(b.p, "re");
	buf_fini(&b);
	if (!f)
		return NULL;
	text = xcalloc(1, PLAN_FILE_MAX + 1);
	*len = fread(text, 1, PLAN_FILE_MAX, f);
	fclose(f);
	return text;
}

/* hook-RIG.sock: it was started by run, whose engine may still be there. */
static bool find_engine(struct watch_pid *w, const struct process *p)
{
	const char *path = process_env(p, "POLICYTOP_HOOK"),
		   *name = path ? strrchr(path, '/') : NULL;
	char rig[RIG_BYTES];
	struct client *c;
	size_t n;

	if (!name || !text_starts(name, "/hook-") || !text_ends(name, ".sock"))
		return false;
	name += strlen("/hook-");
	n = strlen(name) - strlen(".sock");
	if (n >= sizeof(rig))
		return false;
	memcpy(rig, name, n);
	rig[n] = '\0';
	c = rig_name_valid(rig) ? client_connect(rig, 0, NULL) : NULL;
	client_close(c);
	if (c)
		text_copy(w->rig, sizeof(w->rig), rig);
	return c != NULL;
}

static void add_path_source(struct plan *p, const char *kind, const char *path, const char *from)
{
	struct buf b = {0};

	for (; *path; path++) {
		if (strchr("?&=%", *path))
			buf_printf(&b, "%%%02X", (unsigned char)*path);
		else
			buf_add(&b, path, 1);
	}
	plan_source(p, from, "%s:%s", kind, buf_text(&b));
	buf_fini(&b);
}

static void find_sources(struct watch_pid *w, const struct process *p)
{
	const char *hook = process_env(p, "POLICYTOP_HOOK");
	bool shown = false;

	for (unsigned i = 0; i < w->plan.sources; i++)
		shown |= text_starts(w->plan.source[i].word, "foxglove:");
	if (!shown && w->plan.family && w->plan.family->lerobot &&
	    process_listens(p, FOXGLOVE_PORT))
		plan_source(&w->plan, "it listens there", "foxglove:127.0.0.1:%d", FOXGLOVE_PORT);
	if (hook && hook[0])
		add_path_source(&w->plan, "hook", hook, "POLICYTOP_HOOK");
	for (unsigned i = 0; i < p->files; i++) {
		if (p->file[i].kind == PROCESS_OUTPUT || p->file[i].kind == PROCESS_LOG)
			add_path_source(&w->plan, "log", p->file[i].path, "it writes there");
	}
}

static void use_sources(struct watch_pid *w)
{
	for (unsigned i = 0; i < w->plan.sources; i++) {
		struct uri u;

		if (uri_parse(&u, w->plan.source[i].word, NULL))
			continue;
		if (source_find(u.kind))
			w->word[w->words++] = w->plan.source[i].word;
		uri_fini(&u);
	}
}

static void tell_text(const char *before, const char *text)
{
	char clean[2 * PROCESS_PATH_BYTES];

	text_clean(clean, sizeof(clean), text, strlen(text));
	fprintf(stderr, "policytop: %s%s\n", before, clean);
}

static void tell_open(const struct process *p)
{
	static const char *const what[] = {
		[PROCESS_SERIAL] = "it has a serial bus open: ",
		[PROCESS_CAMERA] = "it has a camera open: ",
		[PROCESS_OUTPUT] = "its output goes to ",
		[PROCESS_LOG] = "it writes a log: ",
	};

	for (unsigned i = 0; i < p->files; i++)
		tell_text(what[p->file[i].kind], p->file[i].path);
	for (unsigned i = 0; i < p->sockets; i++)
		fprintf(stderr, "policytop: it %s %s port %d\n",
			p->socket[i].listens ? "listens at" : "is connected to",
			p->socket[i].address, p->socket[i].port);
}

static void tell(const struct watch_pid *w, const struct process *p)
{
	bool hook = process_env(p, "POLICYTOP_HOOK") != NULL;

	fprintf(stderr, "policytop: process %d: %s\n", p->pid,
		w->plan.family ? w->plan.family->summary : "no program that is known here");
	tell_open(p);
	for (unsigned i = 0; i < w->words; i++)
		fprintf(stderr, "policytop: source %s\n", w->word[i]);
	if (p->hidden)
		fprintf(stderr, "policytop: what it has open and its environment belong to another "
				"user: try with sudo\n");
	if (!hook)
		fprintf(stderr,
			"policytop: chunks, prompt and what reached the motors are not to be "
			"seen from outside: start it with policytop run --\n");
}

int watch_pid_look(struct watch_pid *w, int pid, struct err *e)
{
	struct process *p = xcalloc(1, sizeof(*p));
	struct plan_world world = {.host = p, .env = env_of, .read = read_file};
	int rc = process_look(p, pid, e);

	*w = (struct watch_pid){.words = 0};
	snprintf(w->rig, sizeof(w->rig), "pid-%d", pid);
	if (!rc)
		rc = plan_command(&w->plan, p->argc, p->argv, &world, e);
	if (!rc && find_engine(w, p)) {
		w->attached = true;
	} else if (!rc) {
		find_sources(w, p);
		use_sources(w);
		tell(w, p);
		if (!w->words)
			rc = err_set(e, ENODEV, "nothing of process %d can be attached to", pid);
	}
	process_fini(p);
	free(p);
	return rc;
}
