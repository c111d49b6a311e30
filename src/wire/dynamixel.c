/* SPDX-License-Identifier: Apache-2.0 */
#include "wire/dynamixel.h"

#include <string.h>

enum {
	HEAD = 7, /* bytes up to and with the length */
	STATUS = 0x55,
	LEN_MAX = SERVO_PACKET_MAX - HEAD,
	ADDRESS_MAX = 0x7fff,
	ALERT = 0x80, /* of an error byte; below it is the number of an error */
};

uint16_t dynamixel_crc(const uint8_t *p, size_t n)
{
	unsigned crc = 0;

	for (size_t i = 0; i < n; i++) {
		crc ^= (unsigned)p[i] << 8;
		for (int bit = 0; bit < 8; bit++)
			crc = crc & 0x8000 ? crc << 1 ^ 0x8005 : crc << 1;
		crc &= 0xffff;
	}
	return (uint16_t)crc;
}

static uint16_t u16(const uint8_t *p)
{
	return (uint16_t)(p[0] | p[1] << 8);
}

/* Takes the FD out that follows each FF FF FD; returns the bytes left. */
static size_t unstuff(uint8_t *dst, const uint8_t *p, size_t n)
{
	size_t len = 0;

	for (size_t i = 0; i < n; i++) {
		dst[len++] = p[i];
		if (i >= 2 && i + 1 < n && p[i - 2] == 0xff && p[i - 1] == 0xff && p[i] == 0xfd &&
		    p[i + 1] == 0xfd)
			i++;
	}
	return len;
}

static enum servo_probe probe(struct servo_packet *out, const uint8_t *p, size_t n, bool reply,
			      size_t *used)
{
	static const uint8_t head[4] = {0xff, 0xff, 0xfd, 0x00};
	const uint8_t *body = p + HEAD;
	size_t len;

	*used = 0;
	if (memcmp(p, head, n < sizeof(head) ? n : sizeof(head)) != 0)
		return SERVO_NONE;
	if (n < HEAD)
		return SERVO_MORE;
	out->id = p[4];
	len = u16(p + 5);
	if (len < 3 || len > LEN_MAX || (reply && len < 4))
		return SERVO_NONE;
	*used = HEAD + len;
	if (n > HEAD && (*body == STATUS) != reply)
		return SERVO_NONE;
	if (n < *used)
		return SERVO_MORE;
	if (dynamixel_crc(p, *used - 2) != u16(p + *used - 2))
		return SERVO_CORRUPT;
	out->instruction = reply ? 0 : *body;
	out->error = reply ? body[1] : 0;
	body += reply ? 2 : 1;
	len -= reply ? 4 : 3;
	/* A reply of many servos in one packet is not stuffed. */
	if (reply && out->id == SERVO_BROADCAST) {
		memcpy(out->param, body, len);
		out->len = len;
	} else {
		out->len = unstuff(out->param, body, len);
	}
	return SERVO_WHOLE;
}

static void add_target(struct servo_request *r, uint8_t id, uint16_t address, uint16_t len,
		       const uint8_t *data)
{
	if (r->n < SERVO_TARGETS_MAX)
		r->target[r->n++] = (struct servo_target){id, address, len, data};
}

static bool sync_request(struct servo_request *out, const struct servo_packet *p)
{
	bool writes = p->instruction == SERVO_SYNC_WRITE;
	uint16_t address, len;
	size_t stride;

	if (p->len < 5)
		return false;
	address = u16(p->param);
	len = u16(p->param + 2);
	stride = writes ? (size_t)len + 1 : 1;
	if (!len || (p->len - 4) % stride)
		return false;
	for (size_t i = 4; i < p->len; i += stride)
		add_target(out, p->param[i], address, len, writes ? p->param + i + 1 : NULL);
	out->answers = !writes;
	return true;
}

static bool bulk_request(struct servo_request *out, const struct servo_packet *p)
{
	bool writes = p->instruction == SERVO_BULK_WRITE;
	size_t i = 0;

	while (i + 5 <= p->len) {
		const uint8_t *one = p->param + i;
		uint16_t len = u16(one + 3);

		if (writes && len > p->len - i - 5)
			return false;
		add_target(out, one[0], u16(one + 1), len, writes ? one + 5 : NULL);
		i += 5 + (writes ? (size_t)len : 0);
	}
	out->answers = !writes;
	return i == p->len && out->n;
}

static bool request(struct servo_request *out, const struct servo_packet *p)
{
	const uint8_t *param = p->param;
	bool all = p->id == SERVO_BROADCAST;

	*out = (struct servo_request){.instruction = p->instruction, .answers = !all};
	switch (p->instruction) {
	case SERVO_PING:
		add_target(out, p->id, 0, 0, NULL);
		out->any = all;
		return p->len == 0;
	case SERVO_READ:
		if (p->len != 4 || !u16(param + 2))
			return false;
		add_target(out, p->id, u16(param), u16(param + 2), NULL);
		return true;
	case SERVO_WRITE:
	case SERVO_REG_WRITE:
		if (p->len < 3)
			return false;
		add_target(out, p->id, u16(param), (uint16_t)(p->len - 2), param + 2);
		return true;
	case SERVO_SYNC_READ:
	case SERVO_FAST_SYNC_READ:
	case SERVO_SYNC_WRITE:
		return sync_request(out, p);
	case SERVO_BULK_READ:
	case SERVO_BULK_WRITE:
		return bulk_request(out, p);
	default:
		add_target(out, p->id, 0, 0, NULL);
		return true;
	}
}

/*
 * One packet of many servos: error, id, data, and two bytes of CRC for each; the CRC of the last is
 * the packet's own, and the first error is where a packet has its own.
 */
static unsigned fast_replies(struct servo_reply *out, unsigned max, const struct servo_packet *p,
			     const struct servo_request *to)
{
	size_t len = to->target[0].len, at = 0;
	unsigned n = 0;
	uint8_t error = p->error;

	while (n < max && at + 1 + len <= p->len) {
		out[n++] = (struct servo_reply){p->param[at], error, len, p->param + at + 1};
		at += 1 + len + 2;
		if (at + 1 > p->len)
			break;
		error = p->param[at++];
	}
	return n;
}

static unsigned replies(struct servo_reply *out, unsigned max, const struct servo_packet *p,
			const struct servo_request *to)
{
	if (!max)
		return 0;
	if (p->id == SERVO_BROADCAST)
		return to && to->instruction == SERVO_FAST_SYNC_READ && to->n
			       ? fast_replies(out, max, p, to)
			       : 0;
	*out = (struct servo_reply){p->id, p->error, p->len, p->param};
	return 1;
}

static unsigned faults(uint8_t error, bool *refused)
{
	*refused = (error & (ALERT - 1)) != 0;
	return error & ALERT ? MOTOR_OTHER : 0;
}

static unsigned status_faults(uint32_t status)
{
	return (status & 0x01 ? MOTOR_VOLTAGE : 0u) | (status & 0x04 ? MOTOR_HOT : 0u) |
	       (status & 0x08 ? MOTOR_SENSOR : 0u) | (status & 0x10 ? MOTOR_SHOCK : 0u) |
	       (status & 0x20 ? MOTOR_OVERLOAD : 0u) | (status & ~0x3dU ? MOTOR_OTHER : 0u);
}

/* Only instructions that read come here. Addresses and ids hold no FF FF FD to be stuffed. */
static size_t frame(uint8_t *dst, uint8_t id, enum servo_instruction reads, const uint8_t *param,
		    size_t n)
{
	static const uint8_t head[4] = {0xff, 0xff, 0xfd, 0x00};
	uint16_t crc;

	memcpy(dst, head, sizeof(head));
	dst[4] = id;
	dst[5] = (uint8_t)(n + 3);
	dst[6] = 0;
	dst[7] = (uint8_t)reads;
	if (n)
		memcpy(dst + 8, param, n);
	crc = dynamixel_crc(dst, n + 8);
	dst[8 + n] = (uint8_t)crc;
	dst[9 + n] = (uint8_t)(crc >> 8);
	return n + 10;
}

static size_t put_ping(uint8_t *dst, uint8_t id)
{
	return frame(dst, id, SERVO_PING, NULL, 0);
}

static size_t put_read(uint8_t *dst, uint8_t id, uint16_t address, uint16_t len)
{
	const uint8_t param[] = {(uint8_t)address, (uint8_t)(address >> 8), (uint8_t)len,
				 (uint8_t)(len >> 8)};

	return address > ADDRESS_MAX ? 0 : frame(dst, id, SERVO_READ, param, sizeof(param));
}

static size_t put_sync_read(uint8_t *dst, uint16_t address, uint16_t len, const uint8_t *ids,
			    unsigned n)
{
	uint8_t param[4 + SERVO_READ_IDS] = {(uint8_t)address, (uint8_t)(address >> 8),
					     (uint8_t)len, (uint8_t)(len >> 8)};

	if (!n || n > SERVO_READ_IDS || address > ADDRESS_MAX)
		return 0;
	memcpy(param + 4, ids, n);
	return frame(dst, SERVO_BROADCAST, SERVO_SYNC_READ, param, 4 + (size_t)n);
}

const struct servo_wire dynamixel_wire = {
	.word = "dynamixel",
	.registers = dynamixel_registers,
	.models = dynamixel_models,
	.purges = true,
	.probe = probe,
	.request = request,
	.replies = replies,
	.faults = faults,
	.status_faults = status_faults,
	.ping = put_ping,
	.read = put_read,
	.sync_read = put_sync_read,
};
