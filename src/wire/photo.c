/* SPDX-License-Identifier: Apache-2.0 */
#include "wire/photo.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#ifdef HAVE_TURBOJPEG
#include <turbojpeg.h>
#endif

#include "base/mem.h"
#include "wire/pngfile.h"

/*
 * A picture of many pixels is decoded smaller, which costs a fraction of its time. Every scan is a
 * pass over all of a picture: a small file with many of them is a trap.
 */
enum { SIDE_MAX = 1 << 15, ENOUGH_PIXELS = 1 << 20, SCANS_MAX = 4 };

enum {
	MARK = 0xff,
	MARK_START = 0xd8,
	MARK_SCAN = 0xda,
	MARK_FRAME = 0xc0,
	MARK_FRAME_LAST = 0xcf
};

/* What a header says. */
struct head {
	uint64_t width, height;
	unsigned channels;
	bool sequential; /* a JPEG of the kind that is decoded */
	bool png;
};

static unsigned big_endian(const uint8_t *p, unsigned bytes)
{
	unsigned v = 0;

	for (unsigned i = 0; i < bytes; i++)
		v = v << 8 | p[i];
	return v;
}

/* DHT, JPG and DAC have numbers between those of the frames. */
static bool is_frame(unsigned mark)
{
	return mark >= MARK_FRAME && mark <= MARK_FRAME_LAST && mark != 0xc4 && mark != 0xc8 &&
	       mark != 0xcc;
}

static bool jpeg_head(struct head *h, const uint8_t *p, size_t n)
{
	size_t at = 2;

	if (n < 4 || p[0] != MARK || p[1] != MARK_START)
		return false;
	while (n - at >= 4 && p[at] == MARK) {
		unsigned mark = p[at + 1], len = big_endian(p + at + 2, 2);

		if (mark == MARK) { /* fill */
			at++;
			continue;
		}
		if (len < 2 || len > n - at - 2 || mark == MARK_SCAN)
			return false;
		if (is_frame(mark)) {
			if (len < 8)
				return false;
			h->height = big_endian(p + at + 5, 2);
			h->width = big_endian(p + at + 7, 2);
			h->channels = p[at + 9] == 1 ? 1 : 3;
			h->sequential = mark <= MARK_FRAME + 1;
			return true;
		}
		at += 2 + len;
	}
	return false;
}

static bool png_head(struct head *h, const uint8_t *p, size_t n)
{
	static const char start[] = "\x89PNG\r\n\x1a\n\0\0\0\rIHDR";

	if (n < 33 || memcmp(p, start, sizeof(start) - 1) != 0)
		return false;
	h->width = big_endian(p + 16, 4);
	h->height = big_endian(p + 20, 4);
	h->channels = p[25] == 0 || p[25] == 4 ? 1 : 3;
	h->png = true;
	return true;
}

#ifdef HAVE_TURBOJPEG
/* In the bytes of a scan MARK is never followed by this: each one is a scan, or in an appendix. */
static bool few_scans(const uint8_t *p, size_t n)
{
	const uint8_t *end = p + n;
	unsigned scans = 0;

	while (p && end - p >= 2 && scans <= SCANS_MAX) {
		p = memchr(p, MARK, (size_t)(end - p - 1));
		if (p)
			scans += *++p == MARK_SCAN;
	}
	return scans <= SCANS_MAX;
}

/* The first size from the full one down that is small enough. */
static tjscalingfactor scale_of(const struct head *h)
{
	tjscalingfactor f = {1, 1};

	while (f.denom < 8 && h->width * h->height / (unsigned)(f.denom * f.denom) > ENOUGH_PIXELS)
		f.denom *= 2;
	return f;
}

static bool decode(struct frame *f, uint8_t *thumb, const struct head *h, const uint8_t *p,
		   size_t n)
{
	tjscalingfactor s = scale_of(h);
	int w = TJSCALED((int)h->width, s), high = TJSCALED((int)h->height, s);
	struct ndarray a = {.kind = 'u', .bytes = 1, .dims = 3};
	uint64_t shape[3] = {(uint64_t)high, (uint64_t)w, h->channels};
	tjhandle tj = tjInitDecompress();
	uint8_t *pixels;
	bool good;

	if (!tj)
		return false;
	pixels = xcalloc((size_t)(w * high), h->channels);
	good = tjDecompress2(tj, p, n, pixels, w, 0, high, h->channels == 1 ? TJPF_GRAY : TJPF_RGB,
			     TJFLAG_STOPONWARNING | TJFLAG_LIMITSCANS) == 0 &&
	       ndarray_shape(&a, shape, 3);
	a.data = pixels;
	good = good && picture_facts(f, thumb, &a);
	tjDestroy(tj);
	free(pixels);
	return good;
}

bool photo_decodes(void)
{
	return true;
}
#else
static bool few_scans(const uint8_t *p, size_t n)
{
	(void)p;
	(void)n;
	return false;
}

static bool decode(struct frame *f, uint8_t *thumb, const struct head *h, const uint8_t *p,
		   size_t n)
{
	(void)f;
	(void)thumb;
	(void)h;
	(void)p;
	(void)n;
	return false;
}

bool photo_decodes(void)
{
	return false;
}
#endif

/* A damaged one leaves what was not known. */
static void look_at_png(struct frame *f, uint8_t *thumb, const struct head *h, const uint8_t *p,
			size_t n)
{
	struct ndarray a = {.kind = 'u', .bytes = 1};
	unsigned width, height;
	uint8_t *rgb = pngfile_rgb_dup(p, n, &width, &height);
	uint64_t shape[3] = {h->height, h->width, 3};

	a.data = rgb;
	if (rgb && ndarray_shape(&a, shape, 3) && picture_facts(f, thumb, &a)) {
		for (unsigned c = 1; c < 3 && h->channels == 1; c++)
			f->mean[c] = f->std[c] = (double)NAN;
	}
	free(rgb);
}

bool photo_facts(struct frame *f, uint8_t *thumb, const void *bytes, size_t n)
{
	const uint8_t *p = bytes;
	struct head h = {0};

	if (!jpeg_head(&h, p, n) && !png_head(&h, p, n))
		return false;
	if (!h.width || !h.height || h.width > SIDE_MAX || h.height > SIDE_MAX)
		return false;
	if (h.sequential && h.width * h.height <= PHOTO_PIXELS && few_scans(p, n))
		decode(f, thumb, &h, p, n);
	if (h.png)
		look_at_png(f, thumb, &h, p, n);
	f->width = (uint32_t)h.width; /* that of the picture, not of the smaller one */
	f->height = (uint32_t)h.height;
	f->channels = (uint8_t)h.channels;
	return true;
}
