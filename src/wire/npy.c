/* SPDX-License-Identifier: Apache-2.0 */
#include "wire/npy.h"

#include <errno.h>
#include <string.h>

#include "base/buf.h"

/* A cursor over the header's dict, a Python literal. */
struct dict {
	const char *at, *end;
};

static void blanks(struct dict *d)
{
	while (d->at < d->end && (*d->at == ' ' || *d->at == '\n' || *d->at == ','))
		d->at++;
}

static bool take(struct dict *d, const char *word)
{
	size_t n = strlen(word);

	blanks(d);
	if ((size_t)(d->end - d->at) < n || memcmp(d->at, word, n) != 0)
		return false;
	d->at += n;
	return true;
}

/* A string in either quotes; no escapes, numpy writes none here. */
static bool string(struct dict *d, const char **text, size_t *n)
{
	const char *close;
	char quote;

	blanks(d);
	if (d->at == d->end || (*d->at != '\'' && *d->at != '"'))
		return false;
	quote = *d->at++;
	close = memchr(d->at, quote, (size_t)(d->end - d->at));
	if (!close)
		return false;
	*text = d->at;
	*n = (size_t)(close - d->at);
	d->at = close + 1;
	return true;
}

static bool number(struct dict *d, uint64_t *v)
{
	const char *start;

	blanks(d);
	start = d->at;
	for (*v = 0; d->at < d->end && *d->at >= '0' && *d->at <= '9'; d->at++) {
		if (*v > (UINT64_MAX - 9) / 10)
			return false;
		*v = *v * 10 + (uint64_t)(*d->at - '0');
	}
	return d->at > start;
}

static bool shape(struct dict *d, struct ndarray *a)
{
	uint64_t v[NDARRAY_DIMS];
	unsigned n = 0;

	if (!take(d, "("))
		return false;
	while (!take(d, ")")) {
		if (n == NDARRAY_DIMS || !number(d, &v[n++]))
			return false;
	}
	return ndarray_shape(a, v, n);
}

static bool value(struct dict *d, struct ndarray *a, const char *key, size_t n, unsigned *seen)
{
	const char *text;
	size_t len;

	if (n == 5 && memcmp(key, "descr", n) == 0) {
		*seen |= 1;
		return string(d, &text, &len) && ndarray_dtype(a, text, len);
	}
	if (n == 5 && memcmp(key, "shape", n) == 0) {
		*seen |= 2;
		return shape(d, a);
	}
	if (n != 13 || memcmp(key, "fortran_order", n) != 0)
		return false;
	*seen |= 4;
	a->fortran = take(d, "True");
	return a->fortran || take(d, "False");
}

ssize_t npy_header(struct ndarray *a, const void *bytes, size_t n, const char **why)
{
	const uint8_t *p = bytes;
	unsigned seen = 0;
	size_t head, len;
	struct dict d;

	*why = "an array in .npy form has no header";
	if (n < 12 || memcmp(p, "\x93NUMPY", 6) != 0)
		return -EBADMSG;
	head = p[6] == 1 ? 10 : 12;
	len = p[8] | (size_t)p[9] << 8;
	if (p[6] != 1)
		len |= (size_t)p[10] << 16 | (size_t)p[11] << 24;
	*why = "an array in .npy form has a header of another version, or too long";
	if (p[6] < 1 || p[6] > 3 || len > NPY_HEADER_MAX - head || len > n - head)
		return -EBADMSG;
	*why = "an array in .npy form has a header that numpy does not write";
	d = (struct dict){(const char *)p + head, (const char *)p + head + len};
	if (!take(&d, "{"))
		return -EBADMSG;
	while (!take(&d, "}")) {
		const char *key;
		size_t keys;

		if (!string(&d, &key, &keys) || !take(&d, ":") || !value(&d, a, key, keys, &seen))
			return -EBADMSG;
	}
	return seen == 7 ? (ssize_t)(head + len) : -EBADMSG;
}

void npy_put(struct buf *b, const char *dtype, const uint32_t *shape, unsigned dims, const void *p,
	     size_t n)
{
	enum { MAGIC = 10, ALIGN = 64 };
	struct buf head = {0};
	size_t len;

	buf_printf(&head, "{'descr': '%s', 'fortran_order': False, 'shape': (", dtype);
	for (unsigned i = 0; i < dims; i++)
		buf_printf(&head, i ? " %u," : "%u,", shape[i]);
	if (dims > 1)
		head.len--; /* a tuple of one alone ends in a comma */
	buf_add(&head, "), }", 4);
	/* numpy pads with blanks, so that the array is aligned. */
	while ((MAGIC + head.len + 1) % ALIGN)
		buf_add(&head, " ", 1);
	buf_add(&head, "\n", 1);
	len = head.len;
	buf_add(b, "\x93NUMPY\x01\x00", 8);
	buf_add(b, (const char[]){(char)(len & 0xff), (char)(len >> 8)}, 2);
	buf_add(b, head.p, len);
	if (n)
		buf_add(b, p, n);
	buf_fini(&head);
}
