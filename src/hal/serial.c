/* SPDX-License-Identifier: Apache-2.0 */
#include "hal/serial.h"

#include <errno.h>
#include <fcntl.h>
#include <libserialport.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/mem.h"
#include "base/text.h"
#include "hal/tty.h"

struct serial {
	int fd;
	char *path;
	struct sp_port *port; /* NULL: a pseudo terminal */
};

/* libserialport wants a name in /dev that /sys knows, which no link and no pseudo terminal is. */
static char *resolve_dup(const char *path, bool *pty, struct err *e)
{
	char *real = realpath(path, NULL);

	if (!real)
		err_set(e, errno, "%s: %m: is it plugged in?", path);
	*pty = real && (text_starts(real, "/dev/pts/") || !text_starts(real, "/dev/"));
	return real;
}

/* -errno of its last failure. */
static int failure(enum sp_return rc)
{
	if (rc == SP_ERR_ARG)
		return -ENODEV;
	if (rc == SP_ERR_MEM)
		return -ENOMEM;
	if (rc == SP_ERR_SUPP)
		return -EOPNOTSUPP;
	return sp_last_error_code() > 0 ? -sp_last_error_code() : -EIO;
}

static enum sp_return fill(struct sp_port_config *c, unsigned baud)
{
	enum sp_return rc = sp_set_config_baudrate(c, (int)baud);

	if (rc == SP_OK)
		rc = sp_set_config_bits(c, 8);
	if (rc == SP_OK)
		rc = sp_set_config_parity(c, SP_PARITY_NONE);
	if (rc == SP_OK)
		rc = sp_set_config_stopbits(c, 1);
	if (rc == SP_OK)
		rc = sp_set_config_flowcontrol(c, SP_FLOWCONTROL_NONE);
	return rc;
}

/* All at once: each setting for itself would be another round through the driver. */
static int configure(struct sp_port *port, unsigned baud)
{
	struct sp_port_config *c = NULL;
	enum sp_return rc = sp_new_config(&c);

	if (rc == SP_OK)
		rc = fill(c, baud);
	if (rc == SP_OK)
		rc = sp_set_config(port, c);
	if (c)
		sp_free_config(c);
	return rc == SP_OK ? 0 : failure(rc);
}

/* It cannot be opened: in words that a person understands, and who has it. */
static int explain(struct serial *s, int rc, bool exclusive, struct err *e)
{
	int fd = tty_open(s->path, exclusive, e);

	s->fd = -1;
	if (fd < 0)
		return fd;
	close(fd);
	return err_set(e, -rc, "%s: %s", s->path, strerror(-rc));
}

static int open_real(struct serial *s, unsigned baud, bool exclusive, struct err *e)
{
	enum sp_return rc = sp_get_port_by_name(s->path, &s->port);
	int code;

	if (rc == SP_OK)
		rc = sp_open(s->port, SP_MODE_READ_WRITE);
	if (rc == SP_OK)
		rc = sp_get_port_handle(s->port, &s->fd);
	if (rc != SP_OK)
		return explain(s, failure(rc), exclusive, e);
	fcntl(s->fd, F_SETFD, FD_CLOEXEC);
	code = exclusive ? tty_claim(s->fd, s->path, e) : 0;
	if (code)
		return code;
	code = configure(s->port, baud);
	return code ? err_set(e, -code, "%s: cannot be set to %u baud: %s", s->path, baud,
			      strerror(-code))
		    : 0;
}

static int open_pty(struct serial *s, unsigned baud, bool exclusive, struct err *e)
{
	int rc;

	s->fd = tty_open(s->path, exclusive, e);
	if (s->fd < 0)
		return s->fd;
	rc = tty_raw(s->fd, baud);
	return rc ? err_set(e, -rc, "%s: cannot be set to %u baud: %s", s->path, baud,
			    strerror(-rc))
		  : 0;
}

struct serial *serial_open(const char *path, unsigned baud, bool exclusive, struct err *e)
{
	struct serial *s;
	bool pty;
	char *real = resolve_dup(path, &pty, e);

	if (!real)
		return NULL;
	s = xcalloc(1, sizeof(*s));
	s->fd = -1;
	s->path = real;
	if ((pty ? open_pty : open_real)(s, baud, exclusive, e) == 0)
		return s;
	serial_close(s);
	return NULL;
}

void serial_close(struct serial *s)
{
	int handle = -1;

	if (!s)
		return;
	if (s->port) {
		if (sp_get_port_handle(s->port, &handle) == SP_OK && handle >= 0 && handle == s->fd)
			s->fd = -1;
		sp_close(s->port);
		sp_free_port(s->port);
	}
	if (s->fd >= 0)
		close(s->fd);
	free(s->path);
	free(s);
}

int serial_fd(const struct serial *s)
{
	return s->fd;
}

const char *serial_path(const struct serial *s)
{
	return s->path;
}

/* Nothing was read: libserialport says so of a port that is gone, too. */
static bool is_gone(int fd)
{
	struct pollfd p = {.fd = fd, .events = POLLIN};

	return poll(&p, 1, 0) > 0 && p.revents & (POLLHUP | POLLERR | POLLNVAL);
}

static ssize_t outcome(int code)
{
	if (code == EAGAIN || code == EINTR)
		return 0;
	return code == EIO || code == ENXIO ? -ENODEV : -code;
}

ssize_t serial_read(struct serial *s, void *p, size_t n)
{
	ssize_t got;

	if (s->port) {
		got = sp_nonblocking_read(s->port, p, n);
		if (got < 0)
			return outcome(-failure((enum sp_return)got));
	} else {
		got = read(s->fd, p, n);
		if (got < 0)
			return outcome(errno);
	}
	return got == 0 && n && is_gone(s->fd) ? -ENODEV : got;
}

ssize_t serial_write(struct serial *s, const void *p, size_t n)
{
	ssize_t put;

	if (s->port) {
		put = sp_nonblocking_write(s->port, p, n);
		return put < 0 ? outcome(-failure((enum sp_return)put)) : put;
	}
	put = write(s->fd, p, n);
	return put < 0 ? outcome(errno) : put;
}

int serial_baud(struct serial *s, unsigned baud)
{
	return s->port ? configure(s->port, baud) : tty_raw(s->fd, baud);
}

void serial_purge(struct serial *s)
{
	tty_purge(s->fd, TTY_BOTH);
}

static void copy_text(char dst[64], const char *src)
{
	if (src)
		text_clean(dst, 64, src, strlen(src));
}

/* FTDI's chips keep bytes for so long, to make larger packets of them: 16 unless it was changed. */
static int latency_of(const char *real_path)
{
	char path[512];
	FILE *f;
	int ms;

	snprintf(path, sizeof(path), "/sys/class/tty/%s/device/latency_timer",
		 strrchr(real_path, '/') + 1);
	f = fopen(path, "re");
	if (!f)
		return -1;
	if (fscanf(f, "%d", &ms) != 1 || ms < 0 || ms > 255)
		ms = -1;
	fclose(f);
	return ms;
}

static void describe(struct serial_info *out)
{
	struct sp_port *port = NULL;

	out->latency_ms = latency_of(out->path);
	if (sp_get_port_by_name(out->path, &port) != SP_OK)
		return;
	if (sp_get_port_usb_vid_pid(port, &out->vid, &out->pid) != SP_OK)
		out->vid = out->pid = -1;
	if (sp_get_port_usb_bus_address(port, &out->bus, &out->device) != SP_OK)
		out->bus = out->device = -1;
	copy_text(out->maker, sp_get_port_usb_manufacturer(port));
	copy_text(out->product, sp_get_port_usb_product(port));
	copy_text(out->serial, sp_get_port_usb_serial(port));
	sp_free_port(port);
}

int serial_info(const char *path, struct serial_info *out, struct err *e)
{
	char *real;
	bool pty;

	memset(out, 0, sizeof(*out));
	out->vid = out->pid = out->bus = out->device = out->latency_ms = -1;
	real = resolve_dup(path, &pty, e);
	if (!real)
		return -e->code;
	text_copy(out->path, sizeof(out->path), real);
	free(real);
	out->pty = pty;
	if (!pty)
		describe(out);
	return 0;
}

const char *serial_library(void)
{
	return sp_get_package_version_string();
}
