/* SPDX-License-Identifier: Apache-2.0 */
/* One camera's life, second by second, against a driver that is played: every state it can have. */
#include <errno.h>
#include <linux/videodev2.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/mem.h"
#include "base/text.h"
#include "source/v4l2_eye.h"
#include "tests/hal/fake_camera.h"
#include "tests/hal/fake_system.h"
#include "tests/tap.h"

enum { NOTES = 32 };

struct bed {
	struct tap t;
	struct fake_camera f;
	struct fake_system sys;
	struct eye y;
	int64_t now_ns;
	uint32_t sequence; /* of the next frame */
	unsigned cameras, frames, notes;
	struct camera camera; /* the last of each */
	struct frame frame;
	char note[NOTES][256];
};

static void on_camera(void *host, const struct camera *c, int64_t t_ns)
{
	struct bed *b = host;

	(void)t_ns;
	b->camera = *c;
	b->cameras++;
}

static void on_frame(void *host, const struct frame *f, int64_t t_ns)
{
	struct bed *b = host;

	(void)t_ns;
	b->frame = *f;
	b->frames++;
}

static void on_note(void *host, const char *text, int64_t t_ns)
{
	struct bed *b = host;

	(void)t_ns;
	text_copy(b->note[b->notes++ % NOTES], sizeof(b->note[0]), text);
	printf("# %s\n", text);
}

static bool noted(const struct bed *b, const char *text)
{
	for (unsigned i = 0; i < b->notes && i < NOTES; i++) {
		if (strstr(b->note[i], text))
			return true;
	}
	return false;
}

static void begin(struct bed *b, const char *word, bool own)
{
	struct eye_cfg cfg = {.host = {b, on_camera, on_frame, on_note},
			      .sys = &b->f.sys,
			      .own = own,
			      .no_trace = true};

	fake_camera_init(&b->f);
	fake_system_make(&b->sys);
	fake_system_camera(&b->sys, 0);
	fake_system_put(&b->sys, "proc/1/comm", "init\n");
	text_copy(cfg.root, sizeof(cfg.root), b->sys.root);
	text_copy(cfg.word, sizeof(cfg.word), word);
	text_copy(cfg.name, sizeof(cfg.name), "front");
	b->now_ns = 1000 * NS_PER_S;
	b->notes = b->frames = b->cameras = b->sequence = 0;
	eye_init(&b->y, &cfg, NULL);
}

static void end(struct bed *b)
{
	eye_fini(&b->y);
	fake_system_remove(&b->sys);
	ok(&b->t,
	   b->f.opened == b->f.closed && b->f.mapped == b->f.unmapped && b->f.maps_at_close == 0 &&
		   b->f.sets == 0,
	   "all was given back, nothing was set");
}

/* Time passes, without frames. */
static void pass(struct bed *b, double s)
{
	for (int64_t until_ns = b->now_ns + (int64_t)(s * 1e9); b->now_ns < until_ns;) {
		eye_run(&b->y, b->now_ns, false);
		b->now_ns += 50 * NS_PER_MS;
	}
	eye_run(&b->y, b->now_ns, false);
}

/* n frames at 30 fps; every miss'th is lost; same: always the same picture. */
static void stream(struct bed *b, unsigned n, unsigned miss, bool same)
{
	for (unsigned i = 0; i < n; i++) {
		b->now_ns += NS_PER_S / 30;
		if (miss && i % miss == miss - 1)
			b->sequence++;
		else
			fake_camera_frame(&b->f, b->sequence++, b->now_ns - 20 * NS_PER_MS,
					  same ? 100 : (uint8_t)(i * 7));
		eye_run(&b->y, b->now_ns, false);
	}
}

static void test_watch(struct bed *b)
{
	struct tap *t = &b->t;

	begin(b, "0", false);
	fake_system_put(&b->sys, "proc/77/comm", "python3\n");
	fake_system_point(&b->sys, "proc/77/fd/9", "/dev/video0");
	pass(b, 1.1);
	ok(t,
	   b->camera.state == CAMERA_BUSY && b->camera.mode == CAMERA_WATCH &&
		   strcmp(b->camera.owner, "python3 (77)") == 0,
	   "python3 has it: %s", b->camera.owner);
	ok(t,
	   strcmp(b->camera.device, "/dev/v4l/by-id/usb-SimCo_SimCam_CAM1-video-index0") == 0 &&
		   strcmp(b->camera.serial, "CAM1") == 0 && strcmp(b->camera.bus, "usb1") == 0 &&
		   b->camera.bus_megabytes_s == 48,
	   "its name, serial number and bus: %s", b->camera.device);
	ok(t,
	   b->camera.width == 64 && b->camera.height == 48 && b->camera.fps_set == 30 &&
		   strcmp(b->camera.format, "YUYV") == 0 &&
		   fabs(b->camera.megabytes_s - 64 * 48 * 2 * 30 / 1e6) < 1e-9,
	   "its format, and what that takes of the bus");
	ok(t,
	   isnan(b->camera.fps) && isnan(b->camera.age_ms) && b->camera.lost == -1 &&
		   isnan(b->camera.dark) && b->frames == 0,
	   "what a watcher does not see is unknown");
	ok(t, b->camera.automatic == 0, "nothing is automatic");
	fake_camera_set(&b->f, V4L2_CID_EXPOSURE_AUTO_PRIORITY, 1);
	pass(b, 1);
	ok(t,
	   noted(b, "exposure_dynamic_framerate 0 -> 1 by another process") &&
		   b->camera.automatic == AUTO_RATE,
	   "another process lets the rate fall, and it is told");
	b->f.width = 32;
	pass(b, 1);
	ok(t, noted(b, "32 x 48 YUYV") && b->camera.width == 32, "another format is told");
	fake_system_unlink(&b->sys, "proc/77/fd/9");
	pass(b, 2.5);
	ok(t, b->camera.state == CAMERA_IDLE && noted(b, "nobody has it open"), "nobody has it");
	ok(t, b->f.takes == 0 && b->f.freed == 0 && b->f.mapped == 0,
	   "a watcher never asked for a buffer");
	end(b);
}

static void test_plug(struct bed *b)
{
	struct tap *t = &b->t;

	begin(b, "usb-SimCo_SimCam_CAM1-video-index0", false);
	fake_system_unlink(&b->sys, "dev/video0");
	pass(b, 2);
	ok(t, b->camera.state == CAMERA_MISSING, "it was never there");
	fake_system_camera(&b->sys, 0);
	pass(b, 1.1);
	ok(t, b->camera.state == CAMERA_IDLE && noted(b, "/dev/video0, by-id/usb-SimCo"),
	   "it is plugged in");
	b->f.gone = true;
	eye_hang_up(&b->y, b->now_ns);
	eye_run(&b->y, b->now_ns, false);
	ok(t, b->camera.state == CAMERA_GONE && noted(b, "unplugged"), "unplugged: told at once");
	fake_system_unlink(&b->sys, "dev/video0");
	pass(b, 3);
	ok(t, b->camera.state == CAMERA_GONE && b->cameras < 12, "and it stays so");
	b->f.gone = false;
	fake_system_camera(&b->sys, 4);
	eye_run(&b->y, b->now_ns += NS_PER_MS, true);
	ok(t,
	   b->camera.state == CAMERA_IDLE && noted(b, "/dev/video4, by-id") && noted(b, "is back"),
	   "plugged in again it has another number, and the same name");
	end(b);
}

static void test_own(struct bed *b)
{
	struct tap *t = &b->t;

	begin(b, "0", true);
	pass(b, 0.1);
	stream(b, 90, 0, false);
	ok(t,
	   b->camera.state == CAMERA_STREAMING && b->camera.mode == CAMERA_OWN &&
		   fabs(b->camera.fps - 30) < 0.1 && b->camera.jitter_ms < 0.1 &&
		   fabs(b->camera.age_ms - 20) < 1 && b->camera.lost == 0 && b->camera.errors == 0,
	   "30 fps: %.2f, jitter %.2f ms, age %.0f ms", b->camera.fps, b->camera.jitter_ms,
	   b->camera.age_ms);
	ok(t, fabs(b->camera.megabytes_s - 64 * 48 * 2 * 30 / 1e6) < 0.02, "%.3f MB/s",
	   b->camera.megabytes_s);
	ok(t,
	   b->frames >= 12 && b->frames <= 16 && b->frame.width == 64 && b->frame.thumb_width &&
		   b->frame.repeats == 0 && strcmp(b->frame.camera, "front") == 0,
	   "five pictures a second: %u in 3 s", b->frames);
	stream(b, 95, 3, false);
	ok(t,
	   fabs(b->camera.fps - 20) < 1 && b->camera.lost >= 28 && b->camera.lost <= 32 &&
		   b->camera.jitter_ms < 0.1,
	   "each third is lost: %.1f fps, %lld lost, the rest on time", b->camera.fps,
	   (long long)b->camera.lost);
	stream(b, 60, 0, true);
	ok(t, b->camera.frozen_s > 0.9 && b->frame.repeats > 20 && b->frame.repeat_s > 0.9,
	   "the same picture again and again: %.1f s", b->camera.frozen_s);
	stream(b, 40, 0, false);
	ok(t, b->camera.frozen_s == 0, "and then another one");
	pass(b, 3);
	ok(t, b->camera.state == CAMERA_SILENT && b->camera.fps == 0, "no picture comes");
	stream(b, 40, 0, false);
	ok(t, b->camera.state == CAMERA_STREAMING, "then they come again");
	end(b);
}

static void test_trouble(struct bed *b)
{
	struct tap *t = &b->t;

	begin(b, "0", true);
	pass(b, 0.1);
	stream(b, 30, 0, false);
	b->f.dqbuf_error = EIO;
	pass(b, 0.1);
	ok(t, b->camera.state == CAMERA_FAILED && strstr(b->camera.trouble, "stream broke"),
	   "a broken stream: %s", b->camera.trouble);
	b->f.dqbuf_error = 0;
	pass(b, 2.2);
	stream(b, 40, 0, false);
	ok(t, b->camera.state == CAMERA_STREAMING && !b->camera.trouble[0], "is started again");
	for (unsigned i = 0; i < 30; i++) {
		fake_camera_frame(&b->f, b->sequence++, b->now_ns += NS_PER_S / 30, (uint8_t)i);
		b->f.frame[0].bytes = 100;
		eye_run(&b->y, b->now_ns, false);
	}
	pass(b, 0.5);
	ok(t, b->camera.errors >= 29 && b->camera.state == CAMERA_STREAMING,
	   "frames cut short are errors: %lld", (long long)b->camera.errors);
	end(b);

	begin(b, "0", true);
	b->f.fourcc = V4L2_PIX_FMT_MJPEG;
	pass(b, 0.1);
	stream(b, 60, 0, false);
	ok(t,
	   b->frames == 0 && b->camera.errors > 0 && b->camera.state == CAMERA_STREAMING &&
		   strstr(b->camera.trouble, "JPEG"),
	   "what is no JPEG: %s", b->camera.trouble);
	end(b);

	begin(b, "0", true);
	b->f.width = b->f.height = 0xffffffff;
	pass(b, 0.1);
	stream(b, 60, 0, false);
	ok(t, b->frames == 0 && b->camera.width == 0 && strstr(b->camera.trouble, "no size"),
	   "a size that cannot be: %s", b->camera.trouble);
	end(b);
}

static void test_refused(struct bed *b)
{
	struct tap *t = &b->t;

	begin(b, "0", true);
	b->f.reqbufs_error = EBUSY;
	fake_system_put(&b->sys, "proc/77/comm", "python3\n");
	fake_system_point(&b->sys, "proc/77/fd/9", "/dev/video0");
	pass(b, 1.5);
	ok(t,
	   b->camera.mode == CAMERA_WATCH && b->camera.state == CAMERA_BUSY &&
		   noted(b, "it is watched only"),
	   "another program has it: it is watched");
	end(b);

	begin(b, "0", true);
	b->f.streamon_error = ENOSPC;
	pass(b, 1);
	ok(t, b->camera.state == CAMERA_CROWDED && strstr(b->camera.trouble, "no bandwidth left"),
	   "no bandwidth: %s", b->camera.trouble);
	b->f.streamon_error = 0;
	pass(b, 2.2);
	ok(t, b->camera.state == CAMERA_STREAMING, "until there is some");
	b->f.gone = true;
	pass(b, 1);
	ok(t, b->camera.state == CAMERA_GONE, "unplugged while it streams");
	end(b);

	begin(b, "0", false);
	b->f.open_error = EACCES;
	pass(b, 3);
	ok(t,
	   b->camera.state == CAMERA_FAILED && strstr(b->camera.trouble, "group video") &&
		   b->notes == 1,
	   "no permission: told once");
	end(b);

	begin(b, "0", false);
	b->f.metadata = true;
	pass(b, 1);
	ok(t, b->camera.state == CAMERA_FAILED && strstr(b->camera.trouble, "no capture node"),
	   "a metadata node: %s", b->camera.trouble);
	end(b);
}

static void test_meter(struct bed *b)
{
	struct tap *t = &b->t;
	struct camera c;
	struct meter m;

	meter_init(&m, 0);
	for (uint32_t i = 0; i < 31; i++)
		meter_frame(&m,
			    &(struct meter_frame){UINT32_MAX - 10 + i, TIME_UNKNOWN, TIME_UNKNOWN,
						  100, false},
			    i * NS_PER_S / 30);
	camera_init(&c);
	meter_tell(&m, &c, NS_PER_S);
	ok(t, fabs(c.fps - 30) < 0.01 && c.lost == 0 && isnan(c.age_ms),
	   "numbers that wrap are no loss; without times of their own the reading's count");
	meter_frame(&m, &(struct meter_frame){0, TIME_UNKNOWN, TIME_UNKNOWN, 100, false},
		    2 * NS_PER_S);
	camera_init(&c);
	meter_tell(&m, &c, 2 * NS_PER_S);
	ok(t, c.lost == 0 && isnan(c.fps), "a stream that begins anew is none, either");
	meter_frame(&m, &(struct meter_frame){1, INT64_MAX, 0, 100, false}, 2 * NS_PER_S);
	meter_frame(&m, &(struct meter_frame){2, 0, INT64_MAX, 100, false}, 2 * NS_PER_S);
	camera_init(&c);
	meter_tell(&m, &c, 3 * NS_PER_S);
	ok(t, isnan(c.fps) || c.fps >= 0, "absurd times make no absurd rate: %g", c.fps);
}

int main(void)
{
	struct bed *b = xcalloc(1, sizeof(*b));
	int rc;

	test_watch(b);
	test_plug(b);
	test_own(b);
	test_trouble(b);
	test_refused(b);
	test_meter(b);
	rc = tap_done(&b->t);
	free(b);
	return rc;
}
