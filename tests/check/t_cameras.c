/* SPDX-License-Identifier: Apache-2.0 */
/* The health of cameras: what raises each check, what must not, what makes it not applicable. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/text.h"
#include "tests/check/bed.h"
#include "tests/tap.h"

/* A camera of this computer that streams as it should. */
static struct camera healthy(const char *name)
{
	struct camera k;

	camera_init(&k);
	text_copy(k.name, sizeof(k.name), name);
	text_copy(k.device, sizeof(k.device), "/dev/v4l/by-id/usb-A");
	text_copy(k.format, sizeof(k.format), "YUYV");
	text_copy(k.bus, sizeof(k.bus), "usb1");
	k.mode = CAMERA_OWN;
	k.state = CAMERA_STREAMING;
	k.width = 640;
	k.height = 480;
	k.fps_set = 30;
	k.fps = 29.9;
	k.jitter_ms = 1;
	k.age_ms = 45;
	k.lost = k.errors = k.automatic = 0;
	k.frozen_s = 0;
	k.megabytes_s = 18.4;
	k.bus_megabytes_s = 48;
	return k;
}

static void tell(struct bed *b, const struct camera *k)
{
	bed_event(b, (struct event){.kind = EVENT_CAMERA, .camera = k});
}

/* n seconds of it. */
static void seconds(struct bed *b, unsigned n, const struct camera *k)
{
	for (unsigned i = 0; i < n; i++) {
		tell(b, k);
		b->t_s += 1;
	}
}

/* A picture of this camera, a fifth of a second after the one before. */
static void pictures(struct bed *b, unsigned n, const char *name, double light, double dark,
		     double sharpness)
{
	for (unsigned i = 0; i < n; i++) {
		struct frame f;

		frame_init(&f);
		text_copy(f.camera, sizeof(f.camera), name);
		f.width = 640;
		f.height = 480;
		f.channels = 3;
		f.mean[0] = f.mean[1] = f.mean[2] = light;
		f.dark = dark;
		f.sharpness = sharpness;
		bed_event(b, (struct event){.kind = EVENT_FRAME, .frame = &f});
		b->t_s += 0.2;
	}
}

/* The profile's camera: 640 x 480 at 30 fps, mean brightness 0.5. */
static void train(struct bed *b, const char *name)
{
	struct profile *p = b->profile;

	free(p->cameras);
	p->cameras = xcalloc(1, sizeof(*p->cameras));
	p->ncameras = 1;
	p->cameras[0] = (struct profile_camera){
		.height = 480, .width = 640, .channels = 3, .fps = 30, .has_stats = true};
	text_copy(p->cameras[0].name, NAME_BYTES, name);
	for (unsigned i = 0; i < 3; i++)
		p->cameras[0].mean[i] = 0.5;
	bed_restart(b);
}

static unsigned count_all(const struct bed *b, enum level level)
{
	unsigned n = 0;

	for (unsigned i = 0; i < b->nverdicts; i++)
		n += strncmp(b->verdict[i].code, "camera-", 7) == 0 && b->verdict[i].level >= level;
	return n;
}

/* The bad camera raises code at level, once, and the healthy one beside it nothing. */
static void raises(struct tap *t, struct bed *b, const struct camera *bad, const char *code,
		   enum level level, unsigned after)
{
	struct camera good = healthy("wrist");
	const struct verdict *v;
	unsigned before = b->nverdicts;

	for (unsigned i = 0; i < after; i++) {
		seconds(b, 1, &good);
		tell(b, bad);
	}
	v = bed_find(b, code, level);
	ok(t, v && v->level == level && strcmp(v->subject, "front") == 0, "%s: %s", code,
	   v ? v->message : "nothing");
	seconds(b, 3, bad);
	ok(t, bed_count(b, code, LEVEL_NOTE) == 1 && b->nverdicts == before + 1,
	   "%s: once, and nothing else", code);
	ok(t, bed_status(b, code).level == level, "%s: shown: %s", code, bed_status(b, code).why);
}

static void test_healthy(struct tap *t)
{
	struct camera front = healthy("front"), wrist = healthy("wrist");
	struct bed b;

	bed_init(&b);
	train(&b, "front");
	ok(t, strstr(bed_status(&b, "camera-fps").why, "no camera is seen"), "without cameras: %s",
	   bed_status(&b, "camera-fps").why);
	for (unsigned i = 0; i < 60; i++) {
		tell(&b, &wrist);
		seconds(&b, 1, &front);
		pictures(&b, 1, "front", 0.5, 0.1, 300);
		front.lost += i == 30;
		front.errors += i == 40;
		front.age_ms = 45 + i % 7;
		front.fps = 29 + i % 3;
	}
	ok(t, count_all(&b, LEVEL_NOTE) == 0, "a minute of two healthy cameras is quiet");
	ok(t,
	   bed_status(&b, "camera-fps").level == LEVEL_OK &&
		   bed_status(&b, "camera-missing").level == LEVEL_OK &&
		   bed_status(&b, "camera-dark").level == LEVEL_OK &&
		   bed_status(&b, "camera-format").level == LEVEL_OK,
	   "and shown as OK: %s", bed_status(&b, "camera-fps").why);
	bed_fini(&b);
}

static void test_presence(struct tap *t)
{
	struct camera k = healthy("front");
	struct bed b;

	bed_init(&b);
	k.state = CAMERA_MISSING;
	seconds(&b, 2, &k);
	ok(t, b.nverdicts == 0, "two seconds are given to come up");
	raises(t, &b, &k, "camera-missing", LEVEL_FAIL, 1);
	bed_restart(&b);
	b.nverdicts = 0;
	k.state = CAMERA_FAILED;
	text_copy(k.trouble, sizeof(k.trouble), "permission denied");
	raises(t, &b, &k, "camera-missing", LEVEL_FAIL, 3);
	bed_restart(&b);
	b.nverdicts = 0;
	k.state = CAMERA_GONE;
	raises(t, &b, &k, "camera-gone", LEVEL_FAIL, 1);
	bed_restart(&b);
	b.nverdicts = 0;
	k.state = CAMERA_CROWDED;
	text_copy(k.trouble, sizeof(k.trouble), "no bandwidth left");
	raises(t, &b, &k, "camera-bandwidth", LEVEL_WARN, 1);
	bed_restart(&b);
	b.nverdicts = 0;
	k = healthy("front");
	k.mode = CAMERA_WATCH;
	k.state = CAMERA_BUSY;
	text_copy(k.owner, sizeof(k.owner), "python3 (77)");
	raises(t, &b, &k, "camera-busy", LEVEL_NOTE, 1);
	text_copy(k.owner, sizeof(k.owner), "ffmpeg (78)");
	seconds(&b, 2, &k);
	ok(t, bed_count(&b, "camera-busy", LEVEL_NOTE) == 2, "another holder is told anew");
	bed_fini(&b);
}

static void test_rate(struct tap *t)
{
	struct camera k = healthy("front");
	struct bed b;

	bed_init(&b);
	k.fps = 24;
	raises(t, &b, &k, "camera-fps", LEVEL_WARN, 3);
	bed_restart(&b);
	b.nverdicts = 0;
	for (unsigned i = 0; i < 30; i++) {
		k.fps = i % 3 ? 15 : 30;
		seconds(&b, 1, &k);
	}
	ok(t, b.nverdicts == 0, "two slow seconds are none");
	k.fps = (double)NAN;
	seconds(&b, 5, &k);
	ok(t, b.nverdicts == 0 && bed_status(&b, "camera-fps").level == LEVEL_UNKNOWN,
	   "not seen is not judged: %s", bed_status(&b, "camera-fps").why);
	k = healthy("front");
	k.age_ms = 140;
	seconds(&b, 2, &k);
	ok(t, b.nverdicts == 0, "old for two seconds is not stale");
	seconds(&b, 5, &k);
	ok(t, bed_count(&b, "camera-stale", LEVEL_WARN) == 1 && b.nverdicts == 1,
	   "for more it is: %s", bed_status(&b, "camera-stale").why);
	bed_restart(&b);
	b.nverdicts = 0;
	k = healthy("front");
	k.state = CAMERA_SILENT;
	k.fps = 0;
	k.frozen_s = k.age_ms = (double)NAN;
	raises(t, &b, &k, "camera-stale", LEVEL_WARN, 1);
	bed_restart(&b);
	b.nverdicts = 0;
	k = healthy("front");
	k.age_ms = 110;
	raises(t, &b, &k, "camera-skew", LEVEL_WARN, 4);
	bed_fini(&b);
}

static void test_drops(struct tap *t)
{
	struct camera k = healthy("front");
	struct bed b;

	bed_init(&b);
	for (unsigned i = 0; i < 60; i++) {
		k.lost += i % 5 == 0;
		seconds(&b, 1, &k);
	}
	ok(t, b.nverdicts == 0, "two lost frames in ten seconds are none");
	for (unsigned i = 0; i < 10; i++) {
		k.lost += 1;
		seconds(&b, 1, &k);
	}
	ok(t, bed_count(&b, "camera-drops", LEVEL_WARN) == 1, "one a second is a warning");
	bed_restart(&b);
	b.nverdicts = 0;
	k.lost = 1000;
	seconds(&b, 12, &k);
	ok(t, b.nverdicts == 0, "what was lost before is not counted");
	k.lost = 0;
	seconds(&b, 12, &k);
	ok(t, b.nverdicts == 0, "nor a count that begins anew");
	for (unsigned i = 0; i < 3; i++) {
		k.errors += 4;
		seconds(&b, 1, &k);
	}
	ok(t, bed_count(&b, "camera-drops", LEVEL_WARN) == 1, "damaged frames count, too");
	bed_fini(&b);
}

static void test_format(struct tap *t)
{
	struct camera k = healthy("front");
	struct bed b;

	bed_init(&b);
	k.width = 320;
	k.height = 240;
	seconds(&b, 3, &k);
	ok(t, b.nverdicts == 0 && strstr(bed_status(&b, "camera-format").why, "no camera of that"),
	   "no camera of that name: %s", bed_status(&b, "camera-format").why);
	train(&b, "front");
	b.nverdicts = 0;
	raises(t, &b, &k, "camera-format", LEVEL_FAIL, 1);
	train(&b, "front");
	b.nverdicts = 0;
	k.width = 1280;
	k.height = 720;
	raises(t, &b, &k, "camera-format", LEVEL_FAIL, 1);
	train(&b, "front");
	b.nverdicts = 0;
	k.width = 1280;
	k.height = 960;
	raises(t, &b, &k, "camera-format", LEVEL_WARN, 1);
	train(&b, "front");
	b.nverdicts = 0;
	k = healthy("front");
	k.fps_set = k.fps = 15;
	raises(t, &b, &k, "camera-format", LEVEL_WARN, 1);
	bed_fini(&b);
}

/* Steps of a second, with the camera told at its end; still: the arm rests. */
static void drive(struct bed *b, unsigned n, bool still, const struct camera *k, unsigned *i)
{
	for (unsigned s = 0; s < n; s++) {
		for (unsigned step = 0; step < 30; step++) {
			bed_healthy(b, still ? 0 : (*i)++);
			bed_send(b);
		}
		tell(b, k);
	}
}

static void test_frozen(struct tap *t)
{
	struct camera k = healthy("front");
	unsigned i = 0;
	struct bed b;

	bed_init(&b);
	bed_episode(&b);
	drive(&b, 2, false, &k, &i);
	k.frozen_s = 1;
	k.mode = CAMERA_TRAFFIC;
	drive(&b, 1, true, &k, &i);
	ok(t, bed_count(&b, "camera-frozen", LEVEL_NOTE) == 0,
	   "the same picture of an arm at rest");
	bed_restart(&b);
	b.nverdicts = 0;
	i = 0;
	bed_episode(&b);
	k.frozen_s = 0;
	drive(&b, 2, false, &k, &i);
	k.frozen_s = 1;
	drive(&b, 1, false, &k, &i);
	ok(t, bed_count(&b, "camera-frozen", LEVEL_FAIL) == 1, "and while it moves: %s",
	   b.nverdicts ? b.verdict[0].message : "nothing");
	bed_restart(&b);
	b.nverdicts = 0;
	k = healthy("front");
	k.frozen_s = 3;
	seconds(&b, 2, &k);
	ok(t,
	   bed_count(&b, "camera-frozen", LEVEL_WARN) == 1 &&
		   bed_count(&b, "camera-frozen", LEVEL_FAIL) == 0,
	   "a real camera at rest has noise");
	bed_restart(&b);
	b.nverdicts = 0;
	i = 0;
	bed_episode(&b);
	k = healthy("front");
	drive(&b, 2, false, &k, &i);
	k.state = CAMERA_SILENT;
	k.frozen_s = (double)NAN;
	drive(&b, 2, false, &k, &i);
	ok(t, bed_count(&b, "camera-frozen", LEVEL_FAIL) == 1, "no picture while the arm moves: %s",
	   bed_status(&b, "camera-frozen").why);
	bed_fini(&b);
}

static void test_bandwidth(struct tap *t)
{
	struct camera k[3] = {healthy("front"), healthy("wrist"), healthy("top")};
	struct bed b;

	bed_init(&b);
	for (unsigned s = 0; s < 10; s++) {
		seconds(&b, 1, &k[0]);
		tell(&b, &k[1]);
		text_copy(k[2].bus, NAME_BYTES, "usb3");
		tell(&b, &k[2]);
	}
	ok(t, b.nverdicts == 0, "two cameras of 18.4 MB/s on one bus, one on another");
	text_copy(k[2].bus, NAME_BYTES, "usb1");
	tell(&b, &k[2]);
	ok(t, bed_count(&b, "camera-bandwidth", LEVEL_WARN) == 1, "three on one: %s",
	   b.nverdicts ? b.verdict[0].message : "nothing");
	bed_fini(&b);
}

static void test_pictures(struct tap *t)
{
	struct bed b;

	bed_init(&b);
	train(&b, "front");
	b.nverdicts = 0;
	pictures(&b, 20, "front", 0.2, 0.4, 300);
	ok(t, b.nverdicts == 0, "two fifths of training's light are enough");
	pictures(&b, 4, "front", 0.1, 0.4, 300);
	ok(t, b.nverdicts == 0, "a dark moment is none");
	pictures(&b, 6, "front", 0.1, 0.4, 300);
	ok(t,
	   bed_count(&b, "camera-dark", LEVEL_WARN) == 1 &&
		   strstr(b.verdict[0].message, "tells less than its pictures"),
	   "a dark second, by the weaker of two ways: %s",
	   b.nverdicts ? b.verdict[0].message : "nothing");
	b.nverdicts = 0;
	pictures(&b, 20, "other", 0.1, 0.8, 300);
	ok(t, b.nverdicts == 0, "without training dark is not black");
	pictures(&b, 10, "other", 0.01, 0.99, 300);
	ok(t, bed_count(&b, "camera-dark", LEVEL_WARN) == 1, "black is");
	b.nverdicts = 0;
	pictures(&b, 20, "top", 0.5, 0, 300);
	pictures(&b, 20, "top", 0.5, 0, 60);
	ok(t, b.nverdicts == 0, "a fifth of the sharpness it had is not yet blurred");
	pictures(&b, 10, "top", 0.5, 0, 12);
	ok(t, bed_count(&b, "camera-blur", LEVEL_WARN) == 1, "blurred: %s",
	   b.nverdicts ? b.verdict[0].message : "nothing");
	bed_fini(&b);
}

/* What training's pictures had decides, where it looked at them. */
static void test_reference(struct tap *t)
{
	struct camera k = healthy("front");
	struct reference *r;
	struct bed b;

	bed_init(&b);
	train(&b, "front");
	b.profile->reference = xcalloc(1, sizeof(struct reference *));
	b.profile->reference[0] = r = xcalloc(1, sizeof(*r));
	r->windows = r->episodes = 8;
	r->figures.light_min = 0.2;
	r->figures.dark_max = 0.5;
	r->figures.sharpness_min = 100;
	r->figures.gain_min = 0.97;
	r->figures.gain_max = 1.03;
	pictures(&b, 10, "front", 0.1, 0.4, 60);
	ok(t, b.nverdicts == 0,
	   "half of its darkest picture, and over half of its least sharp one");
	pictures(&b, 10, "front", 0.1, 0.85, 60);
	ok(t,
	   bed_count(&b, "camera-dark", LEVEL_WARN) == 1 &&
		   !strstr(bed_find(&b, "camera-dark", LEVEL_WARN)->message, "tells less"),
	   "more dark pixels than it ever had");
	pictures(&b, 10, "front", 0.3, 0.4, 45);
	ok(t, bed_count(&b, "camera-blur", LEVEL_WARN) == 1, "under half of its least sharp one");
	k.automatic = AUTO_EXPOSURE;
	seconds(&b, 3, &k);
	ok(t, bed_count(&b, "camera-auto", LEVEL_WARN) == 1,
	   "automatic, though its pictures kept one brightness");
	bed_restart(&b);
	b.nverdicts = 0;
	r->figures.gain_max = 1.3;
	seconds(&b, 3, &k);
	ok(t,
	   bed_count(&b, "camera-auto", LEVEL_NOTE) == 1 &&
		   bed_count(&b, "camera-auto", LEVEL_WARN) == 0,
	   "automatic, as it was in training");
	bed_fini(&b);
}

static void test_auto(struct tap *t)
{
	struct camera k = healthy("front");
	struct bed b;

	bed_init(&b);
	k.automatic = AUTO_EXPOSURE | AUTO_WHITE;
	raises(t, &b, &k, "camera-auto", LEVEL_NOTE, 2);
	bed_restart(&b);
	b.nverdicts = 0;
	k.automatic |= AUTO_RATE;
	raises(t, &b, &k, "camera-auto", LEVEL_WARN, 2);
	bed_restart(&b);
	b.nverdicts = 0;
	k.automatic = -1;
	seconds(&b, 5, &k);
	ok(t, b.nverdicts == 0 && bed_status(&b, "camera-auto").level == LEVEL_UNKNOWN,
	   "no controls: %s", bed_status(&b, "camera-auto").why);
	bed_fini(&b);
}

int main(void)
{
	struct tap t = {0};

	test_healthy(&t);
	test_presence(&t);
	test_rate(&t);
	test_drops(&t);
	test_format(&t);
	test_frozen(&t);
	test_bandwidth(&t);
	test_pictures(&t);
	test_auto(&t);
	test_reference(&t);
	return tap_done(&t);
}
