/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/hal/fake_system.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/path.h"

bool fake_system_make(struct fake_system *s)
{
	snprintf(s->root, sizeof(s->root), "/tmp/policytop-camera-XXXXXX");
	return mkdtemp(s->root) != NULL;
}

void fake_system_remove(struct fake_system *s)
{
	char command[128];

	snprintf(command, sizeof(command), "rm -rf '%s'", s->root);
	if (system(command))
		printf("# %s stays\n", s->root);
}

void fake_system_put(const struct fake_system *s, const char *name, const char *text)
{
	char path[512];
	FILE *f;

	snprintf(path, sizeof(path), "%s/%s", s->root, name);
	path_make_parents(path, NULL);
	f = fopen(path, "we");
	if (f) {
		fputs(text, f);
		fclose(f);
	}
}

void fake_system_point(const struct fake_system *s, const char *name, const char *target)
{
	char path[512];

	snprintf(path, sizeof(path), "%s/%s", s->root, name);
	path_make_parents(path, NULL);
	unlink(path);
	if (symlink(target, path))
		printf("# no link %s\n", path);
}

void fake_system_unlink(const struct fake_system *s, const char *name)
{
	char path[512];

	snprintf(path, sizeof(path), "%s/%s", s->root, name);
	unlink(path);
}

void fake_system_camera(const struct fake_system *s, int number)
{
	char name[128], target[128];

	snprintf(name, sizeof(name), "dev/video%d", number);
	fake_system_put(s, name, "");
	snprintf(target, sizeof(target), "../../video%d", number);
	fake_system_point(s, "dev/v4l/by-id/usb-SimCo_SimCam_CAM1-video-index0", target);
	fake_system_point(s, "dev/v4l/by-path/pci-0000:00:14.0-usb-0:1:1.0-video-index0", target);
	fake_system_put(s, "sys/devices/usb1/1-1/busnum", "1\n");
	fake_system_put(s, "sys/devices/usb1/1-1/speed", "480\n");
	fake_system_put(s, "sys/devices/usb1/1-1/serial", "CAM1\n");
	fake_system_put(s, "sys/devices/usb1/1-1/1-1:1.0/keep", "");
	snprintf(name, sizeof(name), "sys/class/video4linux/video%d/name", number);
	fake_system_put(s, name, "SimCam: \033SimCam\n");
	snprintf(name, sizeof(name), "sys/class/video4linux/video%d/device", number);
	fake_system_point(s, name, "../../../devices/usb1/1-1/1-1:1.0");
}
