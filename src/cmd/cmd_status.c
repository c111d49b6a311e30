/* SPDX-License-Identifier: Apache-2.0 */
/* `policytop status`: what runs for this user. */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "base/buf.h"
#include "base/text.h"
#include "cmd/cmd.h"
#include "tap/client.h"
#include "view/client.h"

static void text_or_null(struct buf *b, const char *text)
{
	if (text[0])
		buf_json_str(b, text);
	else
		buf_str(b, "null");
}

/* What listens where clients connect; link and pty are those of a serial line. */
static void add_tap(struct buf *b, const struct tap_info *t)
{
	buf_str(b, "{\"source\":");
	buf_json_str(b, t->source);
	buf_printf(b, ",\"pid\":%d,\"listen\":", t->pid);
	text_or_null(b, t->listen);
	buf_str(b, ",\"upstream\":");
	buf_json_str(b, t->upstream);
	buf_str(b, ",\"link\":");
	text_or_null(b, t->link);
	buf_str(b, ",\"pty\":");
	text_or_null(b, t->pty);
	buf_printf(b, ",\"clients\":%u,\"lost\":%llu}", t->clients,
		   (unsigned long long)(t->lost[0] + t->lost[1]));
}

static void print_json(const struct client_engine *all, size_t n, const struct tap_info *tap,
		       size_t taps)
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
	buf_str(&b, "],\"taps\":[");
	for (size_t i = 0; i < taps; i++) {
		buf_str(&b, i ? "," : "");
		add_tap(&b, &tap[i]);
	}
	buf_str(&b, "]}");
	puts(b.p);
	buf_fini(&b);
}

static void print_tap(const struct tap_info *t)
{
	char source[TAP_WORD_BYTES];

	text_clean(source, sizeof(source), t->source, strlen(t->source));
	printf("tap %-20s pid %-8d %s, %u client%s%s\n", tap_place(t), t->pid, source, t->clients,
	       t->clients == 1 ? "" : "s", t->engine ? "" : ", no engine");
}

static int run(struct app *app)
{
	struct client_engine all[CLIENT_ENGINES_MAX];
	struct tap_info tap[TAPS_MAX];
	size_t n, taps;

	if (app->argc) {
		struct err e;

		err_set(&e, EINVAL, "status takes no operand; policytop watch RIG shows an engine");
		return cmd_fail(&e);
	}
	n = client_list(all, CLIENT_ENGINES_MAX);
	taps = tap_list(tap, TAPS_MAX);
	if (opts_has(&app->opts, "json")) {
		print_json(all, n, tap, taps);
		return EXIT_OK;
	}
	if (!n)
		puts("no engine runs");
	for (size_t i = 0; i < n; i++)
		printf("%-24s pid %-8d run %lld\n", all[i].rig, all[i].pid, (long long)all[i].run);
	for (size_t i = 0; i < taps; i++)
		print_tap(&tap[i]);
	return EXIT_OK;
}

static const struct opt options[] = {
	{"json", NULL, "print one JSON object"},
	{0},
};

const struct command command_status = {
	.name = "status",
	.operands = "",
	.summary = "list the engines and taps that run",
	.options = options,
	.run = run,
};
