/* SPDX-License-Identifier: Apache-2.0 */
/* `policytop stop [RIG]`: ends an engine in order. `stop --taps`: taps that nobody uses. */
#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/mem.h"
#include "cmd/cmd.h"
#include "tap/client.h"
#include "view/client.h"

enum { BYE_WAIT_MS = 5000 };

/* The only engine that runs, or why there is no telling. */
static int only_one(struct client_engine *out, struct err *e)
{
	struct client_engine all[CLIENT_ENGINES_MAX];
	size_t n = client_list(all, CLIENT_ENGINES_MAX);

	if (!n)
		return err_set(e, ENODEV, "no engine runs");
	if (n > 1)
		return err_set(e, EINVAL, "%zu engines run: which one? (see: policytop status)", n);
	*out = all[0];
	return 0;
}

static int wait_for_bye(struct client *c, struct err *e)
{
	struct client_data *d = xcalloc(1, sizeof(*d));
	struct pollfd p = {.fd = client_fd(c), .events = POLLIN};
	enum client_kind kind;
	int rc = 0;

	do {
		kind = client_read(c, d);
		if (kind == CLIENT_ANSWER && d->error)
			rc = err_set(e, EPERM, "%s", d->text);
		else if (kind == CLIENT_NOTHING && poll(&p, 1, BYE_WAIT_MS) <= 0)
			rc = err_set(e, ETIMEDOUT, "it was told, and has not ended within 5 s");
	} while (!rc && kind != CLIENT_BYE && kind != CLIENT_GONE);
	free(d);
	return rc;
}

/* Taps that nobody uses; the first that somebody does is told, and stays, as do those that follow. */
static int stop_taps(void)
{
	struct tap_info tap[TAPS_MAX];
	size_t n = tap_list(tap, TAPS_MAX);
	struct err e = {0};

	for (size_t i = 0; i < n; i++) {
		if (tap_stop(tap[i].pid, &e))
			return cmd_fail_status(&e, EXIT_UNAVAILABLE);
		fprintf(stderr, "policytop: the tap at %s has ended\n", tap_place(&tap[i]));
	}
	if (!n)
		fputs("policytop: no tap runs\n", stderr);
	return EXIT_OK;
}

static void tell_taps_left(int engine)
{
	struct tap_info tap[TAPS_MAX];
	size_t n = tap_list(tap, TAPS_MAX);

	for (size_t i = 0; i < n; i++) {
		if (tap[i].clients && (!tap[i].engine || tap[i].engine == engine))
			fprintf(stderr, "policytop: the tap at %s goes on until its %u client%s\n",
				tap_place(&tap[i]), tap[i].clients,
				tap[i].clients == 1 ? " leaves" : "s leave");
	}
}

static int run(struct app *app)
{
	struct client_engine engine = {.pid = 0};
	struct client *c = NULL;
	struct err e = {0};
	int rc = 0;

	if (opts_has(&app->opts, "taps") && !app->argc)
		return stop_taps();
	if (app->argc > 1 || opts_has(&app->opts, "taps"))
		return cmd_fail_status(&(struct err){.msg = "stop which one?"}, EXIT_USAGE);
	if (app->argc)
		snprintf(engine.rig, sizeof(engine.rig), "%s", app->argv[0]);
	else
		rc = only_one(&engine, &e);
	if (!rc) {
		c = client_connect(engine.rig, 0, &e);
		rc = c ? client_stop(c) : -e.code;
	}
	if (c)
		engine = *client_engine(c);
	if (c && !rc)
		rc = wait_for_bye(c, &e);
	client_close(c);
	if (rc)
		return cmd_fail_status(&e, e.code == EINVAL ? EXIT_USAGE : EXIT_UNAVAILABLE);
	fprintf(stderr, "policytop: engine '%s' has ended\n", engine.rig);
	tell_taps_left(engine.pid);
	return EXIT_OK;
}

static const struct opt options[] = {
	{"taps", NULL, "end the taps that no client and no engine uses"},
	{0},
};

const struct command command_stop = {
	.name = "stop",
	.operands = "[RIG]",
	.summary = "end an engine in order, or idle taps",
	.options = options,
	.run = run,
};
