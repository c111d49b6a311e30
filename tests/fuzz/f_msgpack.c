/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A message of a policy or its client, whole, in two halves, and with what is skippable skipped:
 * the leaves are the same, every element can be read, and no memory follows a count.
 */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "wire/payload.h"
#include "wire/picture.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum { KEEP = 4096 };

struct sum {
	uint64_t leaves, hash;
};

static void mix(struct sum *s, const void *p, size_t n)
{
	for (size_t i = 0; i < n; i++)
		s->hash = s->hash * 31 + ((const uint8_t *)p)[i];
}

static size_t want(void *host, const char *path, uint32_t size)
{
	(void)host;
	(void)path;
	return size <= KEEP ? size : 0;
}

static void look(struct sum *s, const struct ndarray *a)
{
	static uint8_t thumb[PICTURE_THUMB_BYTES];
	double min, max, mean;
	struct frame f = {0};
	char text[64];

	if (a->dims > NDARRAY_DIMS || (a->data && a->count > KEEP))
		abort();
	ndarray_range(a, &min, &max, &mean);
	mix(s, &min, sizeof(min));
	mix(s, text, ndarray_text(a, text, sizeof(text)));
	if (picture_facts(&f, thumb, a) && (f.thumb_width > 64 || f.thumb_height > 48))
		abort();
}

static void leaf(void *host, const struct payload_leaf *l)
{
	struct sum *s = host;

	s->leaves++;
	mix(s, l->path, strlen(l->path));
	if (l->kind == PAYLOAD_STRING)
		mix(s, l->text, l->len);
	else if (l->kind == PAYLOAD_NUMBER)
		mix(s, &l->number, sizeof(l->number));
	else
		look(s, l->array);
}

static struct sum read_in_pieces(const uint8_t *data, size_t size, size_t first, bool skip)
{
	struct sum s = {0};
	const struct payload_host host = {&s, want, leaf};
	struct payload p;

	payload_init(&p, &host, '/');
	for (size_t at = 0; at < size;) {
		size_t n = at < first ? first - at : size - at, over = payload_skippable(&p);

		if (over && skip)
			payload_skip(&p, n = n < over ? n : over);
		else
			payload_take(&p, data + at, n);
		at += n;
	}
	s.leaves += payload_end(&p) ? UINT64_C(1) << 32 : 0;
	if (p.text.cap > 4 * PAYLOAD_TEXT || p.data.cap > 4 * KEEP)
		abort();
	payload_fini(&p);
	return s;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct sum one = read_in_pieces(data, size, 0, false);

	for (unsigned i = 0; i < 2; i++) {
		struct sum two = read_in_pieces(data, size, i ? size / 2 : size / 3, i);

		if (one.leaves != two.leaves || one.hash != two.hash)
			abort();
	}
	return 0;
}
