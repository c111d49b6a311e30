/* SPDX-License-Identifier: Apache-2.0 */
#include "wire/feetech.h"

#include <string.h>

enum {
	LEN_MAX = 250,	  /* as the vendor's SDK has it */
	ID_MAX = 0xfd,	  /* of a servo */
	ERROR_MAX = 0x7f, /* of a reply */
};

uint8_t feetech_checksum(const uint8_t *p, size_t n)
{
	unsigned sum = 0;

	for (size_t i = 0; i < n; i++)
		sum += p[i];
	return (uint8_t)~sum;
}

static enum servo_probe probe(struct servo_packet *out, const uint8_t *p, size_t n, bool reply,
			      size_t *used)
{
	*used = 0;
	for (size_t i = 0; i < 2; i++) {
		if (i == n)
			return SERVO_MORE;
		if (p[i] != 0xff)
			return SERVO_NONE;
	}
	if (n > 2 && p[2] > (reply ? ID_MAX : SERVO_BROADCAST))
		return SERVO_NONE;
	if (n > 2)
		out->id = p[2];
	if (n > 3 && (p[3] < 2 || p[3] > LEN_MAX))
		return SERVO_NONE;
	if (n > 4 && reply && p[4] > ERROR_MAX)
		return SERVO_NONE;
	if (n > 3)
		*used = (size_t)p[3] + 4;
	if (n < 4 || n < *used)
		return SERVO_MORE;
	if (feetech_checksum(p + 2, *used - 3) != p[*used - 1])
		return SERVO_CORRUPT;
	out->instruction = reply ? 0 : p[4];
	out->error = reply ? p[4] : 0;
	out->len = *used - 6;
	memcpy(out->param, p + 5, out->len);
	return SERVO_WHOLE;
}

static void add_target(struct servo_request *r, uint8_t id, uint16_t address, size_t len,
		       const uint8_t *data)
{
	if (r->n < SERVO_TARGETS_MAX)
		r->target[r->n++] = (struct servo_target){id, address, (uint16_t)len, data};
}

static bool sync_request(struct servo_request *out, const struct servo_packet *p)
{
	const uint8_t *param = p->param;
	bool writes = p->instruction == SERVO_SYNC_WRITE;
	size_t stride;

	if (p->len < 3 || !param[1])
		return false;
	stride = writes ? (size_t)param[1] + 1 : 1;
	if ((p->len - 2) % stride)
		return false;
	for (size_t i = 2; i < p->len; i += stride)
		add_target(out, param[i], param[0], param[1], writes ? param + i + 1 : NULL);
	out->answers = !writes;
	return true;
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
		if (p->len != 2 || !param[1])
			return false;
		add_target(out, p->id, param[0], param[1], NULL);
		return true;
	case SERVO_WRITE:
	case SERVO_REG_WRITE:
		if (p->len < 2)
			return false;
		add_target(out, p->id, param[0], p->len - 1, param + 1);
		return true;
	case SERVO_SYNC_READ:
	case SERVO_SYNC_WRITE:
		return sync_request(out, p);
	default:
		add_target(out, p->id, 0, 0, NULL);
		return true;
	}
}

static unsigned replies(struct servo_reply *out, unsigned max, const struct servo_packet *p,
			const struct servo_request *to)
{
	(void)to;
	if (max)
		*out = (struct servo_reply){p->id, p->error, p->len, p->param};
	return max ? 1 : 0;
}

/* The status register has the bits of the error byte. */
static unsigned status_faults(uint32_t status)
{
	static const struct {
		uint8_t bit, fault;
	} map[] = {
		{0x01, MOTOR_VOLTAGE}, {0x02, MOTOR_SENSOR},   {0x04, MOTOR_HOT},
		{0x08, MOTOR_CURRENT}, {0x20, MOTOR_OVERLOAD},
	};
	unsigned faults = 0;

	for (size_t i = 0; i < sizeof(map) / sizeof(*map); i++)
		faults |= status & map[i].bit ? map[i].fault : 0;
	return faults | (status & ~0x2fU ? MOTOR_OTHER : 0u);
}

static unsigned faults(uint8_t error, bool *refused)
{
	*refused = false;
	return status_faults(error);
}

/* Only instructions that read come here. */
static size_t frame(uint8_t *dst, uint8_t id, enum servo_instruction reads, const uint8_t *param,
		    size_t n)
{
	dst[0] = dst[1] = 0xff;
	dst[2] = id;
	dst[3] = (uint8_t)(n + 2);
	dst[4] = (uint8_t)reads;
	if (n)
		memcpy(dst + 5, param, n);
	dst[5 + n] = feetech_checksum(dst + 2, n + 3);
	return n + 6;
}

static size_t put_ping(uint8_t *dst, uint8_t id)
{
	return frame(dst, id, SERVO_PING, NULL, 0);
}

static size_t put_read(uint8_t *dst, uint8_t id, uint16_t address, uint16_t len)
{
	const uint8_t param[] = {(uint8_t)address, (uint8_t)len};

	return frame(dst, id, SERVO_READ, param, sizeof(param));
}

static size_t put_sync_read(uint8_t *dst, uint16_t address, uint16_t len, const uint8_t *ids,
			    unsigned n)
{
	uint8_t param[2 + SERVO_READ_IDS] = {(uint8_t)address, (uint8_t)len};

	if (!n || n > SERVO_READ_IDS)
		return 0;
	memcpy(param + 2, ids, n);
	return frame(dst, SERVO_BROADCAST, SERVO_SYNC_READ, param, 2 + (size_t)n);
}

const struct servo_wire feetech_wire = {
	.word = "feetech",
	.registers = feetech_registers,
	.models = feetech_models,
	.reverses = true,
	.probe = probe,
	.request = request,
	.replies = replies,
	.faults = faults,
	.status_faults = status_faults,
	.ping = put_ping,
	.read = put_read,
	.sync_read = put_sync_read,
};
