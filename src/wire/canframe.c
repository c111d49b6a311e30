/* SPDX-License-Identifier: Apache-2.0 */
#include "wire/canframe.h"

#include <errno.h>
#include <string.h>

enum { LOST_BYTES = 4, LINK_BYTES = 9 };

static void put(uint8_t *p, uint64_t v, unsigned bytes)
{
	for (unsigned i = 0; i < bytes; i++)
		p[i] = (uint8_t)(v >> 8 * i);
}

static uint64_t get(const uint8_t *p, unsigned bytes)
{
	uint64_t v = 0;

	for (unsigned i = 0; i < bytes; i++)
		v |= (uint64_t)p[i] << 8 * i;
	return v;
}

static size_t payload(const struct canframe *f, uint8_t p[CANFRAME_DATA_MAX])
{
	switch (f->kind) {
	case CANFRAME_LOST:
		put(p, f->lost, 4);
		return LOST_BYTES;
	case CANFRAME_LINK:
		p[0] = (uint8_t)f->state;
		put(p + 1, f->tx_errors, 2);
		put(p + 3, f->rx_errors, 2);
		put(p + 5, f->bitrate, 4);
		return LINK_BYTES;
	case CANFRAME_DATA:
	case CANFRAME_KIND_N:
	default:
		memcpy(p, f->data, f->len);
		return f->len;
	}
}

void canframe_put(struct buf *b, const struct canframe *f)
{
	uint8_t record[CANFRAME_HEAD + CANFRAME_DATA_MAX] = {0};
	size_t n = payload(f, record + CANFRAME_HEAD);

	record[0] = (uint8_t)f->kind;
	record[1] = (uint8_t)f->flags;
	record[2] = (uint8_t)n;
	put(record + 4, f->id, 4);
	put(record + 8, (uint64_t)f->t_ns, 8);
	buf_add(b, record, CANFRAME_HEAD + n);
}

static bool possible(const uint8_t *p)
{
	static const size_t least[] = {0, LOST_BYTES, LINK_BYTES},
			    most[] = {CANFRAME_DATA_MAX, LOST_BYTES, LINK_BYTES};

	return p[0] < CANFRAME_KIND_N && p[1] <= (CANFRAME_FD | CANFRAME_OWN) && p[3] == 0 &&
	       p[2] >= least[p[0]] && p[2] <= most[p[0]];
}

ssize_t canframe_get(struct canframe *f, const void *bytes, size_t n)
{
	const uint8_t *p = bytes;

	if (n < CANFRAME_HEAD)
		return n >= 4 && !possible(p) ? -EBADMSG : 0;
	if (!possible(p))
		return -EBADMSG;
	if (n < (size_t)CANFRAME_HEAD + p[2])
		return 0;
	if (p[0] == CANFRAME_LINK && p[CANFRAME_HEAD] >= BUS_STATE_N)
		return -EBADMSG;
	*f = (struct canframe){.kind = (enum canframe_kind)p[0], .flags = p[1]};
	f->id = (uint32_t)get(p + 4, 4);
	f->t_ns = (int64_t)get(p + 8, 8);
	p += CANFRAME_HEAD;
	if (f->kind == CANFRAME_LOST) {
		f->lost = (uint32_t)get(p, 4);
		return CANFRAME_HEAD + LOST_BYTES;
	}
	if (f->kind == CANFRAME_LINK) {
		f->state = (enum bus_state)p[0];
		f->tx_errors = (unsigned)get(p + 1, 2);
		f->rx_errors = (unsigned)get(p + 3, 2);
		f->bitrate = (uint32_t)get(p + 5, 4);
		return CANFRAME_HEAD + LINK_BYTES;
	}
	f->len = ((const uint8_t *)bytes)[2];
	memcpy(f->data, p, f->len);
	return (ssize_t)(CANFRAME_HEAD + f->len);
}
