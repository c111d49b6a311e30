/* SPDX-License-Identifier: Apache-2.0 */
/* `policytop tap SOURCE`: a tap that waits for its engine; by sudo, for the user who called that. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/text.h"
#include "cmd/cmd.h"
#include "source/servotap.h"

/* Who called sudo, as UID:GID; NULL: nobody did. */
static const char *caller(char text[64], uid_t *uid)
{
	const char *user = getenv("SUDO_UID"), *group = getenv("SUDO_GID");
	int64_t u, g;

	if (geteuid() != 0 || !user || !group || !text_to_i64(user, &u) ||
	    !text_to_i64(group, &g) || u <= 0 || u > UINT32_MAX || g < 0 || g > UINT32_MAX)
		return NULL;
	*uid = (uid_t)u;
	snprintf(text, 64, "%u:%u", (unsigned)u, (unsigned)g);
	return text;
}

/* sudo takes the caller's runtime folder out of the environment; it is where the engine looks. */
static void find_folder(uid_t uid)
{
	char path[64];
	struct stat st;

	snprintf(path, sizeof(path), "/run/user/%u", (unsigned)uid);
	if (!getenv("XDG_RUNTIME_DIR") && stat(path, &st) == 0 && S_ISDIR(st.st_mode) &&
	    st.st_uid == uid)
		setenv("XDG_RUNTIME_DIR", path, 1);
}

static void print_json(int pid, const char *source, const char *place)
{
	struct buf b = {0};

	buf_printf(&b, "{\"schema\":1,\"pid\":%d,\"source\":", pid);
	buf_json_str(&b, source);
	buf_str(&b, ",\"place\":");
	buf_json_str(&b, place);
	buf_str(&b, "}");
	puts(b.p);
	buf_fini(&b);
}

static int run(struct app *app)
{
	char place[TAP_ADDRESS_BYTES], text[64];
	const char *user;
	struct err e = {0};
	uid_t uid = 0;
	int pid;

	if (app->argc != 1)
		return cmd_fail_status(&(struct err){.msg = "tap which one? tap:DEV or "
							    "usbmon:BUS-DEV"},
				       EXIT_USAGE);
	user = caller(text, &uid);
	if (user)
		find_folder(uid);
	pid = servotap_start(app->argv[0], user, place, &e);
	if (pid < 0)
		return cmd_fail_status(&e, e.code == EINVAL ? EXIT_USAGE : EXIT_UNAVAILABLE);
	if (opts_has(&app->opts, "json"))
		print_json(pid, app->argv[0], place);
	else
		printf("%s\n", place);
	fprintf(stderr, "policytop: the tap (pid %d) waits 10 minutes for: policytop watch '%s'\n",
		pid, app->argv[0]);
	return EXIT_OK;
}

static const struct opt options[] = {
	{"json", NULL, "print one JSON object"},
	{0},
};

const struct command command_tap = {
	.name = "tap",
	.operands = "SOURCE",
	.summary = "start the tap of a servo bus, for an engine to come",
	.options = options,
	.run = run,
};
