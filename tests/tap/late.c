/* SPDX-License-Identifier: Apache-2.0 */
/*
 * policytop-tap where the kernel is as late as it can be: of a program that purges its input and then
 * writes, read() gives the bytes first and tells of the purge afterwards, by which time the port has
 * the reply. Kernels do so now and then (the look for a purge comes before the wait for bytes), here it
 * is always so. Run by line.py.
 */
#include <poll.h>
#include <sys/ioctl.h>
#include <sys/syscall.h>
#include <unistd.h>

enum { FD_MAX = 64, SOON_MS = 300 };

/* What the kernel told of fd, and read() has not yet. */
static struct {
	int fd;
	unsigned char told;
	int waiting; /* at the port, by then */
} late;

static ssize_t real_read(int fd, void *p, size_t n)
{
	return syscall(SYS_read, fd, p, n);
}

static int packets(int fd)
{
	int on = 0;

	return ioctl(fd, TIOCGPKT, &on) == 0 && on;
}

/* Bytes that can be read from the port. */
static int waiting(void)
{
	int sum = 0;

	for (int fd = 0; fd < FD_MAX; fd++) {
		int n;

		if (isatty(fd) && !packets(fd) && ioctl(fd, FIONREAD, &n) == 0)
			sum += n;
	}
	return sum;
}

/* In the place of the C library's. */
ssize_t read(int fd, void *p, size_t n)
{
	unsigned char *byte = p, told = 0;
	ssize_t got;

	if (late.told && fd == late.fd) {
		for (int ms = 0; ms < SOON_MS && waiting() == late.waiting; ms++)
			poll(NULL, 0, 1);
		*byte = late.told;
		late.told = 0;
		return 1;
	}
	got = real_read(fd, p, n);
	if (got != 1 || n == 1 || !packets(fd) || !(*byte & TIOCPKT_FLUSHREAD))
		return got;
	told = *byte;
	got = real_read(fd, p, n);
	if (got > 1) {
		late.fd = fd;
		late.told = told;
		late.waiting = waiting();
		return got;
	}
	*byte = told;
	return 1;
}
