/* SPDX-License-Identifier: Apache-2.0 */
#include "hal/tty.h"

#include <asm/termbits.h> /* struct termios2: not together with <termios.h> */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "base/text.h"

enum { HOLDERS_TOLD = 1, DRAIN_MS = 100 };

static const tcflag_t frame_bits = CSIZE | CSTOPB | PARENB | PARODD | CMSPAR | CRTSCTS;

int tty_raw(int fd, unsigned baud)
{
	struct termios2 t;

	if (ioctl(fd, TCGETS2, &t))
		return -errno;
	t.c_iflag = IGNPAR;
	t.c_oflag = 0;
	t.c_lflag = 0;
	t.c_cflag = CS8 | CREAD | CLOCAL | BOTHER;
	t.c_ispeed = t.c_ospeed = baud;
	t.c_cc[VMIN] = 1;
	t.c_cc[VTIME] = 0;
	return ioctl(fd, TCSETS2, &t) ? -errno : 0;
}

int tty_raw_again(int fd)
{
	struct termios2 t;

	if (ioctl(fd, TCGETS2, &t))
		return -errno;
	if (!(t.c_lflag & (ECHO | ICANON | ISIG)) && !(t.c_oflag & OPOST) &&
	    !(t.c_iflag & (ISTRIP | INLCR | IGNCR | ICRNL | IUCLC | IXON | IXOFF)))
		return 0;
	t.c_iflag = IGNPAR;
	t.c_oflag = 0;
	t.c_lflag = 0;
	return ioctl(fd, TCSETS2, &t) ? -errno : 0;
}

int tty_line_get(int fd, struct tty_line *out)
{
	struct termios2 t;

	if (ioctl(fd, TCGETS2, &t))
		return -errno;
	*out = (struct tty_line){.baud = t.c_ospeed, .frame = t.c_cflag & frame_bits};
	return 0;
}

int tty_line_set(int fd, const struct tty_line *line)
{
	struct termios2 t;

	if (ioctl(fd, TCGETS2, &t))
		return -errno;
	t.c_cflag &= ~(frame_bits | CBAUD | CBAUD << IBSHIFT);
	t.c_cflag |= (line->frame & frame_bits) | BOTHER;
	t.c_ispeed = t.c_ospeed = line->baud;
	return ioctl(fd, TCSETS2, &t) ? -errno : 0;
}

void tty_purge(int fd, enum tty_queue queue)
{
	static const int which[] = {TCIFLUSH, TCOFLUSH, TCIOFLUSH};

	ioctl(fd, TCFLSH, which[queue]);
}

static const char pts[] = "/dev/pts/";

static void name_of(int pid, char name[64])
{
	char path[64], raw[64];
	FILE *f;

	snprintf(path, sizeof(path), "/proc/%d/comm", pid);
	f = fopen(path, "re");
	if (!f || !fgets(raw, sizeof(raw), f))
		text_copy(raw, sizeof(raw), "a process");
	if (f)
		fclose(f);
	raw[strcspn(raw, "\n")] = '\0';
	text_clean(name, 64, raw, strlen(raw));
}

/* The terminal that a process made by this descriptor; -1: the kernel does not say. */
static int index_of_master(int pid, const char *fd)
{
	char path[64], line[128];
	int index = -1;
	FILE *f;

	snprintf(path, sizeof(path), "/proc/%d/fdinfo/%.16s", pid, fd);
	f = fopen(path, "re");
	while (f && fgets(line, sizeof(line), f)) {
		if (sscanf(line, "tty-index: %d", &index) == 1)
			break;
	}
	if (f)
		fclose(f);
	return index;
}

/* A simulated device: its maker has to hold the side that a client opens, so that it stays. */
static bool is_its_master(int pid, const char *fd, const char *link, const char *real_path)
{
	int index;

	if (strcmp(link, "/dev/ptmx") != 0 && strcmp(link, "/dev/pts/ptmx") != 0)
		return false;
	index = index_of_master(pid, fd);
	return index < 0 || index == atoi(real_path + strlen(pts));
}

static bool holds(int pid, const char *real_path)
{
	bool pty = text_starts(real_path, pts), held = false, made = false;
	char path[64], link[512];
	const struct dirent *d;
	DIR *dir;

	snprintf(path, sizeof(path), "/proc/%d/fd", pid);
	dir = opendir(path);
	while (dir && (d = readdir(dir))) {
		ssize_t n = readlinkat(dirfd(dir), d->d_name, link, sizeof(link) - 1);

		if (n <= 0)
			continue;
		link[n] = '\0';
		held |= strcmp(link, real_path) == 0;
		made |= pty && is_its_master(pid, d->d_name, link, real_path);
	}
	if (dir)
		closedir(dir);
	return held && !made;
}

size_t tty_holders(const char *real_path, struct tty_holder *out, size_t max)
{
	DIR *dir = opendir("/proc");
	const struct dirent *d;
	size_t n = 0;

	while (dir && n < max && (d = readdir(dir))) {
		char *end;
		long pid = strtol(d->d_name, &end, 10);

		if (pid <= 0 || pid > INT_MAX || *end || pid == getpid() ||
		    !holds((int)pid, real_path))
			continue;
		out[n].pid = (int)pid;
		name_of(out[n].pid, out[n].name);
		n++;
	}
	if (dir)
		closedir(dir);
	return n;
}

static int busy(const char *real_path, struct err *e)
{
	struct tty_holder who[HOLDERS_TOLD];

	if (tty_holders(real_path, who, HOLDERS_TOLD))
		return err_set(e, EBUSY, "%s is open in %s (pid %d): end that first", real_path,
			       who[0].name, who[0].pid);
	return err_set(e, EBUSY, "%s is in use by another program, which this user cannot see",
		       real_path);
}

int tty_lock(int fd)
{
	return flock(fd, LOCK_EX | LOCK_NB) || ioctl(fd, TIOCEXCL) ? -errno : 0;
}

int tty_claim(int fd, const char *real_path, struct err *e)
{
	struct tty_holder who[HOLDERS_TOLD];
	int rc;

	/* Two readers take bytes from each other, and most programs for servos set no lock. */
	if (tty_holders(real_path, who, HOLDERS_TOLD))
		return busy(real_path, e);
	rc = tty_lock(fd);
	if (rc == -EWOULDBLOCK)
		return busy(real_path, e);
	return rc ? err_set(e, -rc, "%s: cannot be had alone: %s", real_path, strerror(-rc)) : 0;
}

void tty_drain(int fd)
{
	int left = 0;

	for (int ms = 0; ms < DRAIN_MS && ioctl(fd, TIOCOUTQ, &left) == 0 && left > 0; ms++)
		usleep(1000);
}

int tty_open(const char *real_path, bool exclusive, struct err *e)
{
	int fd = open(real_path, O_RDWR | O_NOCTTY | O_NONBLOCK | O_CLOEXEC), rc;

	if (fd < 0 && errno == EBUSY)
		return busy(real_path, e);
	if (fd < 0 && errno == EACCES)
		return err_set(e, errno,
			       "%s: %m: is this user in the group of the device (dialout)?",
			       real_path);
	if (fd < 0)
		return err_set(e, errno, "%s: %m", real_path);
	if (!isatty(fd))
		rc = err_set(e, ENOTTY, "%s is no serial port", real_path);
	else
		rc = exclusive ? tty_claim(fd, real_path, e) : 0;
	if (rc)
		close(fd);
	return rc ? rc : fd;
}
