/* SPDX-License-Identifier: Apache-2.0 */
#include "wire/safetensors.h"

#include <errno.h>
#include <math.h>
#include <string.h>

#include "base/text.h"
#include "wire/json.h"

static const struct {
	const char *word;
	enum tensor_type type;
	unsigned bytes;
} types[] = {
	{"F64", TENSOR_F64, 8},	  {"F32", TENSOR_F32, 4},   {"F16", TENSOR_F16, 2},
	{"BF16", TENSOR_BF16, 2}, {"I64", TENSOR_I64, 8},   {"I32", TENSOR_I32, 4},
	{"U8", TENSOR_U8, 1},	  {"BOOL", TENSOR_BOOL, 1},
};

static uint64_t little(const uint8_t *p, unsigned n)
{
	uint64_t v = 0;

	while (n--)
		v = v << 8 | p[n];
	return v;
}

int safetensors_length(const uint8_t first[SAFETENSORS_FIRST], uint64_t file_size, size_t *length,
		       struct err *e)
{
	uint64_t n = little(first, SAFETENSORS_FIRST);

	if (file_size < SAFETENSORS_FIRST || n > file_size - SAFETENSORS_FIRST)
		return err_set(
			e, EBADMSG,
			"no safetensors file: its header of %llu bytes is not in a file of %llu",
			(unsigned long long)n, (unsigned long long)file_size);
	if (n > SAFETENSORS_HEADER_MAX)
		return err_set(e, EFBIG, "a header of %llu bytes, at most %d are read",
			       (unsigned long long)n, SAFETENSORS_HEADER_MAX);
	*length = (size_t)n;
	return 0;
}

/* Two or more whole numbers of an array. Returns how many, -1: something else stands there. */
static int take_numbers(struct json *j, uint64_t *out, unsigned most)
{
	unsigned n = 0;

	if (json_next(j) != JSON_ARRAY)
		return -1;
	while (json_next(j) != JSON_ARRAY_END) {
		int64_t v;

		if (j->token != JSON_NUMBER || n == most || !json_i64(j, &v) || v < 0)
			return -1;
		out[n++] = (uint64_t)v;
	}
	return (int)n;
}

static void take_type(struct tensor *t, const struct json *j)
{
	for (size_t i = 0; i < sizeof(types) / sizeof(types[0]); i++) {
		if (json_is(j, types[i].word)) {
			t->type = types[i].type;
			t->bytes = types[i].bytes;
		}
	}
}

/* The product of the shape; false: beyond what any file holds. */
static bool count_elements(struct tensor *t)
{
	t->count = 1;
	for (unsigned i = 0; i < t->dims; i++) {
		if (t->shape[i] && t->count > (UINT64_MAX >> 8) / t->shape[i])
			return false;
		t->count *= t->shape[i];
	}
	return true;
}

static int check(struct tensor *t, const uint64_t offset[2], uint64_t base, uint64_t file_size,
		 struct err *e)
{
	if (offset[0] > offset[1] || offset[1] > file_size - base)
		return err_set(
			e, EBADMSG, "tensor %s: bytes %llu to %llu are not in %llu bytes of data",
			t->name, (unsigned long long)offset[0], (unsigned long long)offset[1],
			(unsigned long long)(file_size - base));
	t->from = base + offset[0];
	t->size = offset[1] - offset[0];
	if (!count_elements(t) || (t->bytes && t->count * t->bytes != t->size))
		return err_set(e, EBADMSG, "tensor %s: %llu bytes are not what its shape needs",
			       t->name, (unsigned long long)t->size);
	return 0;
}

/* {"dtype":"F32","shape":[6],"data_offsets":[0,24]} */
static int take_tensor(struct json *j, struct tensor *t, uint64_t base, uint64_t file_size,
		       struct err *e)
{
	uint64_t offset[2];
	int dims = -1, ends = -1;

	while (json_next(j) == JSON_KEY) {
		if (json_is(j, "dtype")) {
			if (json_next(j) == JSON_STRING)
				take_type(t, j);
			else
				json_skip(j);
		} else if (json_is(j, "shape")) {
			dims = take_numbers(j, t->shape, SAFETENSORS_DIMS);
			if (dims < 0)
				break;
		} else if (json_is(j, "data_offsets")) {
			ends = take_numbers(j, offset, 2);
			if (ends != 2)
				break;
		} else {
			json_next(j);
			json_skip(j);
		}
	}
	if (j->token != JSON_OBJECT_END || dims < 0 || ends != 2)
		return err_set(e, EBADMSG, "tensor %s: its header is broken%s%s", t->name,
			       j->error ? ": " : "", j->error ? j->error : "");
	t->dims = (unsigned)dims;
	return check(t, offset, base, file_size, e);
}

int safetensors_each(const char *json, size_t length, uint64_t file_size,
		     int (*tensor)(void *host, const struct tensor *t, struct err *e), void *host,
		     struct err *e)
{
	uint64_t base = (uint64_t)length + SAFETENSORS_FIRST;
	struct json j;

	if (base > file_size)
		return err_set(e, EBADMSG, "no safetensors file: it ends within its header");
	json_init(&j, json, length);
	if (json_next(&j) != JSON_OBJECT)
		return err_set(e, EBADMSG, "no safetensors file: its header is no JSON object");
	while (json_next(&j) == JSON_KEY) {
		struct tensor t = {0};
		char raw[SAFETENSORS_NAME];
		bool about = json_is(&j, "__metadata__");
		int rc;

		text_clean(t.name, sizeof(t.name), raw, json_text(&j, raw, sizeof(raw)));
		if (json_next(&j) != JSON_OBJECT)
			return err_set(e, EBADMSG, "tensor %s: its header is no object", t.name);
		if (about) {
			json_skip(&j);
			continue;
		}
		rc = take_tensor(&j, &t, base, file_size, e);
		if (!rc)
			rc = tensor(host, &t, e);
		if (rc)
			return rc;
	}
	/* Headers are padded with spaces: nothing else may follow. */
	if (j.token != JSON_OBJECT_END || json_next(&j) != JSON_END)
		return err_set(e, EBADMSG, "no safetensors file: its header is no JSON: %s",
			       j.error ? j.error : "cut short");
	return 0;
}

/* IEEE half precision: 5 bits of exponent, 10 of fraction. */
static double half(uint64_t bits)
{
	int exponent = (int)(bits >> 10 & 31);
	double fraction = (double)(bits & 1023), v;

	if (exponent == 31)
		v = fraction > 0 ? NAN : INFINITY;
	else if (exponent)
		v = ldexp(1024 + fraction, exponent - 25);
	else
		v = ldexp(fraction, -24);
	return bits >> 15 ? -v : v;
}

static double single(uint32_t bits)
{
	float f;

	memcpy(&f, &bits, sizeof(f));
	return (double)f;
}

double tensor_value(enum tensor_type type, const uint8_t *p)
{
	uint64_t bits;
	double v;

	switch (type) {
	case TENSOR_F64:
		bits = little(p, 8);
		memcpy(&v, &bits, sizeof(v));
		return v;
	case TENSOR_F32:
		return single((uint32_t)little(p, 4));
	case TENSOR_F16:
		return half(little(p, 2));
	case TENSOR_BF16:
		return single((uint32_t)little(p, 2) << 16);
	case TENSOR_I64:
		return (double)(int64_t)little(p, 8);
	case TENSOR_I32:
		return (double)(int32_t)little(p, 4);
	case TENSOR_U8:
	case TENSOR_BOOL:
		return *p;
	case TENSOR_OTHER:
	default:
		return NAN;
	}
}
