/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Two cameras of 640 x 480 MJPEG at 30 fps, streamed by us for a minute of played time: what that
 * takes of a core, without the kernel's part. The control only decodes the pictures that are looked
 * at.
 */
#include <errno.h>
#include <linux/videodev2.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/clock.h"
#include "base/mem.h"
#include "base/text.h"
#include "source/v4l2_eye.h"
#include "tests/hal/fake_camera.h"
#include "tests/hal/fake_system.h"
#include "wire/photo.h"

#ifdef HAVE_TURBOJPEG
#include <turbojpeg.h>

enum { CAMERAS = 2, FPS = 30, SECONDS = 60, ROUNDS = 5, WIDTH = 640, HEIGHT = 480 };

/* A driver whose frames are one picture, with the frame's number within. */
struct player {
	struct fake_camera fake;
	struct camera_sys sys;
	uint8_t *jpeg;
	size_t n;
	uint32_t sequence;
	int64_t t_ns;
	bool due;
};

struct bed {
	struct player player[CAMERAS];
	struct eye eye[CAMERAS];
	struct fake_system sys;
	unsigned frames;
	int64_t now_ns;
};

/* Edges, a gradient and noise, as a table under a webcam has them. */
static size_t make_jpeg(uint8_t **out)
{
	uint8_t *rgb = xcalloc((size_t)WIDTH * HEIGHT, 3);
	unsigned long n = 0;
	uint32_t noise = 1;
	tjhandle tj = tjInitCompress();

	for (unsigned y = 0; y < HEIGHT; y++) {
		for (unsigned x = 0; x < WIDTH * 3; x++) {
			noise = noise * 1664525 + 1013904223;
			rgb[y * WIDTH * 3 + x] =
				(uint8_t)(x / 12 + (x / 96 + y / 48) % 2 * 80 + (noise >> 28));
		}
	}
	*out = NULL;
	if (tj && tjCompress2(tj, rgb, WIDTH, 0, HEIGHT, TJPF_RGB, out, &n, TJSAMP_422, 85,
			      TJFLAG_FASTDCT))
		n = 0;
	tjDestroy(tj);
	free(rgb);
	return n;
}

static void *play_map(void *host, int fd, size_t length, uint32_t offset)
{
	struct player *p = host;

	(void)fd;
	(void)length;
	(void)offset;
	return p->jpeg;
}

static void play_unmap(void *host, void *bytes, size_t length)
{
	(void)host;
	(void)bytes;
	(void)length;
}

static int play(void *host, int fd, unsigned long request, void *arg)
{
	struct player *p = host;
	struct v4l2_buffer *b = arg;

	if (request == VIDIOC_QUERYBUF) {
		b->length = (uint32_t)p->n;
		return 0;
	}
	if (request != VIDIOC_DQBUF)
		return p->fake.sys.control(&p->fake, fd, request, arg);
	if (!p->due)
		return -EAGAIN;
	p->due = false;
	memcpy(p->jpeg + 6, &p->sequence, 4); /* "JFIF" in the head: no picture is the same */
	b->sequence = p->sequence++;
	b->flags = V4L2_BUF_FLAG_TIMESTAMP_MONOTONIC;
	b->bytesused = (uint32_t)p->n;
	b->timestamp.tv_sec = (time_t)(p->t_ns / NS_PER_S);
	b->timestamp.tv_usec = (suseconds_t)(p->t_ns % NS_PER_S / 1000);
	return 0;
}

static int play_open(void *host, const char *path)
{
	struct player *p = host;

	return p->fake.sys.open(&p->fake, path);
}

static void play_close(void *host, int fd)
{
	struct player *p = host;

	p->fake.sys.close(&p->fake, fd);
}

static void on_camera(void *host, const struct camera *c, int64_t t_ns)
{
	(void)host;
	(void)c;
	(void)t_ns;
}

static void on_frame(void *host, const struct frame *f, int64_t t_ns)
{
	struct bed *b = host;

	(void)t_ns;
	b->frames += f->thumb_width > 0;
}

static void on_note(void *host, const char *text, int64_t t_ns)
{
	(void)host;
	(void)text;
	(void)t_ns;
}

static void begin(struct bed *b)
{
	fake_system_make(&b->sys);
	fake_system_put(&b->sys, "proc/1/comm", "init\n");
	b->now_ns = 1000 * NS_PER_S;
	for (unsigned i = 0; i < CAMERAS; i++) {
		struct player *p = &b->player[i];
		struct eye_cfg cfg = {.host = {b, on_camera, on_frame, on_note},
				      .sys = &p->sys,
				      .own = true,
				      .no_trace = true};

		fake_camera_init(&p->fake);
		p->fake.fourcc = V4L2_PIX_FMT_MJPEG;
		p->fake.width = WIDTH;
		p->fake.height = HEIGHT;
		p->n = make_jpeg(&p->jpeg);
		p->sys = (struct camera_sys){p, play_open, play_close, play, play_map, play_unmap};
		fake_system_camera(&b->sys, (int)i);
		text_copy(cfg.root, sizeof(cfg.root), b->sys.root);
		snprintf(cfg.word, sizeof(cfg.word), "%u", i);
		snprintf(cfg.name, sizeof(cfg.name), "camera%u", i);
		eye_init(&b->eye[i], &cfg, NULL);
		eye_run(&b->eye[i], b->now_ns, false);
	}
}

static double cpu_s(void)
{
	return (double)clock() / CLOCKS_PER_SEC;
}

static double stream(struct bed *b)
{
	double from = cpu_s();

	b->frames = 0;
	for (unsigned f = 0; f < SECONDS * FPS; f++) {
		b->now_ns += NS_PER_S / FPS;
		for (unsigned i = 0; i < CAMERAS; i++) {
			b->player[i].t_ns = b->now_ns - 20 * NS_PER_MS;
			b->player[i].due = true;
			eye_run(&b->eye[i], b->now_ns, false);
		}
	}
	return cpu_s() - from;
}

static double decode(const struct bed *b)
{
	static uint8_t thumb[PICTURE_THUMB_BYTES];
	double from = cpu_s();
	struct frame f;

	for (unsigned i = 0; i < b->frames; i++) {
		frame_init(&f);
		photo_facts(&f, thumb, b->player[0].jpeg, b->player[0].n);
	}
	return cpu_s() - from;
}

static int by_value(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;

	return (x > y) - (x < y);
}

int main(void)
{
	struct bed *b = xcalloc(1, sizeof(*b));
	double ours[ROUNDS], control[ROUNDS];

	begin(b);
	for (unsigned i = 0; i < ROUNDS; i++) {
		ours[i] = stream(b);
		control[i] = decode(b);
	}
	qsort(ours, ROUNDS, sizeof(ours[0]), by_value);
	qsort(control, ROUNDS, sizeof(control[0]), by_value);
	printf("two cameras %.1f %% of a core (wanted <= 5), of it %.1f %% for decoding and facts of "
	       "%u pictures: %zu bytes each, %.2f ms\n",
	       100 * ours[ROUNDS / 2] / SECONDS, 100 * control[ROUNDS / 2] / SECONDS, b->frames,
	       b->player[0].n, 1e3 * control[ROUNDS / 2] / b->frames);
	for (unsigned i = 0; i < CAMERAS; i++) {
		eye_fini(&b->eye[i]);
		tjFree(b->player[i].jpeg);
	}
	fake_system_remove(&b->sys);
	free(b);
	return 0;
}
#else
int main(void)
{
	puts("two cameras: built without libturbojpeg, nothing to measure");
	return 0;
}
#endif
