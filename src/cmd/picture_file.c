/* SPDX-License-Identifier: Apache-2.0 */
#include "cmd/picture_file.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "base/mem.h"
#include "model/camera.h"
#include "wire/pngfile.h"

enum { SCALE = 6, SMALL = FRAME_THUMB_WIDTH, GAP = 8, NAMES_MAX = 1000 };

/* A thumbnail is small for a picture viewer, so every pixel of it becomes a square. */
static unsigned live_scale(const struct pixels *live)
{
	return live->width > SMALL ? 1 : SCALE;
}

/* Training's has none but thumbnails: about as high as the live picture. */
static unsigned trained_scale(const struct viewer_image *image)
{
	unsigned high = image->live.height * live_scale(&image->live);
	unsigned scale = image->trained.height ? high / image->trained.height : 0;

	return scale > 0 ? scale : SCALE;
}

static void paint(uint8_t *rgb, unsigned width, unsigned left, const struct pixels *p,
		  unsigned scale)
{
	for (unsigned y = 0; y < p->height * scale; y++) {
		for (unsigned x = 0; x < p->width * scale; x++) {
			const uint8_t *from = p->rgb +
					      3 * ((size_t)(y / scale) * p->width + x / scale);

			memcpy(rgb + 3 * ((size_t)y * width + left + x), from, 3);
		}
	}
}

static int draw(struct buf *b, const struct viewer_image *image)
{
	const struct pixels *live = &image->live, *trained = &image->trained;
	unsigned times = live_scale(live), also = trained_scale(image);
	unsigned left = live->width * times, width, height = live->height * times;
	uint8_t *rgb;
	int rc;

	if (left && trained->width)
		left += GAP;
	if (trained->height * also > height)
		height = trained->height * also;
	width = left + trained->width * also;
	rgb = xcalloc((size_t)width * height, 3);
	if (live->width)
		paint(rgb, width, 0, live, times);
	if (trained->width)
		paint(rgb, width, left, trained, also);
	rc = pngfile_encode(b, rgb, width, height);
	free(rgb);
	return rc;
}

/* Names of rigs and cameras may hold anything. */
static void add_name(char *dst, size_t size, const char *name)
{
	size_t n = strlen(dst);

	for (; *name && n + 1 < size; name++) {
		char c = *name;
		bool plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
			     (c >= '0' && c <= '9') || c == '_' || c == '.';

		dst[n++] = plain ? c : '-';
	}
	dst[n] = '\0';
}

/* The first name that is free; a file that is there is never touched. */
static int make_file(char path[PATH_MAX], const char *dir, const struct viewer_image *image,
		     struct err *e)
{
	char name[160] = "policytop-", when[32] = "";
	time_t now = time(NULL);
	struct tm tm;
	int fd = -1;

	if (image->rig[0]) {
		add_name(name, sizeof(name) - 80, image->rig);
		add_name(name, sizeof(name) - 80, "-");
	}
	add_name(name, sizeof(name), image->camera);
	if (localtime_r(&now, &tm))
		strftime(when, sizeof(when), "%Y%m%d-%H%M%S", &tm);
	for (int i = 1; i < NAMES_MAX && fd < 0; i++) {
		char again[16] = "";

		if (i > 1)
			snprintf(again, sizeof(again), "-%d", i);
		snprintf(path, PATH_MAX, "%s%s%s-%s%s.png", dir ? dir : "", dir ? "/" : "", name,
			 when, again);
		fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0666);
		if (fd < 0 && errno != EEXIST)
			break;
	}
	return fd < 0 ? err_set(e, errno, "%s: %m", path) : fd;
}

static int write_all(int fd, const struct buf *b)
{
	size_t done = 0;

	while (done < b->len) {
		ssize_t n = write(fd, b->p + done, b->len - done);

		if (n < 0 && errno != EINTR)
			return -errno;
		done += n > 0 ? (size_t)n : 0;
	}
	return 0;
}

int picture_file_save(const char *dir, const struct viewer_image *image, char *said, size_t size,
		      struct err *e)
{
	char path[PATH_MAX];
	struct buf b = {0};
	int rc, fd;

	if (!image->live.width && !image->trained.width)
		return err_set(e, ENODATA, "camera %s: there is no picture to save", image->camera);
	rc = draw(&b, image);
	fd = rc ? err_set(e, -rc, "the picture cannot be packed") : make_file(path, dir, image, e);
	if (fd >= 0) {
		rc = write_all(fd, &b);
		if (close(fd) && !rc)
			rc = -errno;
		if (rc) {
			unlink(path);
			err_set(e, -rc, "%s: %s", path, strerror(-rc));
		}
	}
	buf_fini(&b);
	if (fd < 0 || rc)
		return -e->code;
	snprintf(said, size, "saved %s%s", path,
		 image->live.width && image->trained.width ? " (live, training)" : "");
	return 0;
}

int picture_file_keep(void *host, const struct viewer_image *image, char *said, size_t size,
		      struct err *e)
{
	(void)host;
	return picture_file_save(NULL, image, said, size, e);
}
