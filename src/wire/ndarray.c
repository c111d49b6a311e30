/* SPDX-License-Identifier: Apache-2.0 */
#include "wire/ndarray.h"

#include <math.h>
#include <string.h>

#include "base/text.h"

static bool known_size(char kind, uint32_t bytes)
{
	switch (kind) {
	case 'f':
		return bytes == 2 || bytes == 4 || bytes == 8;
	case 'i':
	case 'u':
		return bytes == 1 || bytes == 2 || bytes == 4 || bytes == 8;
	case 'b':
		return bytes == 1;
	case 'U':
	case 'S':
		return true;
	default:
		return false;
	}
}

bool ndarray_dtype(struct ndarray *a, const char *text, size_t n)
{
	uint32_t size = 0;

	if (n < 3 || !strchr("<>|=", text[0]) || !text[0])
		return false;
	for (size_t i = 2; i < n; i++) {
		if (text[i] < '0' || text[i] > '9' || size > (1u << 24))
			return false;
		size = size * 10 + (uint32_t)(text[i] - '0');
	}
	text_clean(a->dtype, sizeof(a->dtype), text, n);
	a->swapped = text[0] == '>';
	a->bytes = text[1] == 'U' ? 4 * size : size;
	a->kind = known_size(text[1], size) ? text[1] : 0;
	return true;
}

bool ndarray_shape(struct ndarray *a, const uint64_t *shape, unsigned dims)
{
	uint64_t count = 1;

	if (dims > NDARRAY_DIMS)
		return false;
	for (unsigned i = 0; i < dims; i++) {
		if (shape[i] && count > (UINT64_C(1) << 40) / shape[i])
			return false;
		count *= shape[i];
		a->shape[i] = shape[i];
	}
	a->dims = dims;
	a->count = count;
	return true;
}

bool ndarray_numbers(const struct ndarray *a)
{
	return a->plain || (a->data && a->kind && strchr("fiub", a->kind));
}

/* Where element i of the C order lies in an array in Fortran order. */
static uint64_t fortran_index(const struct ndarray *a, uint64_t i)
{
	uint64_t at = 0, stride = a->count;

	for (unsigned d = a->dims; d-- > 0;) {
		stride /= a->shape[d];
		at += i % a->shape[d] * stride;
		i /= a->shape[d];
	}
	return at;
}

static double half(uint16_t h)
{
	int exponent = h >> 10 & 31, fraction = h & 1023;
	double v;

	if (exponent == 31)
		v = fraction ? (double)NAN : (double)INFINITY;
	else if (exponent)
		v = ldexp(1024 + fraction, exponent - 25);
	else
		v = ldexp(fraction, -24);
	return h >> 15 ? -v : v;
}

static double real(uint64_t v, uint32_t bytes)
{
	uint32_t low = (uint32_t)v;
	float f;
	double d;

	if (bytes == 2)
		return half((uint16_t)v);
	memcpy(&f, &low, sizeof(f));
	memcpy(&d, &v, sizeof(d));
	return bytes == 4 ? (double)f : d;
}

double ndarray_at(const struct ndarray *a, uint64_t i)
{
	const uint8_t *p;
	uint64_t v = 0;

	if (a->plain)
		return a->plain[i];
	p = a->data + (a->fortran ? fortran_index(a, i) : i) * a->bytes;
	for (uint32_t k = 0; k < a->bytes; k++)
		v = v << 8 | p[a->swapped ? k : a->bytes - 1 - k];
	switch (a->kind) {
	case 'f':
		return real(v, a->bytes);
	case 'i':
		return (double)((int64_t)(v << (64 - 8 * a->bytes)) >> (64 - 8 * a->bytes));
	default:
		return (double)v;
	}
}

void ndarray_range(const struct ndarray *a, double *min, double *max, double *mean)
{
	double sum = 0;
	uint64_t n = 0;

	*min = *max = *mean = (double)NAN;
	if (!ndarray_numbers(a))
		return;
	for (uint64_t i = 0; i < a->count; i++) {
		double v = ndarray_at(a, i);

		if (isnan(v))
			continue;
		if (!n || v < *min)
			*min = v;
		if (!n++ || v > *max)
			*max = v;
		sum += v;
	}
	if (n)
		*mean = sum / (double)n;
}

static size_t put_rune(char *dst, uint32_t r)
{
	if (r < 0x80) {
		dst[0] = (char)r;
		return 1;
	}
	if (r < 0x800) {
		dst[0] = (char)(0xc0 | r >> 6);
		dst[1] = (char)(0x80 | (r & 63));
		return 2;
	}
	if (r < 0x10000) {
		dst[0] = (char)(0xe0 | r >> 12);
		dst[1] = (char)(0x80 | (r >> 6 & 63));
		dst[2] = (char)(0x80 | (r & 63));
		return 3;
	}
	dst[0] = (char)(0xf0 | (r >> 18 & 7));
	dst[1] = (char)(0x80 | (r >> 12 & 63));
	dst[2] = (char)(0x80 | (r >> 6 & 63));
	dst[3] = (char)(0x80 | (r & 63));
	return 4;
}

size_t ndarray_text(const struct ndarray *a, char *dst, size_t size)
{
	size_t n = 0;

	if (!a->data || !a->count || (a->kind != 'U' && a->kind != 'S'))
		return 0;
	if (a->kind == 'S') {
		while (n < a->bytes && n < size && a->data[n])
			n++;
		memcpy(dst, a->data, n);
		return n;
	}
	for (uint32_t i = 0; i + 4 <= a->bytes && n + 4 <= size; i += 4) {
		uint32_t r = 0;

		for (unsigned k = 0; k < 4; k++)
			r = r << 8 | a->data[i + (a->swapped ? k : 3 - k)];
		if (!r)
			break;
		n += put_rune(dst + n, r);
	}
	return n;
}
