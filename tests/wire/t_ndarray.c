/* SPDX-License-Identifier: Apache-2.0 */
/* numpy's arrays: .npy headers, orders, ranges, text, and what makes a picture. */
#include <math.h>
#include <string.h>

#include "tests/tap.h"
#include "wire/npy.h"
#include "wire/picture.h"

/* A .npy file of this version with this dict, padded as numpy does. */
static size_t make_npy(uint8_t *dst, unsigned version, const char *dict)
{
	size_t head = version == 1 ? 10 : 12, len = strlen(dict),
	       all = (head + len + 1 + 63) / 64 * 64;

	memset(dst, ' ', all);
	memcpy(dst, "\x93NUMPY", 6);
	dst[6] = (uint8_t)version;
	dst[7] = 0;
	dst[8] = (uint8_t)(all - head);
	dst[9] = (uint8_t)((all - head) >> 8);
	if (version > 1)
		dst[10] = dst[11] = 0;
	memcpy(dst + head, dict, len);
	dst[all - 1] = '\n';
	return all;
}

static void test_npy(struct tap *t)
{
	static const char small[] =
		"{'descr': '<f4', 'fortran_order': False, 'shape': (1, 16, 5), }";
	uint8_t bytes[512];
	const char *why;

	for (unsigned version = 1; version <= 3; version++) {
		struct ndarray a = {0};
		size_t n = make_npy(bytes, version, small);
		ssize_t head = npy_header(&a, bytes, n, &why);

		ok(t,
		   head == 128 && a.kind == 'f' && a.bytes == 4 && !a.fortran && a.dims == 3 &&
			   a.shape[1] == 16 && a.count == 80,
		   "version %u", version);
		ok(t, npy_header(&a, bytes, 100, &why) < 0 && npy_header(&a, bytes, 8, &why) < 0,
		   "cut short");
	}
	struct ndarray a = {0};
	size_t n = make_npy(bytes, 1, "{'shape':(),\"fortran_order\":True,'descr':'>i2'}");

	ok(t,
	   npy_header(&a, bytes, n, &why) > 0 && !a.dims && a.count == 1 && a.fortran && a.swapped,
	   "another order of keys, no dimensions");
	static const char *const wrong[] = {
		"{'descr': '|O', 'fortran_order': False, 'shape': (1,), }",
		"{'descr': [('a', '<f4')], 'fortran_order': False, 'shape': (1,), }",
		"{'descr': '<f4', 'shape': (1,), }",
		"{'descr': '<f4', 'fortran_order': False, 'shape': (18446744073709551616,), }",
		"{'descr': '<f4', 'fortran_order': False, 'shape': (9223372036854775808, 4), }",
		"{'descr': '<f4', 'fortran_order': False, 'shape': (1,1,1,1,1,1,1,1,1), }",
		"{'descr': '<f4', 'fortran_order': Perhaps, 'shape': (1,), }",
		"{'descr': '<f4",
		"",
	};

	for (size_t i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++) {
		n = make_npy(bytes, 1, wrong[i]);
		ok(t, npy_header(&a, bytes, n, &why) < 0, "refused: %s", wrong[i]);
	}
}

static void test_orders(struct tap *t)
{
	static const double v[6] = {0, 1, 2, 3, 4, 5}, f[6] = {0, 3, 1, 4, 2, 5};
	const uint64_t shape[2] = {2, 3};
	struct ndarray a = {0};
	bool same = true;

	ndarray_dtype(&a, "<f8", 3);
	ndarray_shape(&a, shape, 2);
	a.data = (const uint8_t *)f;
	a.fortran = true;
	for (unsigned i = 0; i < 6; i++)
		same &= ndarray_at(&a, i) == v[i];
	ok(t, same, "Fortran's order gives the same elements");

	double with[5] = {-1, (double)NAN, 7, 3, (double)NAN}, min, max, mean;
	struct ndarray b = {.kind = 'f', .plain = with, .count = 5};

	ndarray_range(&b, &min, &max, &mean);
	ok(t, min == -1 && max == 7 && mean == 3, "a range leaves NaN out");
	b.count = 0;
	ndarray_range(&b, &min, &max, &mean);
	ok(t, isnan(min) && isnan(max) && isnan(mean), "of nothing it is unknown");

	char text[16];
	struct ndarray u = {0};

	ndarray_dtype(&u, "<U3", 3);
	ndarray_shape(&u, shape, 0);
	u.data = (const uint8_t *)"h\0\0\0\xfc\0\0\0\0\0\0\0";
	ok(t,
	   u.bytes == 12 && ndarray_text(&u, text, sizeof(text)) == 3 &&
		   !memcmp(text, "h\xc3\xbc", 3),
	   "text of UTF-32");
	ok(t,
	   !ndarray_dtype(&u, "f4", 2) && !ndarray_dtype(&u, "<f4x", 4) &&
		   !ndarray_dtype(&u, "<f99999999999", 13),
	   "words that are no dtype");
}

static struct ndarray image(const void *data, const char *dtype, unsigned dims,
			    const uint64_t *shape)
{
	struct ndarray a = {0};

	ndarray_dtype(&a, dtype, strlen(dtype));
	ndarray_shape(&a, shape, dims);
	a.data = data;
	return a;
}

static void test_pictures(struct tap *t)
{
	enum { H = 96, W = 160 };
	static uint8_t hwc[2][H][W][3], chw[3][H][W];
	static float floats[H][W][3];
	static uint8_t thumb[PICTURE_THUMB_BYTES], other[PICTURE_THUMB_BYTES];
	struct frame f = {0}, g = {0};

	for (unsigned y = 0; y < H; y++) {
		for (unsigned x = 0; x < W; x++) {
			for (unsigned c = 0; c < 3; c++) {
				hwc[0][y][x][c] = 9;
				hwc[1][y][x][c] = (uint8_t)(x < W / 2 ? 0 : 255 - c);
				chw[c][y][x] = hwc[1][y][x][c];
				floats[y][x][c] = (float)(hwc[1][y][x][c] / 255.0);
			}
		}
	}
	struct ndarray a = image(hwc, "|u1", 5, (uint64_t[]){1, 2, H, W, 3});

	ok(t, picture_facts(&f, thumb, &a) && f.width == W && f.height == H && f.channels == 3,
	   "a picture with batch and time before it");
	ok(t,
	   fabs(f.mean[0] - 0.5) < 1e-12 && fabs(f.mean[2] - 253 / 510.0) < 1e-12 &&
		   fabs(f.std[0] - 0.5) < 1e-12 && f.dark == 0.5 && f.bright == 0.5,
	   "the newest one is measured");
	ok(t,
	   f.thumb_width == 64 && f.thumb_height == 38 && thumb[0] == 0 && thumb[63 * 3] == 255 &&
		   thumb[63 * 3 + 2] == 253,
	   "a thumbnail keeps the shape");
	a = image(chw, "|u1", 3, (uint64_t[]){3, H, W});
	ok(t,
	   picture_facts(&g, other, &a) && g.mean[1] == f.mean[1] &&
		   memcmp(thumb, other, 64 * 38 * 3) == 0,
	   "channels first is the same");
	a = image(floats, "<f4", 3, (uint64_t[]){H, W, 3});
	ok(t,
	   picture_facts(&g, other, &a) && fabs(g.mean[1] - f.mean[1]) < 1e-6 &&
		   memcmp(thumb, other, 64 * 38 * 3) == 0,
	   "so are floats");
	a = image(hwc[1], "|u1", 2, (uint64_t[]){H, W});
	ok(t, picture_facts(&g, other, &a) && g.channels == 1 && isnan(g.mean[1]), "one channel");
	a = image(hwc, "|u1", 5, (uint64_t[]){0, 2, H, W, 3});
	ok(t, !picture_facts(&g, other, &a), "an empty batch is none");
	a = image(NULL, "<f4", 2, (uint64_t[]){16, 14});
	ok(t, !picture_is(&a), "a chunk is none");
	a = image(NULL, "|u1", 3, (uint64_t[]){1 << 20, 1 << 15, 3});
	ok(t, !picture_is(&a), "nor is what no camera makes");
}

int main(void)
{
	struct tap t = {0};

	test_npy(&t);
	test_orders(&t);
	test_pictures(&t);
	return tap_done(&t);
}
