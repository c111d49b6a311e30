/* SPDX-License-Identifier: Apache-2.0 */
/* The program behind env, nice, chroot, uv run, python -m and the like. */
#include <ctype.h>
#include <errno.h>
#include <string.h>

#include "base/text.h"
#include "plan/plan_impl.h"

/* A program that starts another one. */
struct wrapper {
	const char *name;
	const char *sub;  /* word that must follow ("run"), NULL none */
	const char *args; /* " -n --adjustment ": options whose value is the next word */
	int operands;	  /* words of its own before the command */
	bool assigns;	  /* VAR=VALUE words may come before the command */
	void (*seen)(struct plan *p, int from, int to); /* its own words; NULL: nothing to see */
};

static bool has_word(const struct plan *p, int from, int to, const char *word)
{
	for (int i = from; i < to; i++) {
		if (strcmp(p->argv[i], word) == 0)
			return true;
	}
	return false;
}

static void seen_env(struct plan *p, int from, int to)
{
	if (has_word(p, from, to, "-i") || has_word(p, from, to, "-") ||
	    has_word(p, from, to, "--ignore-environment"))
		plan_warn(p, "env -i empties the environment: the hook will not be found");
}

static void seen_sudo(struct plan *p, int from, int to)
{
	static const char keeps[] = "--preserve-env=";

	for (int i = from; i < to; i++) {
		if (text_starts(p->argv[i], keeps) && strstr(p->argv[i], "PYTHONPATH"))
			return;
	}
	plan_warn(p, "sudo drops PYTHONPATH, with -E too: write sudo "
		     "--preserve-env=PYTHONPATH,POLICYTOP_HOOK, or the hook will not be found");
}

static void seen_chroot(struct plan *p, int from, int to)
{
	(void)from;
	p->root = p->argv[to - 1];
}

static const struct wrapper wrappers[] = {
	{"env", NULL, " -u --unset -C --chdir ", 0, true, seen_env},
	{"nice", NULL, " -n --adjustment ", 0, false, NULL},
	{"ionice", NULL, " -c -n --class --classdata ", 0, false, NULL},
	{"chrt", NULL, " -T -P -D ", 1, false, NULL},
	{"taskset", NULL, "", 1, false, NULL},
	{"numactl", NULL, " -N -m -C -i -p ", 0, false, NULL},
	{"sudo", NULL, " -u -g -h -p -C -T -R -D -r -t --user --group ", 0, true, seen_sudo},
	{"chroot", NULL, "", 1, false, seen_chroot},
	{"timeout", NULL, " -k -s --kill-after --signal ", 1, false, NULL},
	{"nohup", NULL, "", 0, false, NULL},
	{"setsid", NULL, "", 0, false, NULL},
	{"stdbuf", NULL, " -i -o -e --input --output --error ", 0, false, NULL},
	{"time", NULL, " -f -o ", 0, false, NULL},
	{"exec", NULL, " -a ", 0, false, NULL},
	{"xvfb-run", NULL, " -n -e -s -p -w ", 0, false, NULL},
	{"uv", "run",
	 " --project --directory --python -p --with --with-editable --with-requirements --extra "
	 "--group --env-file --package --index --only-group --no-extra --no-group ",
	 0, false, NULL},
	{"uvx", NULL, " --from --with --python -p --index ", 0, false, NULL},
	{"poetry", "run", " -C -P --directory --project ", 0, false, NULL},
	{"pixi", "run", " -e --environment --manifest-path ", 0, false, NULL},
	{"pipenv", "run", "", 0, false, NULL},
	{"conda", "run", " -n -p --name --prefix --cwd ", 0, false, NULL},
	{"mamba", "run", " -n -p --name --prefix --cwd ", 0, false, NULL},
	{"micromamba", "run", " -n -p --name --prefix --cwd ", 0, false, NULL},
};

bool plan_named(const char *path, const char *word)
{
	const char *slash = strrchr(path, '/');

	return strcmp(slash ? slash + 1 : path, word) == 0;
}

/* python, python3, python3.11 */
bool plan_python_name(const char *word)
{
	const char *slash = strrchr(word, '/'), *name = slash ? slash + 1 : word;

	return text_starts(name, "python") && name[6 + strspn(name + 6, "0123456789.")] == '\0';
}

static bool is_assignment(const char *word)
{
	size_t n = 0;

	while (isalnum((unsigned char)word[n]) || word[n] == '_')
		n++;
	return n && !isdigit((unsigned char)word[0]) && word[n] == '=';
}

static bool takes_value(const struct wrapper *w, const char *word)
{
	const char *at = strstr(w->args, word);
	size_t n = strlen(word);

	return at && at > w->args && at[-1] == ' ' && at[n] == ' ';
}

/* The first word behind a wrapper at `at`. */
static int behind(struct plan *p, const struct wrapper *w, int at)
{
	int i = at + 1, operands = w->operands, first;

	if (w->sub)
		i++;
	first = i;
	for (; i < p->argc; i++) {
		const char *word = p->argv[i];

		if (strcmp(word, "--") == 0) {
			i++;
			break;
		}
		if (word[0] == '-' && word[1] && operands == w->operands)
			i += takes_value(w, word);
		else if (strcmp(word, "-") == 0 && w->assigns)
			continue;
		else if (w->assigns && is_assignment(word)) {
			if (p->assigns < PLAN_ASSIGNS_MAX)
				p->assign[p->assigns++] = i;
		} else if (operands-- <= 0)
			break;
	}
	while (operands-- > 0)
		i++;
	if (i > p->argc)
		i = p->argc;
	if (w->seen && i > first)
		w->seen(p, first, i);
	else if (w->seen == seen_sudo)
		seen_sudo(p, first, i);
	return i;
}

static const struct wrapper *find_wrapper(const struct plan *p, int at)
{
	for (size_t i = 0; i < sizeof(wrappers) / sizeof(wrappers[0]); i++) {
		const struct wrapper *w = &wrappers[i];

		if (plan_named(p->argv[at], w->name) &&
		    (!w->sub || (at + 1 < p->argc && strcmp(p->argv[at + 1], w->sub) == 0)))
			return w;
	}
	return NULL;
}

/* python -u -m MODULE …, python SCRIPT …; at: its first argument. */
static void enter_python(struct plan *p, int at)
{
	p->python = true;
	for (; at < p->argc && p->argv[at][0] == '-' && p->argv[at][1]; at++) {
		const char *word = p->argv[at];

		if (strcmp(word, "-m") == 0) {
			p->module = true;
			at++;
			break;
		}
		if (strcmp(word, "-c") == 0)
			return; /* the program is in the word itself */
		if (strcmp(word, "-X") == 0 || strcmp(word, "-W") == 0)
			at++;
		else if (word[1] != '-' && strpbrk(word, "EI"))
			plan_warn(p, "python %s ignores PYTHONPATH: the hook will not be found",
				  word);
	}
	if (at < p->argc) {
		p->program = at;
		p->args = at + 1;
	}
}

static void name_container(struct plan *p, int at)
{
	static const char *const names[] = {"docker", "podman", "nerdctl", "apptainer",
					    "singularity"};

	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		if (plan_named(p->argv[at], names[i]))
			plan_warn(
				p,
				"%s: PYTHONPATH and the socket of the hook do not reach into a "
				"container. Run policytop inside of it, or use foxglove: or a tap",
				names[i]);
	}
	if (plan_named(p->argv[at], "ssh"))
		plan_warn(p, "ssh: the program runs on another machine, where this one cannot see "
			     "it. Run policytop there");
}

int plan_unwrap(struct plan *p, struct err *e)
{
	const struct wrapper *w;
	int at = 0;

	p->program = -1;
	p->args = p->argc;
	while (at < p->argc && is_assignment(p->argv[at]))
		return err_set(e, EINVAL, "'%s' is no program: write env %s …", p->argv[at],
			       p->argv[at]);
	while (at < p->argc && (w = find_wrapper(p, at)))
		at = behind(p, w, at);
	if (at >= p->argc)
		return err_set(e, EINVAL, "run which command? (policytop run -- COMMAND …)");
	name_container(p, at);
	if (plan_python_name(p->argv[at])) {
		enter_python(p, at + 1);
		return 0;
	}
	p->program = at;
	p->args = at + 1;
	p->python = text_ends(p->argv[at], ".py");
	return 0;
}
