/* SPDX-License-Identifier: Apache-2.0 */
/* The kernel's own calls. */
#include <errno.h>
#include <fcntl.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <unistd.h>

#include "hal/camera.h"

static int sys_open(void *host, const char *path)
{
	int fd = open(path, O_RDWR | O_NONBLOCK | O_CLOEXEC);

	(void)host;
	return fd < 0 ? -errno : fd;
}

static void sys_close(void *host, int fd)
{
	(void)host;
	close(fd);
}

static int sys_control(void *host, int fd, unsigned long request, void *arg)
{
	int rc;

	(void)host;
	do {
		rc = ioctl(fd, request, arg);
	} while (rc < 0 && errno == EINTR);
	return rc < 0 ? -errno : rc;
}

static void *sys_map(void *host, int fd, size_t length, uint32_t offset)
{
	void *p = mmap(NULL, length, PROT_READ, MAP_SHARED, fd, (off_t)offset);

	(void)host;
	return p == MAP_FAILED ? NULL : p;
}

static void sys_unmap(void *host, void *p, size_t length)
{
	(void)host;
	munmap(p, length);
}

const struct camera_sys camera_kernel = {
	.open = sys_open,
	.close = sys_close,
	.control = sys_control,
	.map = sys_map,
	.unmap = sys_unmap,
};
