/* SPDX-License-Identifier: Apache-2.0 */
#include "wire/protobuf.h"

void protobuf_init(struct protobuf *p, const void *bytes, size_t n)
{
	*p = (struct protobuf){.at = bytes, .end = n ? (const uint8_t *)bytes + n : bytes};
}

static bool take_varint(struct protobuf *p, uint64_t *v)
{
	*v = 0;
	for (unsigned shift = 0; shift < 64 && p->at < p->end; shift += 7) {
		uint8_t byte = *p->at++;

		*v |= (uint64_t)(byte & 0x7f) << shift;
		if (byte < 0x80)
			return true;
	}
	return false;
}

static bool take_fixed(struct protobuf *p, unsigned bytes)
{
	if ((size_t)(p->end - p->at) < bytes)
		return false;
	for (unsigned i = bytes; i > 0; i--)
		p->value = p->value << 8 | p->at[i - 1];
	p->at += bytes;
	return true;
}

static bool take_bytes(struct protobuf *p)
{
	uint64_t n;

	if (!take_varint(p, &n) || n > (uint64_t)(p->end - p->at))
		return false;
	p->bytes = p->at;
	p->len = (size_t)n;
	p->at += n;
	return true;
}

static bool take_field(struct protobuf *p)
{
	uint64_t key;

	if (!take_varint(p, &key))
		return false;
	p->number = key >> 3;
	p->type = (enum protobuf_type)(key & 7);
	switch (key & 7) {
	case PROTOBUF_VARINT:
		return take_varint(p, &p->value);
	case PROTOBUF_FIXED64:
		return take_fixed(p, 8);
	case PROTOBUF_BYTES:
		return take_bytes(p);
	case PROTOBUF_FIXED32:
		return take_fixed(p, 4);
	default: /* groups, which nobody writes any more */
		return false;
	}
}

bool protobuf_next(struct protobuf *p)
{
	p->value = 0;
	p->bytes = NULL;
	p->len = 0;
	if (p->error || p->at == p->end)
		return false;
	p->error = !take_field(p);
	return !p->error;
}
