/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Both ends of a servo bus, for the emulated machine, where there is no Python:
 *
 *	servo_peer bus sts|dxl TTY	six simulated servos at a serial device
 *	servo_peer bus sts|dxl :SOCKET	at a UNIX socket of the machine's other side
 *	servo_peer drive sts|dxl TTY CYCLES	a program that reads six positions and writes six
 *					goals, again and again; prints how that went
 */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <time.h>
#include <unistd.h>

#include "base/clock.h"
#include "hal/tty.h"
#include "sim/bus.h"

enum { BAUD = 1000000, PATIENCE_MS = 3000, SERVOS = 6, PACKET = 128 };

static int open_socket(const char *path)
{
	struct sockaddr_un sa = {.sun_family = AF_UNIX};

	snprintf(sa.sun_path, sizeof(sa.sun_path), "%s", path);
	for (int tries = 0; tries < 3000; tries++) {
		int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);

		if (connect(fd, (struct sockaddr *)&sa, sizeof(sa)) == 0)
			return fd;
		close(fd);
		usleep(10000); /* the machine makes it when it starts */
	}
	return -1;
}

static int open_tty(const char *path)
{
	int fd = open(path, O_RDWR | O_NOCTTY | O_CLOEXEC);

	return fd >= 0 && tty_raw(fd, BAUD) == 0 ? fd : -1;
}

static int be_bus(const char *kind, const char *place)
{
	struct clock clock = clock_real();
	struct sim_bus_cfg cfg;
	struct sim_bus *bus;
	unsigned char bytes[4096];
	struct pollfd p = {.events = POLLIN};
	ssize_t n = 1;

	p.fd = place[0] == ':' ? open_socket(place + 1) : open_tty(place);
	if (p.fd < 0) {
		perror(place);
		return 1;
	}
	sim_bus_arm(&cfg, strcmp(kind, "dxl") ? SIM_BUS_STS : SIM_BUS_DXL);
	bus = sim_bus_new(&cfg, clock_now_ns(&clock));
	while (n > 0 && poll(&p, 1, -1) >= 0) {
		n = read(p.fd, bytes, sizeof(bytes));
		if (n > 0)
			sim_bus_take(bus, clock_now_ns(&clock), bytes, (size_t)n);
		while (n > 0 &&
		       (n = (ssize_t)sim_bus_give(bus, INT64_MAX / 2, bytes, sizeof(bytes))) > 0)
			n = write(p.fd, bytes, (size_t)n);
		n = n == 0 ? 1 : n;
	}
	sim_bus_free(bus);
	return 0;
}

static unsigned crc16(const unsigned char *p, size_t n)
{
	unsigned c = 0;

	while (n--) {
		c ^= (unsigned)*p++ << 8;
		for (int i = 0; i < 8; i++)
			c = (c & 0x8000 ? c << 1 ^ 0x8005 : c << 1) & 0xffff;
	}
	return c;
}

/* A packet for all: instruction, address, length, then what is given. Its bytes. */
static size_t pack(bool dxl, unsigned char *p, unsigned what, unsigned address, unsigned length,
		   const unsigned char *rest, size_t n)
{
	static const unsigned char head[] = {0xff, 0xff, 0xfd, 0};
	size_t at = dxl ? 4 : 2, body = at;
	unsigned sum = 0;

	memcpy(p, head, at);
	p[at++] = 0xfe;
	p[at++] = (unsigned char)(dxl ? n + 7 : n + 4);
	if (dxl)
		p[at++] = 0;
	p[at++] = (unsigned char)what;
	for (unsigned i = 0; i < 2; i++) {
		p[at++] = (unsigned char)(i ? length : address);
		if (dxl)
			p[at++] = 0;
	}
	memcpy(p + at, rest, n);
	at += n;
	if (dxl) {
		sum = crc16(p, at);
		p[at++] = (unsigned char)sum;
		p[at++] = (unsigned char)(sum >> 8);
		return at;
	}
	for (size_t i = body; i < at; i++)
		sum += p[i];
	p[at++] = (unsigned char)~sum;
	return at;
}

/* 0, or the errno: ETIMEDOUT not all of it came. */
static int get(int fd, size_t n)
{
	unsigned char bytes[256];

	while (n) {
		struct pollfd p = {.fd = fd, .events = POLLIN};
		ssize_t got = poll(&p, 1, PATIENCE_MS) > 0 ? read(fd, bytes, n) : -1;

		if (got <= 0)
			return p.revents & POLLHUP || got == 0 ? EIO : ETIMEDOUT;
		n -= (size_t)got;
	}
	return 0;
}

static int cycle(int fd, bool dxl, unsigned n)
{
	unsigned char ids[SERVOS], goals[SERVOS * 5], packet[PACKET];
	size_t size = dxl ? 4 : 2, at = 0;
	int rc;

	for (unsigned i = 0; i < SERVOS; i++) {
		unsigned goal = 2000 + (n + i * 7) % 100;

		ids[i] = (unsigned char)(i + 1);
		memset(goals + at, 0, size + 1);
		goals[at] = ids[i];
		goals[at + 1] = (unsigned char)goal;
		goals[at + 2] = (unsigned char)(goal >> 8);
		at += size + 1;
	}
	size = pack(dxl, packet, 0x82, dxl ? 132 : 56, dxl ? 4 : 2, ids, SERVOS);
	if (write(fd, packet, size) != (ssize_t)size)
		return errno;
	rc = get(fd, (dxl ? 15 : 8) * (size_t)SERVOS);
	if (rc)
		return rc;
	size = pack(dxl, packet, 0x83, dxl ? 116 : 42, dxl ? 4 : 2, goals, at);
	return write(fd, packet, size) == (ssize_t)size ? 0 : errno;
}

static int drive(const char *kind, const char *path, unsigned cycles)
{
	int fd = open_tty(path), rc = fd < 0 ? errno : 0;
	unsigned n = 0;

	while (!rc && n < cycles) {
		rc = cycle(fd, strcmp(kind, "dxl") == 0, n);
		n += !rc;
		usleep(5000);
	}
	printf("%u cycles: %s\n", n, rc ? strerror(rc) : "well");
	return rc != 0;
}

int main(int argc, char **argv)
{
	if (argc == 4 && strcmp(argv[1], "bus") == 0)
		return be_bus(argv[2], argv[3]);
	if (argc == 5 && strcmp(argv[1], "drive") == 0)
		return drive(argv[2], argv[3], (unsigned)atoi(argv[4]));
	return 64;
}
