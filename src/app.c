/* SPDX-License-Identifier: Apache-2.0 */
#include "app.h"

#include <errno.h>
#include <locale.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>

#include "base/text.h"
#include "cmd/cmd.h"
#include "view/client.h"

static void print_help(void)
{
	puts("policytop: top for robot policies\n\n"
	     "usage: policytop [--db FILE] COMMAND [OPTION…] [ARGUMENT…]\n\ncommands:");
	for (size_t i = 0; command_table[i]; i++)
		printf("  %-10s %s\n", command_table[i]->name, command_table[i]->summary);
	puts("\npolicytop COMMAND --help tells more; the manual is policytop(1).");
}

static void print_command_help(const struct command *c)
{
	printf("usage: policytop %s [OPTION…] %s\n%s\n", c->name, c->operands, c->summary);
	if (c->options[0].name)
		puts("\noptions:");
	for (const struct opt *o = c->options; o->name; o++) {
		char left[40];

		snprintf(left, sizeof(left), "--%s%s%s", o->name, o->arg ? " " : "",
			 o->arg ? o->arg : "");
		printf("  %-22s %s\n", left, o->help);
	}
}

static int unknown_command(const char *name)
{
	const char *best = NULL;
	unsigned least = 4;
	struct err e;

	for (size_t i = 0; command_table[i]; i++) {
		unsigned d = text_distance(command_table[i]->name, name);

		if (d < least) {
			least = d;
			best = command_table[i]->name;
		}
	}
	err_set(&e, 22,
		best ? "unknown command '%s' (did you mean %s?)"
		     : "unknown command '%s' (see policytop --help)",
		name, best);
	return cmd_fail_status(&e, EXIT_USAGE);
}

static int run_command(const struct command *c, const char *db, int argc, char **argv)
{
	struct app app = {.db = db};
	struct err e = {0};

	for (int i = 1; i < argc && strcmp(argv[i], "--"); i++) {
		if (strcmp(argv[i], "--help") == 0) {
			print_command_help(c);
			return EXIT_OK;
		}
	}
	if (opts_parse(&app.opts, c->options, &argc, argv, &e)) {
		err_prefix(&e, "%s", c->name);
		return cmd_fail_status(&e, EXIT_USAGE);
	}
	app.argc = argc - 1;
	app.argv = argv + 1;
	return c->run(&app);
}

static int usage(const char *what, const char *word)
{
	struct err e;

	err_set(&e, 22, "%s%s (see policytop --help)", what, word);
	return cmd_fail_status(&e, EXIT_USAGE);
}

/* Without a command: the engine that runs is shown, several are listed, without one this is help. */
static int run_bare(const char *db)
{
	struct client_engine found[CLIENT_ENGINES_MAX];
	size_t n = client_list(found, CLIENT_ENGINES_MAX);
	char watch[] = "watch", status[] = "status";
	char *argv[] = {n == 1 ? watch : status, NULL};

	if (n == 0) {
		print_help();
		return EXIT_OK;
	}
	if (n > 1)
		puts("several engines run; policytop watch RIG shows one:");
	return run_command(command_find(argv[0]), db, 1, argv);
}

static int dispatch(int argc, char **argv)
{
	const struct command *c;
	const char *db = NULL;
	int at = 1;

	/* Characters only: numbers must look the same to JSON and SQL in every country. */
	setlocale(LC_CTYPE, "");
	for (; at < argc && argv[at][0] == '-'; at++) {
		if (strcmp(argv[at], "--help") == 0) {
			print_help();
			return EXIT_OK;
		}
		if (strcmp(argv[at], "--version") == 0) {
			puts("policytop " PACKAGE_VERSION);
			return EXIT_OK;
		}
		if (strcmp(argv[at], "--db") == 0 && at + 1 < argc) {
			db = argv[++at];
		} else if (text_starts(argv[at], "--db=")) {
			db = argv[at] + 5;
		} else {
			return usage("unknown option ", argv[at]);
		}
	}
	if (db && !*db)
		return usage("the database needs a file name: --db FILE", "");
	if (at == argc)
		return run_bare(db);
	c = command_find(argv[at]);
	return c ? run_command(c, db, argc - at, argv + at) : unknown_command(argv[at]);
}

int app_main(int argc, char **argv)
{
	int status;

	/* A file that reaches its size limit is a full disk: an error to be told, not a death. */
	signal(SIGXFSZ, SIG_IGN);
	status = dispatch(argc, argv);

	/* A full disk or a closed standard output must not look like a success. */
	if (fflush(stdout) || ferror(stdout)) {
		struct err e;

		err_set(&e, errno, "standard output: %s", strerror(errno));
		return cmd_fail_status(&e, EXIT_IO);
	}
	return status;
}
