/* SPDX-License-Identifier: Apache-2.0 */
/* policytop-tap: see policytop-tap(8). What it prints is one line, for whoever started it. */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/opt.h"
#include "base/text.h"
#include "tap/tap.h"

enum { LINGER_S = 600, EXIT_USAGE = 64, EXIT_UNAVAILABLE = 69, EXIT_IO = 74 };

static const struct opt options[] = {
	{"source", "WORD", "the source word of the engine that it is for"},
	{"link", "NAME", "stand before a serial port, as NAME in the runtime folder"},
	{"usbmon", "BUS-DEV", "stand beside a USB serial device; by root"},
	{"user", "UID:GID", "with --usbmon: become this user once the device is open"},
	{"linger", "S", "end after so long with neither engine nor client (600)"},
	{"help", NULL, "print this"},
	{"version", NULL, "print the version"},
	{0},
};

static int help(void)
{
	puts("usage: policytop-tap [--source WORD] [--linger S] [HOST:]PORT UPSTREAM:PORT\n"
	     "       policytop-tap [--source WORD] [--linger S] --link NAME DEVICE\n"
	     "       policytop-tap [--source WORD] [--linger S] --usbmon BUS-DEV [--user UID:GID]\n"
	     "Passes TCP connections on to UPSTREAM:PORT, or what a program has to say to a serial\n"
	     "port on to DEVICE, with a copy for a policytop engine.");
	for (const struct opt *o = options; o->name; o++)
		printf("  --%s%s%s\n\t%s\n", o->name, o->arg ? " " : "", o->arg ? o->arg : "",
		       o->help);
	return 0;
}

/* It answers to nobody: no terminal, no pipe, no folder. */
static void let_go(void)
{
	int null = open("/dev/null", O_RDWR | O_CLOEXEC);

	for (int fd = 0; null >= 0 && fd < 3; fd++)
		dup2(null, fd);
	if (null > 2)
		close(null);
	if (chdir("/"))
		return;
}

static void quiet_signals(void)
{
	static const int ignored[] = {SIGHUP, SIGINT, SIGQUIT, SIGPIPE, SIGCHLD, SIGTSTP};

	for (size_t i = 0; i < sizeof(ignored) / sizeof(ignored[0]); i++)
		signal(ignored[i], SIG_IGN);
}

static int fail(const struct err *e, int status)
{
	printf("error %d %s\n", e->code, e->msg);
	fflush(stdout);
	fprintf(stderr, "policytop-tap: %s\n", e->msg);
	return status;
}

static int serve(const struct tap_cfg *cfg)
{
	struct err e = {0};
	struct tap *t = tap_new(cfg, &e);
	int rc;

	if (!t)
		return fail(&e, e.code == EINVAL ? EXIT_USAGE : EXIT_UNAVAILABLE);
	if (t->listener >= 0 && tcp_exposed(t->listener))
		fprintf(stderr,
			"policytop-tap: %s can be reached from other machines, by anybody\n",
			t->info.listen);
	printf("ready %s %s\n", tap_place(&t->info), t->door_path);
	fflush(stdout);
	let_go();
	rc = tap_serve(t);
	tap_free(t);
	return rc ? EXIT_IO : 0;
}

static int take_ends(struct tap_cfg *cfg, const struct opts *o, int argc, char **argv,
		     struct err *e)
{
	bool link = opts_has(o, "link"), usbmon = opts_has(o, "usbmon"), good = true;
	int end = 0;

	if (argc != (usbmon ? 1 : link ? 2 : 3) || (usbmon && link))
		return err_set(e, EINVAL, "between what should it stand? (see: --help)");
	if (usbmon) {
		cfg->usbmon = opts_text(o, "usbmon");
	} else if (link) {
		cfg->link = opts_text(o, "link");
		cfg->device = argv[1];
	} else {
		cfg->listen = argv[1];
		cfg->upstream = argv[2];
	}
	if (opts_has(o, "user"))
		good = sscanf(opts_text(o, "user"), "%u:%u%n", &cfg->uid, &cfg->gid, &end) == 2 &&
		       !opts_text(o, "user")[end];
	return good ? 0 : err_set(e, EINVAL, "--user is UID:GID");
}

int main(int argc, char **argv)
{
	struct tap_cfg cfg = {0};
	struct opts o;
	struct err e = {0};
	int64_t linger_s = LINGER_S;
	int rc = opts_parse(&o, options, &argc, argv, &e);

	if (!rc && opts_has(&o, "help"))
		return help();
	if (!rc && opts_has(&o, "version")) {
		puts("policytop-tap " PACKAGE_VERSION);
		return 0;
	}
	if (!rc)
		rc = opts_i64(&o, "linger", 0, 1000000, LINGER_S, &linger_s, &e);
	if (!rc)
		rc = take_ends(&cfg, &o, argc, argv, &e);
	if (rc)
		return fail(&e, EXIT_USAGE);
	quiet_signals();
	cfg.source = opts_has(&o, "source") ? opts_text(&o, "source") : "";
	cfg.linger_ns = linger_s * NS_PER_S;
	return serve(&cfg);
}
