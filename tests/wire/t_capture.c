/* SPDX-License-Identifier: Apache-2.0 */
/* The capture format: round trip, and every way to cut or flip it. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "tests/tap.h"
#include "wire/capture.h"

static const char *const words[] = {"stdin:", "tcp:h:5?prefix=left"};

enum { ROWS = 4 };

static void fill(struct buf *b)
{
	static const unsigned char hello[] = "hello\n";
	const struct capture_record rows[] = {
		{.t_ns = 1, .source = 0, .bytes = hello, .len = 6},
		{.t_ns = 5000000000, .source = 1, .direction = 1, .bytes = hello, .len = 2},
		{.t_ns = 5000000001, .source = 1},
		{.t_ns = 5000000002,
		 .direction = 1,
		 .is_lost = true,
		 .lost = 1ull << 40,
		 .whole = true},
	};

	capture_put_header(b, words, 2, NULL);
	for (size_t i = 0; i < ROWS; i++)
		capture_put(b, &rows[i]);
}

static void test_round_trip(struct tap *t, const struct buf *b)
{
	struct capture_header h;
	struct capture_record r[ROWS];
	ssize_t at = capture_get_header(&h, b->p, b->len, NULL);

	ok(t, at > 0 && h.sources == 2 && strcmp(h.word[1], words[1]) == 0, "the header");
	for (size_t i = 0; i < ROWS; i++) {
		ssize_t n = capture_get(&r[i], b->p + at, b->len - (size_t)at, 2, NULL);

		at += n > 0 ? n : 0;
	}
	ok(t, (size_t)at == b->len, "four records and nothing else");
	ok(t, r[0].t_ns == 1 && r[0].len == 6 && memcmp(r[0].bytes, "hello\n", 6) == 0, "bytes");
	ok(t, r[1].t_ns == 5000000000 && r[1].source == 1 && r[1].direction == 1, "its facts");
	ok(t, r[2].len == 0 && !r[2].bytes && !r[2].is_lost, "a mark");
	ok(t,
	   r[3].is_lost && r[3].lost == 1ull << 40 && r[3].whole && r[3].direction == 1 &&
		   !r[3].bytes,
	   "bytes lost");
	capture_header_fini(&h);
}

/* Reads all of p, from memory of exactly n bytes. 0 at its end or a cut, or the error. */
static int read_all(const char *p, size_t n, size_t *records)
{
	char *copy = xcalloc(n ? n : 1, 1);
	struct capture_header h = {0};
	struct capture_record r;
	ssize_t used;
	size_t at;

	memcpy(copy, p, n);
	*records = 0;
	used = capture_get_header(&h, copy, n, NULL);
	for (at = used > 0 ? (size_t)used : 0; used > 0; at += used > 0 ? (size_t)used : 0) {
		used = capture_get(&r, copy + at, n - at, h.sources, NULL);
		*records += used > 0;
	}
	capture_header_fini(&h);
	free(copy);
	return (int)used;
}

static void test_damage(struct tap *t, const struct buf *b)
{
	bool cut = true, flipped = true;
	size_t records;

	for (size_t n = 0; n < b->len; n++)
		cut = cut && read_all(b->p, n, &records) == 0 && records < ROWS;
	ok(t, cut, "cut at any byte: more is needed");
	for (size_t n = 0; n < b->len * 8; n++) {
		char *copy = xcalloc(b->len, 1);

		memcpy(copy, b->p, b->len);
		copy[n / 8] = (char)(copy[n / 8] ^ 1 << n % 8);
		/* A length that grew looks like a cut. */
		flipped = flipped && read_all(copy, b->len, &records) <= 0 && records < ROWS;
		free(copy);
	}
	ok(t, flipped, "any flipped bit: not all records are read");
}

static void test_bounds(struct tap *t)
{
	const char *const many[CAPTURE_SOURCES_MAX + 1] = {0};
	size_t len = CAPTURE_PAYLOAD + 10, sum = 0;
	unsigned char *big = xcalloc(len, 1);
	struct capture_record r = {.bytes = big, .len = len};
	struct buf b = {0};
	ssize_t n;

	ok(t, capture_put_header(&b, many, CAPTURE_SOURCES_MAX + 1, NULL) == -EINVAL, "too many");
	capture_put(&b, &r);
	for (size_t at = 0; at < b.len; at += (size_t)n) {
		n = capture_get(&r, b.p + at, b.len - at, 1, NULL);
		if (n <= 0)
			break;
		sum += r.len;
	}
	ok(t, sum == len && r.len == 10, "what is too long for one record becomes two");
	free(big);
	buf_fini(&b);
}

/* The format is public: these bytes were made by another program (CRC-32 by zlib). */
static void test_fixture(struct tap *t)
{
	static const char bytes[] =
		"\120\124\117\120\103\101\120\012\002\000\001\000\006\000\163\164\144\151\156\072\377"
		"\347\214\210\007\000\000\000\000\000\000\000\002\000\000\000\000\000\000\000\135\264"
		"\147\123\170\012\037\010\352\106\010\000\000\000\000\000\000\000\011\000\000\000\000"
		"\000\001\001\346\316\373\356\005\000\000\000\000\000\000\000\000\341\121\236\254";
	const struct capture_record rows[] = {
		{.bytes = (const unsigned char *)"x\n", .len = 2, .t_ns = 7},
		{.is_lost = true, .lost = 5, .direction = 1, .t_ns = 8},
	};
	const char *const word = "stdin:";
	struct buf b = {0};

	capture_put_header(&b, &word, 1, NULL);
	for (size_t i = 0; i < 2; i++)
		capture_put(&b, &rows[i]);
	ok(t, b.len == sizeof(bytes) - 1 && memcmp(b.p, bytes, b.len) == 0,
	   "the bytes are as documented");
	buf_fini(&b);
}

int main(void)
{
	struct tap t = {0};
	struct buf b = {0};

	fill(&b);
	test_round_trip(&t, &b);
	test_damage(&t, &b);
	test_bounds(&t);
	test_fixture(&t);
	buf_fini(&b);
	return tap_done(&t);
}
