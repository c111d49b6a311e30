/* SPDX-License-Identifier: Apache-2.0 */
/* `policytop status`: what runs for this user. */
#include <errno.h>
#include <stdio.h>

#include "base/buf.h"
#include "cmd/cmd.h"
#include "view/client.h"

static void print_json(const struct client_engine *all, size_t n)
{
	struct buf b = {0};

	buf_str(&b, "{\"schema\":1,\"engines\":[");
	for (size_t i = 0; i < n; i++) {
		buf_str(&b, i ? ",{\"rig\":" : "{\"rig\":");
		buf_json_str(&b, all[i].rig);
		if (all[i].run)
			buf_printf(&b, ",\"run\":%lld", (long long)all[i].run);
		else
			buf_str(&b, ",\"run\":null");
		buf_printf(&b, ",\"pid\":%d,\"version\":", all[i].pid);
		buf_json_str(&b, all[i].version);
		buf_str(&b, "}");
	}
	buf_str(&b, "],\"taps\":[]}");
	puts(b.p);
	buf_fini(&b);
}

static int run(struct app *app)
{
	struct client_engine all[CLIENT_ENGINES_MAX];
	size_t n;

	if (app->argc) {
		struct err e;

		err_set(&e, EINVAL, "status takes no operand; policytop watch RIG shows an engine");
		return cmd_fail(&e);
	}
	n = client_list(all, CLIENT_ENGINES_MAX);
	if (opts_has(&app->opts, "json")) {
		print_json(all, n);
		return EXIT_OK;
	}
	if (!n)
		puts("no engine runs");
	for (size_t i = 0; i < n; i++)
		printf("%-24s pid %-8d run %lld\n", all[i].rig, all[i].pid, (long long)all[i].run);
	return EXIT_OK;
}

static const struct opt options[] = {
	{"json", NULL, "print one JSON object"},
	{0},
};

const struct command command_status = {
	.name = "status",
	.operands = "",
	.summary = "list the engines that run",
	.options = options,
	.run = run,
};
