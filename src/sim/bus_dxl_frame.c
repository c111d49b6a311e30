/* SPDX-License-Identifier: Apache-2.0 */
#include <string.h>

#include "sim/bus_dxl.h"

enum {
	PING = 0x01,
	READ = 0x02,
	WRITE = 0x03,
	REG_WRITE = 0x04,
	ACTION = 0x05,
	REBOOT = 0x08,
	STATUS = 0x55,
	SYNC_READ = 0x82,
	SYNC_WRITE = 0x83,
	FAST_SYNC_READ = 0x8a,
	BULK_READ = 0x92,
	BULK_WRITE = 0x93,
	FAST_BULK_READ = 0x9a,

	HEAD = 8, /* FF FF FD 00, id, length, instruction */
	DATA_MAX = 240,
};

static uint16_t crc16(uint16_t crc, const uint8_t *p, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		crc = (uint16_t)(crc ^ p[i] << 8);
		for (unsigned bit = 0; bit < 8; bit++)
			crc = (uint16_t)(crc & 0x8000 ? crc << 1 ^ 0x8005 : crc << 1);
	}
	return crc;
}

static size_t put_crc(uint8_t *p, size_t n)
{
	uint16_t crc = crc16(0, p, n);

	p[n] = (uint8_t)crc;
	p[n + 1] = (uint8_t)(crc >> 8);
	return n + 2;
}

static unsigned word(const uint8_t *p)
{
	return p[0] | (unsigned)p[1] << 8;
}

int dxl_packet(const uint8_t *p, size_t n)
{
	static const uint8_t mark[] = {0xff, 0xff, 0xfd};
	size_t len;

	if (memcmp(p, mark, n < sizeof(mark) ? n : sizeof(mark)) != 0 || (n > 3 && p[3] == 0xfd))
		return -1;
	if (n < HEAD)
		return 0;
	len = word(p + 5);
	if (p[3] != 0 || len < 3 || len + 7 > SIM_PACKET_MAX)
		return -1;
	if (n < len + 7)
		return 0;
	return crc16(0, p, len + 5) == word(p + len + 5) ? (int)len + 7 : -1;
}

void dxl_seal(struct sim_chunk *c)
{
	if (c->n > HEAD + 2)
		put_crc(c->p, c->n - 2);
}

/* FF FF FD within a packet is followed by one more FD. Writes from dst[HEAD - 1] on. */
static size_t stuff(uint8_t *dst, size_t size, const uint8_t *src, size_t n)
{
	size_t at = HEAD - 1;

	for (size_t i = 0; i < n && at + 4 < size; i++) {
		dst[at++] = src[i];
		if (i >= 2 && src[i] == 0xfd && src[i - 1] == 0xff && src[i - 2] == 0xff)
			dst[at++] = 0xfd;
	}
	return at;
}

/* The other way, over instruction and parameters; the length that is left. */
static size_t unstuff(uint8_t *dst, const uint8_t *src, size_t n)
{
	size_t at = 0;

	for (size_t i = 0; i < n; i++) {
		dst[at++] = src[i];
		if (at >= 3 && src[i] == 0xfd && dst[at - 2] == 0xff && dst[at - 3] == 0xff &&
		    i + 1 < n && src[i + 1] == 0xfd)
			i++;
	}
	return at;
}

static void head(uint8_t *p, unsigned id, size_t len)
{
	const uint8_t h[] = {0xff, 0xff, 0xfd, 0, (uint8_t)id, (uint8_t)len, (uint8_t)(len >> 8)};

	memcpy(p, h, sizeof(h));
}

static void status(struct sim_bus *b, struct sim_motor *m, uint8_t error, const uint8_t *data,
		   size_t n)
{
	uint8_t plain[DATA_MAX + 2] = {STATUS, (uint8_t)(error | dxl_alert(m))};
	uint8_t p[SIM_PACKET_MAX];
	size_t len;

	if (n)
		memcpy(plain + 2, data, n);
	len = stuff(p, sizeof(p), plain, n + 2);
	head(p, m->cfg.id, len + 2 - 7);
	sim_bus_reply(b, m, p, put_crc(p, len));
}

static void answer_read(struct sim_bus *b, struct sim_motor *m, unsigned addr, unsigned n)
{
	uint8_t data[DATA_MAX];

	if (!dxl_answers(m, false))
		return;
	if (!n || n > sizeof(data)) {
		status(b, m, DXL_LENGTH, NULL, 0);
		return;
	}
	for (unsigned i = 0; i < n; i++)
		data[i] = dxl_read(m, addr + i);
	status(b, m, 0, data, n);
}

static void ping(struct sim_bus *b, struct sim_motor *m)
{
	const uint8_t data[] = {dxl_read(m, 0), dxl_read(m, 1), dxl_read(m, 6)};

	status(b, m, 0, data, sizeof(data));
}

static uint8_t run_later(struct sim_motor *m)
{
	size_t n = m->later_n;

	m->later_n = 0;
	return n ? dxl_write(m, (unsigned)m->later_at, m->later, n) : DXL_INSTRUCTION;
}

static uint8_t keep(struct sim_motor *m, const uint8_t *args, size_t n)
{
	if (n < 3 || n - 2 > sizeof(m->later))
		return DXL_LENGTH;
	m->later_at = word(args);
	m->later_n = n - 2;
	memcpy(m->later, args + 2, n - 2);
	return 0;
}

static void one(struct sim_bus *b, struct sim_motor *m, const uint8_t *p, size_t n, bool alone)
{
	const uint8_t *args = p + 1;
	size_t nargs = n - 1;
	uint8_t error = DXL_INSTRUCTION;

	switch (p[0]) {
	case PING:
		ping(b, m);
		return;
	case READ:
		if (nargs == 4 && alone)
			answer_read(b, m, word(args), word(args + 2));
		return;
	case WRITE:
		error = nargs > 2 ? dxl_write(m, word(args), args + 2, nargs - 2) : DXL_LENGTH;
		break;
	case REG_WRITE:
		error = keep(m, args, nargs);
		break;
	case ACTION:
		error = run_later(m);
		break;
	case REBOOT:
		dxl_reboot(m);
		error = 0;
		break;
	default:
		break;
	}
	if (alone && dxl_answers(m, true))
		status(b, m, error, NULL, 0);
}

/* Each device's part ends with the CRC of all before it, the last one with the packet's. */
static size_t fast_part(uint8_t *p, size_t at, const struct sim_motor *m, unsigned addr, unsigned n)
{
	p[at++] = dxl_alert(m);
	p[at++] = m->cfg.id;
	for (unsigned i = 0; i < n; i++)
		p[at++] = dxl_read(m, addr + i);
	return put_crc(p, at);
}

/* What one servo is asked for by a read of several: {id} with one place for all, or a place each. */
struct part {
	unsigned id, addr, n;
};

static bool part_at(const uint8_t *args, size_t n, bool bulk, size_t i, struct part *out)
{
	const uint8_t *a = bulk ? args + i * 5 : args;

	if (bulk ? i * 5 + 5 > n : i + 5 > n)
		return false;
	*out = bulk ? (struct part){a[0], word(a + 1), word(a + 3)}
		    : (struct part){args[4 + i], word(a), word(a + 2)};
	return true;
}

static void read_fast(struct sim_bus *b, const uint8_t *args, size_t n, bool bulk)
{
	uint8_t p[SIM_PACKET_MAX];
	struct part part;
	size_t len = 1, at = HEAD;

	for (size_t i = 0; part_at(args, n, bulk, i, &part); i++)
		len += part.n + 4;
	if (len + 7 > sizeof(p) || len == 1)
		return;
	head(p, SIM_BROADCAST, len);
	p[HEAD - 1] = STATUS;
	for (size_t i = 0; part_at(args, n, bulk, i, &part); i++) {
		struct sim_motor *m = sim_bus_motor(b, part.id);

		/* Whoever is not there leaves a hole: the rest waits for it, for ever. */
		if (!m)
			break;
		at = fast_part(p, at, m, part.addr, part.n);
	}
	if (at > HEAD)
		sim_bus_reply(b, NULL, p, at);
}

static void read_each(struct sim_bus *b, const uint8_t *args, size_t n, bool bulk)
{
	struct part part;

	for (size_t i = 0; part_at(args, n, bulk, i, &part); i++) {
		struct sim_motor *m = sim_bus_motor(b, part.id);

		if (m)
			answer_read(b, m, part.addr, part.n);
	}
}

static void sync_write(struct sim_bus *b, const uint8_t *args, size_t n)
{
	size_t each = n >= 4 ? word(args + 2) + 1u : 0;

	for (size_t i = 4; each && i + each <= n; i += each) {
		struct sim_motor *m = sim_bus_motor(b, args[i]);

		if (m)
			dxl_write(m, word(args), args + i + 1, each - 1);
	}
}

static void bulk_write(struct sim_bus *b, const uint8_t *args, size_t n)
{
	for (size_t i = 0; i + 5 <= n && i + 5 + word(args + i + 3) <= n;
	     i += 5 + word(args + i + 3)) {
		struct sim_motor *m = sim_bus_motor(b, args[i]);

		if (m)
			dxl_write(m, word(args + i + 1), args + i + 5, word(args + i + 3));
	}
}

static void everybody(struct sim_bus *b, const uint8_t *p, size_t n)
{
	switch (p[0]) {
	case SYNC_READ:
	case BULK_READ:
		read_each(b, p + 1, n - 1, p[0] == BULK_READ);
		return;
	case FAST_SYNC_READ:
	case FAST_BULK_READ:
		read_fast(b, p + 1, n - 1, p[0] == FAST_BULK_READ);
		return;
	case SYNC_WRITE:
		sync_write(b, p + 1, n - 1);
		return;
	case BULK_WRITE:
		bulk_write(b, p + 1, n - 1);
		return;
	default:
		for (unsigned i = 0; i < b->cfg.motors; i++) {
			if (!b->motor[i].silent)
				one(b, &b->motor[i], p, n, false);
		}
	}
}

void dxl_execute(struct sim_bus *b, const uint8_t *p, size_t n)
{
	uint8_t plain[SIM_PACKET_MAX];
	size_t len = unstuff(plain, p + HEAD - 1, n - HEAD - 1);
	struct sim_motor *m;

	if (p[4] == SIM_BROADCAST) {
		everybody(b, plain, len);
		return;
	}
	m = sim_bus_motor(b, p[4]);
	if (m)
		one(b, m, plain, len, true);
}
