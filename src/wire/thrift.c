/* SPDX-License-Identifier: Apache-2.0 */
#include "wire/thrift.h"

enum { DEPTH_MAX = 24 };

static void fail(struct thrift *t, const char *why)
{
	if (!t->error)
		t->error = why;
	t->p = t->end;
}

void thrift_init(struct thrift *t, const void *p, size_t n)
{
	*t = (struct thrift){.p = p, .end = (const uint8_t *)p + n};
}

static uint8_t byte(struct thrift *t)
{
	if (t->p == t->end) {
		fail(t, "cut short");
		return 0;
	}
	return *t->p++;
}

static uint64_t varint(struct thrift *t)
{
	uint64_t v = 0;

	for (unsigned shift = 0; shift < 64; shift += 7) {
		uint8_t b = byte(t);

		v |= (uint64_t)(b & 0x7f) << shift;
		if (!(b & 0x80))
			return v;
	}
	fail(t, "a number of more than 64 bits");
	return 0;
}

static int64_t zigzag(struct thrift *t)
{
	uint64_t v = varint(t);

	return (int64_t)(v >> 1) ^ -(int64_t)(v & 1);
}

bool thrift_next(struct thrift *t, struct thrift_field *f)
{
	uint8_t head = byte(t);
	int64_t id;

	if (t->error || (head & 15) == THRIFT_STOP)
		return false;
	f->type = (enum thrift_type)(head & 15);
	id = head >> 4 ? f->id + (head >> 4) : zigzag(t);
	if ((head & 15) >= THRIFT_TYPES || id < INT16_MIN || id > INT16_MAX)
		fail(t, "no field of a Thrift struct");
	f->id = (int32_t)id;
	return !t->error;
}

int64_t thrift_int(struct thrift *t, const struct thrift_field *f)
{
	if (f->type < THRIFT_BYTE || f->type > THRIFT_I64)
		fail(t, "a field that is no integer");
	if (f->type == THRIFT_BYTE)
		return (int8_t)byte(t);
	return t->error ? 0 : zigzag(t);
}

bool thrift_bool(struct thrift *t, const struct thrift_field *f)
{
	if (f->type != THRIFT_TRUE && f->type != THRIFT_FALSE)
		fail(t, "a field that is no boolean");
	return f->type == THRIFT_TRUE;
}

const char *thrift_binary(struct thrift *t, const struct thrift_field *f, size_t *len)
{
	const uint8_t *p;
	uint64_t n = 0;

	if (f->type != THRIFT_BINARY)
		fail(t, "a field that is no text");
	else
		n = varint(t);
	if (n > (size_t)(t->end - t->p)) {
		fail(t, "a text longer than its file");
		n = 0;
	}
	p = t->p;
	t->p += n;
	*len = (size_t)n;
	return (const char *)p;
}

static size_t list_header(struct thrift *t, enum thrift_type *element)
{
	uint8_t head = byte(t);
	uint64_t n = head >> 4;

	*element = (enum thrift_type)(head & 15);
	if (n == 15)
		n = varint(t);
	if (n > (size_t)(t->end - t->p))
		fail(t, "a list longer than its file");
	return t->error ? 0 : (size_t)n;
}

size_t thrift_list(struct thrift *t, const struct thrift_field *f, enum thrift_type element)
{
	enum thrift_type got = THRIFT_STOP;
	size_t n = 0;

	if (f->type != THRIFT_LIST && f->type != THRIFT_SET)
		fail(t, "a field that is no list");
	else
		n = list_header(t, &got);
	if (n && got != element)
		fail(t, "a list of another type");
	return t->error ? 0 : n;
}

bool thrift_struct(struct thrift *t, const struct thrift_field *f)
{
	if (f->type != THRIFT_STRUCT)
		fail(t, "a field that is no struct");
	return !t->error;
}

static void take(struct thrift *t, uint64_t n)
{
	if (n > (size_t)(t->end - t->p))
		fail(t, "cut short");
	else
		t->p += n;
}

static void skip_value(struct thrift *t, enum thrift_type type, bool element, unsigned depth);

static void skip_map(struct thrift *t, unsigned depth)
{
	uint64_t n = varint(t);
	uint8_t types = n ? byte(t) : 0;

	if (n > (size_t)(t->end - t->p))
		fail(t, "a map longer than its file");
	for (uint64_t i = 0; i < n && !t->error; i++) {
		skip_value(t, (enum thrift_type)(types >> 4), true, depth);
		skip_value(t, (enum thrift_type)(types & 15), true, depth);
	}
}

static void skip_compound(struct thrift *t, enum thrift_type type, unsigned depth)
{
	struct thrift_field f = {0};
	enum thrift_type element;
	size_t n;

	if (depth > DEPTH_MAX) {
		fail(t, "nested too deeply");
	} else if (type == THRIFT_STRUCT) {
		while (thrift_next(t, &f))
			skip_value(t, f.type, false, depth);
	} else if (type == THRIFT_MAP) {
		skip_map(t, depth);
	} else {
		n = list_header(t, &element);
		for (size_t i = 0; i < n && !t->error; i++)
			skip_value(t, element, true, depth);
	}
}

/* A boolean has no byte of its own as a field, and one as an element. */
static void skip_value(struct thrift *t, enum thrift_type type, bool element, unsigned depth)
{
	switch (type) {
	case THRIFT_TRUE:
	case THRIFT_FALSE:
		if (element)
			byte(t);
		break;
	case THRIFT_BYTE:
		byte(t);
		break;
	case THRIFT_I16:
	case THRIFT_I32:
	case THRIFT_I64:
		varint(t);
		break;
	case THRIFT_DOUBLE:
		take(t, 8);
		break;
	case THRIFT_BINARY:
		take(t, varint(t));
		break;
	case THRIFT_LIST:
	case THRIFT_SET:
	case THRIFT_MAP:
	case THRIFT_STRUCT:
		skip_compound(t, type, depth + 1);
		break;
	case THRIFT_STOP:
	case THRIFT_TYPES:
	default:
		fail(t, "a value of no known type");
	}
}

void thrift_skip(struct thrift *t, const struct thrift_field *f)
{
	if (!t->error)
		skip_value(t, f->type, false, 0);
}
