/* SPDX-License-Identifier: Apache-2.0 */
#include "wire/png.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include <zlib.h>

#include "base/mem.h"

enum { BITS = 8, COLOUR_RGB = 2, HEAD_BYTES = 13 };

static void put_u32(uint8_t p[4], uint32_t v)
{
	for (int i = 0; i < 4; i++)
		p[i] = (uint8_t)(v >> (24 - 8 * i));
}

static void add_chunk(struct buf *b, const char *type, const uint8_t *p, size_t n)
{
	uLong crc = crc32(crc32(0, Z_NULL, 0), (const Bytef *)type, 4);
	uint8_t word[4];

	put_u32(word, (uint32_t)n);
	buf_add(b, word, sizeof(word));
	buf_add(b, type, 4);
	if (n) {
		buf_add(b, p, n);
		crc = crc32(crc, p, (uInt)n);
	}
	put_u32(word, (uint32_t)crc);
	buf_add(b, word, sizeof(word));
}

int png_encode(struct buf *b, const uint8_t *rgb, unsigned width, unsigned height)
{
	static const uint8_t magic[] = {0x89, 'P', 'N', 'G', '\r', '\n', 0x1a, '\n'};
	uint8_t head[HEAD_BYTES] = {[8] = BITS, [9] = COLOUR_RGB}, *rows, *packed;
	size_t row = (size_t)width * 3, n = (row + 1) * height;
	uLongf room = compressBound(n);
	int rc;

	if (!width || !height || width > PNG_SIDE_MAX || height > PNG_SIDE_MAX)
		return -EINVAL;
	rows = xcalloc(n, 1); /* every row begins with its filter: none */
	packed = xcalloc(room, 1);
	for (unsigned y = 0; y < height; y++)
		memcpy(rows + y * (row + 1) + 1, rgb + y * row, row);
	rc = compress(packed, &room, rows, n) == Z_OK ? 0 : -ENOMEM;
	if (!rc) {
		put_u32(head, width);
		put_u32(head + 4, height);
		buf_add(b, magic, sizeof(magic));
		add_chunk(b, "IHDR", head, sizeof(head));
		add_chunk(b, "IDAT", packed, room);
		add_chunk(b, "IEND", NULL, 0);
	}
	free(packed);
	free(rows);
	return rc;
}
