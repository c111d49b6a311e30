/* SPDX-License-Identifier: Apache-2.0 */
/* Facts of pictures of which they are known. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "tests/tap.h"
#include "vision/facts.h"

struct picture {
	unsigned w, h;
	uint8_t *rgb;
};

static struct picture picture(unsigned w, unsigned h)
{
	return (struct picture){w, h, xcalloc((size_t)w * h, 3)};
}

static uint8_t *pixel(struct picture *p, unsigned x, unsigned y)
{
	return p->rgb + 3 * ((size_t)y * p->w + x);
}

static uint64_t facts(struct frame *f, uint8_t *thumb, const struct picture *p)
{
	struct facts *at = xcalloc(1, sizeof(*at));
	uint64_t hash;

	frame_init(f);
	facts_begin(at, thumb, p->w, p->h);
	for (unsigned y = 0; y < p->h; y++)
		facts_row(at, p->rgb + (size_t)y * p->w * 3);
	hash = facts_end(at, f);
	free(at);
	return hash;
}

/* Against sums over every pixel. */
static void test_sums(struct tap *t)
{
	struct picture p = picture(321, 243);
	double sum[3] = {0}, squares[3] = {0}, n = 321.0 * 243;
	uint8_t thumb[FACTS_THUMB_BYTES];
	unsigned seed = 1;
	struct frame f;
	bool same = true;

	for (unsigned i = 0; i < p.w * p.h * 3; i++) {
		seed = seed * 1103515245 + 12345;
		p.rgb[i] = (uint8_t)(seed >> 16);
		sum[i % 3] += p.rgb[i];
		squares[i % 3] += (double)p.rgb[i] * p.rgb[i];
	}
	facts(&f, thumb, &p);
	for (unsigned c = 0; c < 3; c++) {
		double mean = sum[c] / n;

		same = same && fabs(f.mean[c] * 255 - mean) < 1e-9 &&
		       fabs(f.std[c] * 255 - sqrt(squares[c] / n - mean * mean)) < 1e-6;
	}
	ok(t, same, "means and deviations of an odd size, exactly");
	ok(t, f.thumb_width == 63 && f.thumb_height == 48, "a thumbnail of %u x %u", f.thumb_width,
	   f.thumb_height);
	free(p.rgb);
}

static void test_thumbnail(struct tap *t)
{
	struct picture p = picture(640, 480);
	uint8_t thumb[FACTS_THUMB_BYTES];
	struct frame f;

	/* One cell is 10 x 10 pixels: half of one at 200, a quarter at 100. */
	for (unsigned y = 0; y < 10; y++) {
		for (unsigned x = 0; x < 10; x++) {
			pixel(&p, x, y)[0] = y < 5 ? 200 : 0;
			pixel(&p, 630 + x, 470 + y)[2] = y < 5 && x < 5 ? 100 : 0;
		}
	}
	facts(&f, thumb, &p);
	ok(t, thumb[0] == 100 && thumb[1] == 0 && thumb[3] == 0,
	   "a cell is the mean of its pixels");
	ok(t, thumb[FACTS_THUMB_BYTES - 1] == 25, "so is the last one");
	ok(t, fabs(f.dark - (1 - 75.0 / (640 * 480))) < 1e-9 && f.bright == 0,
	   "dark but for those");
	free(p.rgb);
}

static void test_sharpness(struct tap *t)
{
	struct picture p = picture(64, 64);
	uint8_t thumb[FACTS_THUMB_BYTES];
	struct frame f;

	memset(p.rgb, 128, (size_t)64 * 64 * 3);
	facts(&f, thumb, &p);
	ok(t, f.sharpness == 0, "a flat picture has no edges");
	/* Stripes two pixels wide are one pixel wide at half size: |Laplacian| is twice the step. */
	for (unsigned y = 0; y < 64; y++)
		for (unsigned x = 0; x < 64; x++)
			memset(pixel(&p, x, y), x / 2 % 2 ? 150 : 100, 3);
	facts(&f, thumb, &p);
	ok(t, fabs(f.sharpness - 100.0 * 100.0) < 400, "stripes of half size are edges: %.0f",
	   f.sharpness);
	/* Stripes of one pixel are gone at half size. */
	for (unsigned y = 0; y < 64; y++)
		for (unsigned x = 0; x < 64; x++)
			memset(pixel(&p, x, y), x % 2 ? 150 : 100, 3);
	facts(&f, thumb, &p);
	ok(t, f.sharpness == 0, "finer ones are noise");
	free(p.rgb);
}

static void test_hash(struct tap *t)
{
	struct picture p = picture(320, 240);
	uint8_t thumb[FACTS_THUMB_BYTES];
	struct frame f;
	uint64_t first = facts(&f, thumb, &p);

	ok(t, facts(&f, thumb, &p) == first, "the same picture, the same hash");
	memset(pixel(&p, 100, 100), 50, 3 * 40);
	ok(t, facts(&f, thumb, &p) != first, "another picture, another one");
	free(p.rgb);
}

static void test_sizes(struct tap *t)
{
	static const unsigned sizes[][2] = {{1, 1},	 {1, 480},     {3, 2},	    {64, 48},
					    {640, 1},	 {5000, 4000}, {32768, 2},  {2, 32768},
					    {2047, 255}, {2049, 256},  {1920, 1080}};
	uint8_t thumb[FACTS_THUMB_BYTES];
	struct frame f;
	bool good = true;

	for (size_t i = 0; i < sizeof(sizes) / sizeof(sizes[0]); i++) {
		struct picture p = picture(sizes[i][0], sizes[i][1]);

		memset(p.rgb, 255, (size_t)p.w * p.h * 3);
		facts(&f, thumb, &p);
		good = good && fabs(f.mean[0] - 1) < 1e-9 && f.bright == 1 && thumb[0] == 255 &&
		       f.thumb_width >= 1 && f.thumb_width <= 64 && f.thumb_height >= 1 &&
		       f.thumb_height <= 48;
		free(p.rgb);
	}
	ok(t, good, "any size, from one pixel to 5000 x 4000");
}

int main(void)
{
	struct tap t = {0};

	test_sums(&t);
	test_thumbnail(&t);
	test_sharpness(&t);
	test_hash(&t);
	test_sizes(&t);
	return tap_done(&t);
}
