/* SPDX-License-Identifier: Apache-2.0 */
/* `policytop list`: prints the registries, so that what exists is never a matter of memory. */
#include <stdio.h>
#include <string.h>

#include "cmd/cmd.h"

static void list_commands(void)
{
	for (size_t i = 0; command_table[i]; i++)
		printf("%-10s %s\n", command_table[i]->name, command_table[i]->summary);
}

static int run(struct app *app)
{
	if (app->argc == 1 && strcmp(app->argv[0], "commands") == 0) {
		list_commands();
		return EXIT_OK;
	}
	fputs("policytop: list what? commands\n", stderr);
	return EXIT_USAGE;
}

static const struct opt options[] = {{0}};

const struct command command_list = {
	.name = "list",
	.operands = "commands",
	.summary = "print a registry",
	.options = options,
	.run = run,
};
