/* SPDX-License-Identifier: Apache-2.0 */
/* The ends of a serial tap: made when it starts, and again when the device is back. */
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/inotify.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "base/text.h"
#include "tap/line.h"

enum { FIRST_BAUD = 1000000 };

#define RETRY_NS (200 * NS_PER_MS)

/* first: with the reason in words, which takes time and memory that later there is not. */
static int open_port(struct line *l, bool first, struct err *e)
{
	char real[PATH_MAX];
	int rc;

	if (!realpath(l->device, real))
		return err_set(e, errno, "%s: %m: is it plugged in?", l->device);
	l->port = tty_open(real, first, e);
	if (l->port < 0)
		return l->port;
	rc = first ? 0 : tty_lock(l->port);
	if (!rc)
		rc = tty_raw(l->port, l->set.baud);
	if (rc)
		return err_set(e, -rc, "%s: cannot be set up: %s", real, strerror(-rc));
	tty_purge(l->port, TTY_BOTH);
	l->port_watch = inotify_add_watch(l->nodes, real, IN_OPEN);
	return 0;
}

/*
 * As if nobody had had it: what one program left unread, or asked for, the next one does not find.
 * That one may be there already: of it nothing is touched, neither bytes nor settings. 0 or -errno:
 * EBUSY the program before asked that nobody after it can open it.
 */
static int clear_pty(struct line *l, const char *pty)
{
	int slave = open(pty, O_RDWR | O_NOCTTY | O_NONBLOCK | O_CLOEXEC), rc;
	char told;

	if (slave < 0)
		return -errno;
	ioctl(slave, TIOCNXCL);
	tty_purge(slave, TTY_INPUT);
	rc = tty_raw_again(slave);
	/* What packet mode tells of that; no byte of anybody is read with it. */
	if (read(l->master, &told, 1) < 0 && errno != EAGAIN && !rc)
		rc = -errno;
	close(slave);
	return rc;
}

static void watch_pty(struct line *l, const char *pty)
{
	static const uint32_t seen = IN_OPEN | IN_CLOSE_WRITE | IN_CLOSE_NOWRITE;

	l->pty_watch = inotify_add_watch(l->nodes, pty, seen);
}

/* By system calls: what libc has for it may allocate. */
static int open_pty(struct line *l, char pty[TAP_PTY_BYTES], struct err *e)
{
	int unlock = 0, packets = 1, rc;
	unsigned number;

	l->master = open("/dev/ptmx", O_RDWR | O_NOCTTY | O_NONBLOCK | O_CLOEXEC);
	if (l->master < 0 || ioctl(l->master, TIOCSPTLCK, &unlock) ||
	    ioctl(l->master, TIOCGPTN, &number) || ioctl(l->master, TIOCPKT, &packets))
		return err_set(e, errno, "no pseudo terminal is left: %m");
	snprintf(pty, TAP_PTY_BYTES, "/dev/pts/%u", number);
	/* Before anybody can open it: what a program says first would come back as an echo. */
	rc = tty_raw(l->master, l->set.baud);
	if (!rc)
		rc = clear_pty(l, pty); /* only once it was open it looks as if nobody had it */
	if (rc)
		return err_set(e, -rc, "%s: %s", pty, strerror(-rc));
	watch_pty(l, pty);
	return 0;
}

static void close_end(struct line *l, int *fd, int *watch)
{
	if (*fd >= 0)
		close(*fd);
	if (*watch >= 0)
		inotify_rm_watch(l->nodes, *watch);
	*fd = *watch = -1;
}

static void close_ends(struct line *l)
{
	link_remove(&l->link);
	close_end(l, &l->port, &l->port_watch);
	close_end(l, &l->master, &l->pty_watch);
}

static int offer_pty(struct tap *t, struct err *e)
{
	struct line *l = t->line;
	char pty[TAP_PTY_BYTES] = "";
	int rc = open_pty(l, pty, e);

	if (!rc)
		rc = link_place(&l->link, pty, e);
	if (!rc)
		text_copy(t->info.pty, sizeof(t->info.pty), pty);
	return rc;
}

static int plug(struct tap *t, bool first, struct err *e)
{
	struct line *l = t->line;
	int rc = open_port(l, first, e);

	l->gone = false;
	if (!rc)
		rc = offer_pty(t, e);
	if (rc)
		close_ends(l);
	return rc;
}

void line_clear(struct tap *t)
{
	struct line *l = t->line;

	/* What we do ourselves is not to be seen. */
	inotify_rm_watch(l->nodes, l->pty_watch);
	l->pty_watch = -1;
	if (clear_pty(l, t->info.pty) == 0) {
		watch_pty(l, t->info.pty);
		return;
	}
	link_remove(&l->link);
	close_end(l, &l->master, &l->pty_watch);
	l->gone = offer_pty(t, &(struct err){0}) != 0;
	if (!l->gone)
		line_attach(t);
}

void line_unplug(struct tap *t)
{
	struct line *l = t->line;

	line_hang_up(t);
	/* At once: as long as it is open, its name is taken when the device is back. */
	close_ends(l);
	t->info.pty[0] = '\0';
	t->busy = 0;
	l->retry_ns = clock_now_ns(&t->clock) + RETRY_NS;
	tap_tell(t, TAP_UNPLUGGED);
}

int64_t line_due(struct tap *t)
{
	struct line *l = t->line;
	int64_t now = clock_now_ns(&t->clock);

	/* A pseudo terminal that is gone does not come back: its number is somebody else's then. */
	if (l->port >= 0 || text_starts(l->device, "/dev/pts/"))
		return INT64_MAX;
	if (now < l->retry_ns)
		return l->retry_ns;
	l->retry_ns = now + RETRY_NS;
	if (plug(t, false, &(struct err){0}))
		return l->retry_ns;
	line_attach(t);
	tap_tell(t, TAP_PLUGGED);
	return INT64_MAX;
}

int line_open(struct tap *t, const struct tap_cfg *cfg, struct err *e)
{
	struct line *l = t->line = calloc(1, sizeof(*l));
	int rc;

	t->capacity = 1;
	t->connection = calloc(1, sizeof(*t->connection));
	if (!l || !t->connection)
		return err_set(e, ENOMEM, "not enough memory");
	l->port = l->master = l->nodes = l->link.lock = l->port_watch = l->pty_watch = -1;
	t->connection[0].slot = -1;
	l->set.baud = FIRST_BAUD;
	if (!link_name_good(cfg->link))
		return err_set(e, EINVAL, "%s: a link is named by letters, digits, '-' and '_'",
			       cfg->link);
	if (cfg->device[0] != '/' || strlen(cfg->device) >= sizeof(l->device))
		return err_set(e, EINVAL, "%s: write the whole path of a device", cfg->device);
	text_copy(l->device, sizeof(l->device), cfg->device);
	text_copy(t->info.upstream, sizeof(t->info.upstream), cfg->device);
	l->nodes = inotify_init1(IN_NONBLOCK | IN_CLOEXEC);
	if (l->nodes < 0)
		return err_set(e, errno, "cannot watch devices: %m");
	rc = link_claim(&l->link, cfg->link, e);
	if (rc)
		return rc;
	text_copy(t->info.link, sizeof(t->info.link), l->link.path);
	return plug(t, true, e);
}

void line_close(struct tap *t)
{
	if (!t->line)
		return;
	close_ends(t->line);
	link_release(&t->line->link);
	if (t->line->nodes >= 0)
		close(t->line->nodes);
	free(t->line);
}
