/* SPDX-License-Identifier: Apache-2.0 */
/* Names of cameras, their owners and the kernel's trace, in folders made for it. */
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/clock.h"
#include "hal/camera_find.h"
#include "hal/camera_trace.h"
#include "tests/hal/fake_system.h"
#include "tests/tap.h"

struct bed {
	struct tap t;
	struct fake_system sys;
};

static void make_system(struct bed *b)
{
	fake_system_camera(&b->sys, 0);
	fake_system_put(&b->sys, "dev/video1", "");
	fake_system_put(&b->sys, "dev/video10", "");
	fake_system_point(&b->sys, "dev/v4l/by-path/pci-0000:00:14.0-usb-0:2:1.0-video-index0",
			  "../../video10");
	fake_system_put(&b->sys, "sys/class/video4linux/video10/name", "other\n");
}

static void test_resolve(struct bed *b)
{
	static const char by_id[] = "by-id/usb-SimCo_SimCam_CAM1-video-index0";
	static const struct {
		const char *word, *stable;
		int number;
	} words[] = {
		{"0", by_id, 0},
		{"video0", by_id, 0},
		{"/dev/video0", by_id, 0},
		{"usb-SimCo_SimCam_CAM1-video-index0", by_id, 0},
		{"/dev/v4l/by-id/usb-SimCo_SimCam_CAM1-video-index0", by_id, 0},
		{"by-id/usb-SimCo_SimCam_CAM1-video-index0", by_id, 0},
		{"CAM1", by_id, 0},
		{"/dev/video10", "by-path/pci-0000:00:14.0-usb-0:2:1.0-video-index0", 10},
		{"/dev/video1", "video1", 1},
		{"pci-0000:00:14.0-usb-0:1:1.0-video-index0",
		 "by-path/pci-0000:00:14.0-usb-0:1:1.0-video-index0", 0},
		{"usb-Gone-video-index0", "by-id/usb-Gone-video-index0", -1},
		{"7", "video7", -1},
	};
	struct camera_place p;
	struct err e = {0};

	for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++) {
		int rc = camera_resolve(&p, b->sys.root, words[i].word, &e);

		ok(&b->t,
		   rc == 0 && p.number == words[i].number && strcmp(p.stable, words[i].stable) == 0,
		   "%s is %s, video%d", words[i].word, p.stable, p.number);
	}
	camera_resolve(&p, b->sys.root, "0", &e);
	ok(&b->t,
	   p.bus == 1 && p.port_mbit == 480 && strcmp(p.serial, "CAM1") == 0 &&
		   strcmp(p.name, "SimCam: \\x1bSimCam") == 0,
	   "its bus, speed, serial number and name: %u %u %s %s", p.bus, p.port_mbit, p.serial,
	   p.name);
	ok(&b->t,
	   camera_resolve(&p, b->sys.root, "../../etc/passwd", &e) < 0 &&
		   camera_resolve(&p, b->sys.root, "", &e) < 0,
	   "no way out of /dev: %s", e.msg);
}

static void test_replug(struct bed *b)
{
	struct camera_place p, all[8];

	camera_resolve(&p, b->sys.root, "0", NULL);
	fake_system_unlink(&b->sys, "dev/video0");
	ok(&b->t, !camera_where(&p, b->sys.root) && p.number == -1 && !p.node[0], "unplugged");
	fake_system_put(&b->sys, "dev/video4", "");
	fake_system_point(&b->sys, "dev/v4l/by-id/usb-SimCo_SimCam_CAM1-video-index0",
			  "../../video4");
	ok(&b->t,
	   camera_where(&p, b->sys.root) && p.number == 4 && strcmp(p.node, "/dev/video4") == 0,
	   "plugged in again: another number under the same name");
	ok(&b->t, camera_list(all, 8, b->sys.root) == 3 && all[2].number == 10,
	   "all nodes are listed");
	ok(&b->t, camera_list(all, 2, b->sys.root) == 2, "as many as there is room for");
}

static void test_owner(struct bed *b)
{
	struct camera_owner o = {0};
	char node[300], self[64];
	int fd;

	fake_system_put(&b->sys, "proc/41/comm", "policytop\n");
	fake_system_point(&b->sys, "proc/41/fd/3", "/dev/video0");
	fake_system_put(&b->sys, "proc/77/comm", "python\033\n");
	fake_system_point(&b->sys, "proc/77/fd/9", "/dev/video0");
	fake_system_point(&b->sys, "proc/78/fd/9", "/dev/video01");
	camera_find_owner(&o, b->sys.root, "/dev/video0");
	ok(&b->t, o.known && o.pid == 77 && strcmp(o.program, "python\\x1b") == 0,
	   "who streams, not who watches, owns it: %ld %s", o.pid, o.program);
	fake_system_point(&b->sys, "proc/77/fd/9", "/dev/null");
	camera_find_owner(&o, b->sys.root, "/dev/video0");
	ok(&b->t, o.pid == 41, "else who watches");
	camera_find_owner(&o, b->sys.root, "/dev/video5");
	ok(&b->t, o.known && !o.pid, "nobody");
	snprintf(node, sizeof(node), "%s/dev/video1", b->sys.root);
	fd = open(node, O_RDONLY | O_CLOEXEC);
	camera_find_owner(&o, "", node);
	snprintf(self, sizeof(self), "%ld", (long)getpid());
	ok(&b->t, o.pid != getpid(), "never oneself (%s)", self);
	close(fd);
}

static void test_trace(struct bed *b)
{
	static const char line[] =
		"          python-412     [001] .....    12.345678: v4l2_dqbuf: minor = 0, index = 2, "
		"type = VIDEO_CAPTURE, bytesused = 614400, flags = "
		"MAPPED|TIMESTAMP_MONOTONIC|TSTAMP_SRC_SOE, field = NONE, timestamp = 12312345000, "
		"timecode = { type = TIMECODE_TYPE_30FPS }, sequence = 118";
	char changed[1024];
	struct camera_sight s;
	struct camera_trace trace;
	struct err e = {0};
	int rc;

	ok(&b->t,
	   camera_trace_line(&s, line, sizeof(line) - 1) && s.minor == 0 && s.bytes == 614400 &&
		   s.sequence == 118 && !s.damaged && s.t_ns == 12312345000 &&
		   s.taken_ns == 12345678000,
	   "a line of the trace");
	snprintf(changed, sizeof(changed), "%s", line);
	memcpy(strstr(changed, "MAPPED"), "ERROR|", 6);
	ok(&b->t, camera_trace_line(&s, changed, strlen(changed)) && s.damaged, "an error flag");
	snprintf(changed, sizeof(changed), "%s", line);
	memcpy(strstr(changed, "_MONOTONIC"), "_COPYCOPYC", 10);
	ok(&b->t, camera_trace_line(&s, changed, strlen(changed)) && s.t_ns == TIME_UNKNOWN,
	   "a time of another clock");
	ok(&b->t, !camera_trace_line(&s, line, sizeof(line) - 8), "a line that is cut");
	ok(&b->t,
	   !camera_trace_line(&s, "", 0) && !camera_trace_line(&s, "v4l2_qbuf: minor = 0", 20),
	   "other lines are none");
	rc = camera_trace_open(&trace, b->sys.root, 0, &e);
	ok(&b->t, rc == -2 && strstr(e.msg, "root sees them"), "no tracefs: %s", e.msg);
	camera_trace_close(&trace);
}

int main(void)
{
	struct bed b = {0};

	if (!fake_system_make(&b.sys))
		return 1;
	make_system(&b);
	test_resolve(&b);
	test_replug(&b);
	test_owner(&b);
	test_trace(&b);
	fake_system_remove(&b.sys);
	return tap_done(&b.t);
}
