/* SPDX-License-Identifier: Apache-2.0 */
#include "cmd/run_env.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/mem.h"
#include "base/path.h"
#include "base/text.h"

static const char *env_of(void *host, const char *name)
{
	(void)host;
	return getenv(name);
}

static char *read_file(void *host, const char *path, size_t *len)
{
	FILE *f = fopen(path, "re");
	char *text;

	(void)host;
	if (!f)
		return NULL;
	text = xcalloc(1, PLAN_FILE_MAX + 1);
	*len = fread(text, 1, PLAN_FILE_MAX, f);
	fclose(f);
	return text;
}

struct plan_world run_env_world(void)
{
	return (struct plan_world){.env = env_of, .read = read_file};
}

static const char variable[] = "PYTHONPATH=";

static bool holds_hook(const char *folder)
{
	char *inside = path_join_dup(folder, "policytop_hook");
	bool there = access(inside, R_OK) == 0;

	free(inside);
	return there;
}

char *run_own_path_dup(void)
{
	char exe[4096];
	ssize_t n = readlink("/proc/self/exe", exe, sizeof(exe) - 1);

	exe[n > 0 ? n : 0] = '\0';
	return xstrdup(n > 0 ? exe : "policytop");
}

/* src/client/python beside src/policytop: a build tree has a link of that name. */
static char *beside_program_dup(void)
{
	char *exe = run_own_path_dup(), *slash = strrchr(exe, '/'), *folder;

	if (slash)
		*slash = '\0';
	folder = path_join_dup(exe, "client/python");
	free(exe);
	return folder;
}

char *run_env_python_dup(void)
{
	const char *told = getenv("POLICYTOP_PYTHONDIR");
	char *beside, *folder;

	if (told && told[0])
		return holds_hook(told) ? path_absolute_dup(told) : NULL;
	beside = beside_program_dup();
	/* Without the link of a build tree: a chroot may have one of the two folders only. */
	folder = holds_hook(beside) ? realpath(beside, NULL) : NULL;
	free(beside);
	if (folder)
		return folder;
	return holds_hook(PKGDATADIR "/python") ? xstrdup(PKGDATADIR "/python") : NULL;
}

char *run_env_socket_dup(const char *rig, struct err *e)
{
	char *folder = path_runtime_dup(e), *path;
	struct buf name = {0};

	if (!folder)
		return NULL;
	buf_printf(&name, "hook-%s.sock", rig);
	path = path_join_dup(folder, name.p);
	buf_fini(&name);
	free(folder);
	return path;
}

/* "DIR:value", or "DIR" where there is no value. */
static char *in_front_dup(const char *folder, const char *value, const char *before)
{
	struct buf b = {0};

	buf_printf(&b, "%s%s%s%s", before, folder, value && value[0] ? ":" : "",
		   value ? value : "");
	return b.p;
}

void run_env_init(struct run_env *env, const struct plan *p)
{
	env->argc = p->argc;
	env->argv = xcalloc((size_t)p->argc + 1, sizeof(*env->argv));
	for (int i = 0; i < p->argc; i++)
		env->argv[i] = xstrdup(p->argv[i]);
	for (int i = 0; env->python && i < p->assigns; i++) {
		char **word = &env->argv[p->assign[i]];

		if (text_starts(*word, variable)) {
			char *longer = in_front_dup(env->python, *word + strlen(variable),
						    variable);

			free(*word);
			*word = longer;
		}
	}
}

void run_env_fini(struct run_env *env)
{
	for (int i = 0; env->argv && i < env->argc; i++)
		free(env->argv[i]);
	free(env->argv);
	free(env->python);
	free(env->socket);
	*env = (struct run_env){.python = NULL};
}

void run_env_apply(void *host)
{
	const struct run_env *env = host;
	char *path;

	if (!env->python)
		return;
	path = in_front_dup(env->python, getenv("PYTHONPATH"), "");
	setenv("PYTHONPATH", path, 1);
	setenv("POLICYTOP_HOOK", env->socket, 1);
	free(path);
}

static bool same_inside(const char *root, const char *path)
{
	char *inside = path_join_dup(root, path + 1);
	struct stat here, there;
	bool same = stat(path, &here) == 0 && stat(inside, &there) == 0 &&
		    here.st_dev == there.st_dev && here.st_ino == there.st_ino;

	free(inside);
	return same;
}

void run_env_check_root(const struct run_env *env, struct plan *p)
{
	char *runtime = path_runtime_dup(NULL);
	const char *missing = NULL;

	if (p->root && env->python && !same_inside(p->root, env->python))
		missing = env->python;
	else if (p->root && runtime && !same_inside(p->root, runtime))
		missing = runtime;
	if (missing)
		plan_warn(p,
			  "%s is not the same inside of %s, and the hook will not be found: "
			  "mount --bind %s %s%s",
			  missing, p->root, missing, p->root, missing);
	free(runtime);
}
