/* SPDX-License-Identifier: Apache-2.0 */
#include "hal/usbmon.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/text.h"

/* Documentation/usb/usbmon.rst of the kernel; there is no header for programs. */
struct record {
	uint64_t id;
	uint8_t type, transfer, endpoint, device;
	uint16_t bus;
	int8_t no_setup, no_data;
	int64_t s;
	int32_t us, status;
	uint32_t length, captured;
	uint8_t setup[8];
	int32_t interval, start_frame;
	uint32_t flags, descriptors;
};

_Static_assert(sizeof(struct record) == USBMON_HEADER_BYTES, "as the kernel lays it out");

struct get {
	void *header, *data;
	size_t room;
};

struct stats {
	uint32_t queued, dropped;
};

enum {
	BULK = 3,
	DIRECTION_IN = 0x80,
	CDC_DATA = 0x0a,
	RING_BYTES = 1 << 20,
	NUMBER_MAX = 999,
	MAGIC = 0x92,
};

static const unsigned long get_stats = _IOR(MAGIC, 3, struct stats), set_ring = _IO(MAGIC, 4),
			   get_record = _IOW(MAGIC, 10, struct get);

bool usbmon_parse(const char *text, struct usbmon_port *out)
{
	char *end;
	unsigned long bus = strtoul(text, &end, 10), device;

	if (end == text || *end != '-' || text[0] < '0' || text[0] > '9' || end[1] < '0' ||
	    end[1] > '9')
		return false;
	device = strtoul(end + 1, &end, 10);
	*out = (struct usbmon_port){.bus = (unsigned)bus, .device = (unsigned)device};
	return !*end && bus >= 1 && bus <= NUMBER_MAX && device >= 1 && device <= NUMBER_MAX;
}

/* A number in a file of /sys; -1 there is none. */
static long number_in(const char *folder, const char *name, int base)
{
	char path[600], text[32] = "";
	FILE *f;

	snprintf(path, sizeof(path), "%s/%s", folder, name);
	f = fopen(path, "re");
	if (!f)
		return -1;
	if (!fgets(text, sizeof(text), f))
		text[0] = '\0';
	fclose(f);
	return text[0] ? strtol(text, NULL, base) : -1;
}

/* The endpoints of an interface that carries the bytes of a serial line. */
static void find_endpoints(struct usbmon_port *p, const char *interface)
{
	DIR *dir = opendir(interface);
	const struct dirent *d;
	unsigned n;

	while (dir && (d = readdir(dir))) {
		if (sscanf(d->d_name, "ep_%2x", &n) != 1)
			continue;
		if (n & DIRECTION_IN)
			p->in = n & 15;
		else
			p->out = n & 15;
	}
	if (dir)
		closedir(dir);
}

int usbmon_find(struct usbmon_port *p, struct err *e)
{
	static const char *const all = "/sys/bus/usb/devices";
	DIR *dir = opendir(all);
	char name[256] = "", path[600];
	const struct dirent *d;

	/* Interfaces are listed beside their device, as NAME:CONFIGURATION.INTERFACE. */
	while (dir && !name[0] && (d = readdir(dir))) {
		snprintf(path, sizeof(path), "%s/%s", all, d->d_name);
		if (number_in(path, "busnum", 10) == (long)p->bus &&
		    number_in(path, "devnum", 10) == (long)p->device)
			snprintf(name, sizeof(name), "%s:", d->d_name);
	}
	if (name[0])
		snprintf(p->node, sizeof(p->node), "%s/%.*s/devnum", all, (int)strlen(name) - 1,
			 name);
	if (dir)
		rewinddir(dir);
	while (dir && name[0] && (d = readdir(dir))) {
		snprintf(path, sizeof(path), "%s/%s", all, d->d_name);
		if (text_starts(d->d_name, name) &&
		    number_in(path, "bInterfaceClass", 16) == CDC_DATA)
			find_endpoints(p, path);
	}
	if (dir)
		closedir(dir);
	if (!name[0])
		return err_set(e, ENODEV, "usbmon:%u-%u: no such device (see: lsusb)", p->bus,
			       p->device);
	if (!p->in || !p->out)
		return err_set(e, ENOTSUP, "usbmon:%u-%u: is no CDC-ACM device: use tap: instead",
			       p->bus, p->device);
	return 0;
}

/* Whether transfers end in an error tells nothing: a port that is closed ends them so, too. */
bool usbmon_there(const struct usbmon_port *p)
{
	int fd = open(p->node, O_RDONLY | O_CLOEXEC);
	char text[16] = "";
	ssize_t n = fd < 0 ? -1 : read(fd, text, sizeof(text) - 1);

	if (fd >= 0)
		close(fd);
	return n > 0 && strtoul(text, NULL, 10) == p->device;
}

int usbmon_open(const struct usbmon_port *p, struct err *e)
{
	char path[64];
	int fd;

	snprintf(path, sizeof(path), "/dev/usbmon%u", p->bus);
	fd = open(path, O_RDONLY | O_NONBLOCK | O_CLOEXEC);
	if (fd < 0 && errno == ENOENT)
		return err_set(e, errno, "%s: %m: modprobe usbmon", path);
	if (fd < 0 && (errno == EACCES || errno == EPERM))
		return err_set(e, errno, "%s: %m: sudo policytop tap usbmon:%u-%u", path, p->bus,
			       p->device);
	if (fd < 0)
		return err_set(e, errno, "%s: %m", path);
	ioctl(fd, set_ring, RING_BYTES); /* where it is allowed; it has a smaller one */
	return fd;
}

int usbmon_take(int fd, unsigned char header[USBMON_HEADER_BYTES],
		unsigned char data[USBMON_DATA_BYTES])
{
	struct get g = {.header = header, .data = data, .room = USBMON_DATA_BYTES};

	if (ioctl(fd, get_record, &g) == 0)
		return 1;
	return errno == EAGAIN || errno == EINTR ? 0 : -errno;
}

unsigned usbmon_dropped(int fd)
{
	struct stats s = {0};

	return ioctl(fd, get_stats, &s) ? 0 : s.dropped;
}

enum usbmon_kind usbmon_read(const struct usbmon_port *p, const unsigned char *header, size_t n,
			     struct usbmon_piece *out)
{
	struct record r;
	bool in;

	if (n != sizeof(r))
		return USBMON_NOTHING;
	memcpy(&r, header, sizeof(r));
	in = r.endpoint & DIRECTION_IN;
	if (r.bus != p->bus || r.device != p->device || r.transfer != BULK ||
	    (r.endpoint & 15) != (in ? p->in : p->out))
		return USBMON_NOTHING;
	/* Bytes are there when they are handed to the device, and when they have come from it. */
	if (r.type != (in ? 'C' : 'S') || r.no_data || !r.length)
		return USBMON_NOTHING;
	out->direction = !in;
	out->length = r.captured < USBMON_DATA_BYTES ? r.captured : USBMON_DATA_BYTES;
	out->missed = r.length > out->length ? r.length - out->length : 0;
	out->wall_ns = r.s > 0 && r.s < INT64_MAX / NS_PER_S && r.us >= 0 && r.us < 1000000
			       ? r.s * NS_PER_S + r.us * 1000LL
			       : TIME_UNKNOWN;
	return USBMON_BYTES;
}
