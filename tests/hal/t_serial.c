/* SPDX-License-Identifier: Apache-2.0 */
/* A serial port on a pseudo terminal. Those of libserialport are tried in the virtual machine. */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "../tap.h"
#include "hal/serial.h"
#include "hal/tty.h"

enum { PATIENCE_MS = 20000 };

struct device {
	int master;
	char pty[64], link[128];
};

static struct device device_make(const char *folder)
{
	struct device d = {.master = posix_openpt(O_RDWR | O_NOCTTY | O_CLOEXEC)};

	if (d.master < 0 || grantpt(d.master) || unlockpt(d.master) ||
	    ptsname_r(d.master, d.pty, sizeof(d.pty)))
		abort();
	snprintf(d.link, sizeof(d.link), "%s/ttyTEST", folder);
	unlink(d.link);
	if (symlink(d.pty, d.link))
		abort();
	return d;
}

static bool readable(int fd)
{
	struct pollfd p = {.fd = fd, .events = POLLIN};

	return poll(&p, 1, PATIENCE_MS) > 0;
}

static void test_bytes(struct tap *t, const struct device *d)
{
	static const unsigned char sent[] = {0xff, 0xff, 0x00, '\n', '\r', 0x03, 0x11, 0x13, 0x7f};
	unsigned char got[64] = {0};
	struct err e = {0};
	struct serial *s = serial_open(d->link, 1000000, false, &e);
	struct tty_line line;

	ok(t, s && strcmp(serial_path(s), d->pty) == 0, "a link is opened where it leads: %s%s",
	   s ? serial_path(s) : "", e.msg);
	ok(t, tty_line_get(d->master, &line) == 0 && line.baud == 1000000, "at 1 Mbaud");
	ok(t, serial_read(s, got, sizeof(got)) == 0, "nothing has come yet");
	ok(t,
	   serial_write(s, sent, sizeof(sent)) == sizeof(sent) && readable(d->master) &&
		   read(d->master, got, sizeof(got)) == sizeof(sent) &&
		   memcmp(sent, got, sizeof(sent)) == 0,
	   "bytes go out as they are");
	ok(t,
	   write(d->master, sent, sizeof(sent)) == sizeof(sent) && readable(serial_fd(s)) &&
		   serial_read(s, got, sizeof(got)) == sizeof(sent) &&
		   memcmp(sent, got, sizeof(sent)) == 0,
	   "and come in as they are, without an echo");
	ok(t,
	   serial_baud(s, 57600) == 0 && tty_line_get(d->master, &line) == 0 && line.baud == 57600,
	   "the baud rate can be changed");
	ok(t, write(d->master, sent, sizeof(sent)) == sizeof(sent) && readable(serial_fd(s)),
	   "what was not read");
	serial_purge(s);
	ok(t, serial_read(s, got, sizeof(got)) == 0, "is thrown away");
	serial_close(s);
}

static void test_line(struct tap *t, const struct device *d)
{
	int slave = open(d->pty, O_RDWR | O_NOCTTY | O_CLOEXEC);
	struct tty_line line = {0}, back = {0};

	ok(t,
	   tty_raw(slave, 250000) == 0 && tty_line_get(d->master, &line) == 0 &&
		   line.baud == 250000,
	   "any rate, seen from the other side");
	line.baud = 128000;
	ok(t,
	   tty_line_set(d->master, &line) == 0 && tty_line_get(slave, &back) == 0 &&
		   back.baud == 128000 && back.frame == line.frame,
	   "and set from there");
	close(slave);
}

/* Another process that has the port open, until it is killed. */
static pid_t hold(const struct device *d)
{
	int ready[2];
	char byte;
	pid_t pid;

	if (pipe(ready))
		abort();
	pid = fork();
	if (pid == 0) {
		close(d->master);
		if (open(d->pty, O_RDWR | O_NOCTTY) < 0 || write(ready[1], "x", 1) != 1)
			_exit(1);
		for (;;)
			pause();
	}
	close(ready[1]);
	if (pid < 0 || read(ready[0], &byte, 1) != 1)
		abort();
	close(ready[0]);
	return pid;
}

static void test_alone(struct tap *t, const struct device *d)
{
	struct tty_holder who = {0};
	struct err e = {0};
	struct serial *s;
	char wanted[32];
	pid_t pid = hold(d);

	snprintf(wanted, sizeof(wanted), "(pid %d)", (int)pid);
	ok(t, tty_holders(d->pty, &who, 1) == 1 && who.pid == pid && strstr(who.name, "t_serial"),
	   "who has it open is found");
	ok(t, !serial_open(d->link, 1000000, true, &e) && e.code == EBUSY && strstr(e.msg, wanted),
	   "one that is in use cannot be had alone: %s", e.msg);
	kill(pid, SIGKILL);
	waitpid(pid, NULL, 0);
	s = serial_open(d->link, 1000000, true, &e);
	ok(t, s != NULL, "once it is not, it can");
	ok(t, !serial_open(d->link, 1000000, true, &e) && e.code == EBUSY, "and by nobody else: %s",
	   e.msg);
	serial_close(s);
	s = serial_open(d->link, 1000000, true, &e);
	ok(t, s != NULL, "closed, it is free again");
	serial_close(s);
}

static void test_unplug(struct tap *t, struct device *d)
{
	struct err e = {0};
	struct serial *s = serial_open(d->link, 1000000, true, &e);
	unsigned char byte = 1;

	close(d->master);
	ok(t, readable(serial_fd(s)) && serial_read(s, &byte, 1) == -ENODEV,
	   "unplugged, a read says so");
	ok(t, serial_write(s, &byte, 1) == -ENODEV, "and a write");
	serial_close(s);
}

static void test_refused(struct tap *t, const char *folder)
{
	struct serial_info info;
	struct err e = {0};
	char path[256];

	snprintf(path, sizeof(path), "%s/none", folder);
	ok(t, !serial_open(path, 1000000, false, &e) && e.code == ENOENT, "no such port: %s",
	   e.msg);
	ok(t, serial_info(path, &info, &e) == -ENOENT, "nor anything about it");
	ok(t, !serial_open("/dev/null", 1000000, false, &e) && e.code == ENOTTY, "no port: %s",
	   e.msg);
	ok(t, !serial_open(folder, 1000000, false, &e), "no device at all: %s", e.msg);
}

static void test_info(struct tap *t, const struct device *d)
{
	struct serial_info info;
	struct err e = {0};

	ok(t, serial_info(d->link, &info, &e) == 0 && info.pty && strcmp(info.path, d->pty) == 0,
	   "what is known of it");
	ok(t, info.vid == -1 && info.latency_ms == -1 && !info.serial[0],
	   "and what is not, is unknown");
}

int main(void)
{
	char folder[] = "/tmp/policytop-t_serial-XXXXXX";
	struct device d;
	struct tap t = {0};

	if (!mkdtemp(folder))
		return 1;
	d = device_make(folder);
	test_bytes(&t, &d);
	test_line(&t, &d);
	test_info(&t, &d);
	test_alone(&t, &d);
	test_unplug(&t, &d);
	test_refused(&t, folder);
	unlink(d.link);
	rmdir(folder);
	return tap_done(&t);
}
