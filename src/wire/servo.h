/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What the protocols of servo buses have in common: packets found in bytes, requests and replies
 * as lists of registers, the control tables as data, and requests that read. Feetech's STS and SMS
 * (feetech.h) and Dynamixel 2.0 (dynamixel.h) are the two struct servo_wire.
 *
 * What is here can ask a servo and cannot tell it anything: nothing in this room builds a write.
 * Pure: bytes in, structs out. Any thread.
 */
#ifndef POLICYTOP_WIRE_SERVO_H
#define POLICYTOP_WIRE_SERVO_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "model/motor.h"

enum {
	SERVO_IDS = 256,
	SERVO_BROADCAST = 0xfe,
	SERVO_PACKET_MAX = 1100,  /* bytes of a packet; what claims to be longer is none */
	SERVO_TARGETS_MAX = 64,	  /* servos of one request; more are left out */
	SERVO_REQUEST_BYTES = 96, /* room that every request of servo_wire fits in */
	SERVO_READ_IDS = 32,	  /* servos of a request that is built here */
};

/* The instructions of both protocols that are told apart; others pass by. */
enum servo_instruction {
	SERVO_PING = 0x01,
	SERVO_READ = 0x02,
	SERVO_WRITE = 0x03,
	SERVO_REG_WRITE = 0x04,
	SERVO_ACTION = 0x05,
	SERVO_REBOOT = 0x08,
	SERVO_SYNC_READ = 0x82,
	SERVO_SYNC_WRITE = 0x83,
	SERVO_FAST_SYNC_READ = 0x8a,
	SERVO_BULK_READ = 0x92,
	SERVO_BULK_WRITE = 0x93,
};

struct servo_packet {
	uint8_t id;
	uint8_t instruction; /* of a request */
	uint8_t error;	     /* of a reply, the vendor's bits */
	size_t len;	     /* parameters behind it */
	uint8_t param[SERVO_PACKET_MAX];
};

/* One servo's part of a request. */
struct servo_target {
	uint8_t id;
	uint16_t address, len;
	const uint8_t *data; /* to be written, [len]; NULL: to be read */
};

struct servo_request {
	uint8_t instruction;
	bool answers; /* each target answers, in this order */
	bool any;     /* anybody may: a ping of all */
	unsigned n;
	struct servo_target target[SERVO_TARGETS_MAX];
};

/* One servo's answer; data points into the packet. */
struct servo_reply {
	uint8_t id, error;
	size_t len;
	const uint8_t *data;
};

enum servo_sign {
	SERVO_UNSIGNED,
	SERVO_TWOS,
	SERVO_SIGN_BIT /* the bit of struct servo_register */
};

/* What a register means to us. */
enum servo_role {
	SERVO_OTHER,
	SERVO_MODEL,
	SERVO_DRIVE_MODE,
	SERVO_HOMING,
	SERVO_LIMIT_MIN,
	SERVO_LIMIT_MAX,
	SERVO_TORQUE,
	SERVO_GOAL,    /* position */
	SERVO_COMMAND, /* any other goal: comes with each step */
	SERVO_POSITION,
	SERVO_VELOCITY,
	SERVO_LOAD,
	SERVO_CURRENT,
	SERVO_VOLTAGE,
	SERVO_TEMPERATURE,
	SERVO_STATUS,
	SERVO_TEMPERATURE_LIMIT,
	SERVO_VOLTAGE_MIN,
	SERVO_VOLTAGE_MAX,
	SERVO_ROLES,
};

struct servo_register {
	uint16_t address;
	uint8_t size; /* 1, 2, 4 bytes */
	const char *name;
	enum servo_role role;
	enum servo_sign sign;
	uint8_t sign_bit;
	const char *unit; /* "" none or ticks */
	double scale;	  /* of one count in unit; 0: as it is */
};

struct servo_model {
	uint16_t number; /* of the register Model_Number */
	const char *name;
	int resolution;	   /* ticks of a turn */
	double current_ma; /* of one count of the current register; 0: there is none */
	bool load_instead; /* the current register holds the load, in 0.1 % */
};

enum servo_probe { SERVO_NONE, SERVO_MORE, SERVO_CORRUPT, SERVO_WHOLE };

struct servo_wire {
	const char *word;			/* "feetech" */
	const struct servo_register *registers; /* by address; name NULL ends */
	const struct servo_model *models;	/* name NULL ends */
	bool reverses; /* LeRobot heeds a calibration's drive_mode on this bus */
	bool purges;   /* its SDK drops what waits unread before each request */

	/*
	 * What begins at p: no packet, too little to tell, a packet with a wrong checksum, or one that
	 * fills *out. *used: the bytes of it (MORE: that it will have, 0 unknown). Of one that is
	 * corrupt, or not there in full, out->id is filled as far as it came.
	 */
	enum servo_probe (*probe)(struct servo_packet *out, const uint8_t *p, size_t n, bool reply,
				  size_t *used);
	/* A request in full; data points into p. False: its parameters make no sense. */
	bool (*request)(struct servo_request *out, const struct servo_packet *p);
	/* The answers in a reply to a request (NULL: unknown); returns how many, at most max. */
	unsigned (*replies)(struct servo_reply *out, unsigned max, const struct servo_packet *p,
			    const struct servo_request *to);
	/* MOTOR_* of a reply's error byte; *refused: the servo did not do what it was asked for. */
	unsigned (*faults)(uint8_t error, bool *refused);
	unsigned (*status_faults)(uint32_t status); /* MOTOR_* of the status register */

	/* Requests that read, into dst[SERVO_REQUEST_BYTES]; return their bytes, 0 for too many ids. */
	size_t (*ping)(uint8_t *dst, uint8_t id);
	size_t (*read)(uint8_t *dst, uint8_t id, uint16_t address, uint16_t len);
	size_t (*sync_read)(uint8_t *dst, uint16_t address, uint16_t len, const uint8_t *ids,
			    unsigned n);
};

extern const struct servo_wire *const servo_wires[]; /* NULL ends */

/* The register that begins at an address, or has a role (the first); NULL: none. */
const struct servo_register *servo_register_at(const struct servo_wire *w, uint16_t address);
const struct servo_register *servo_register_of(const struct servo_wire *w, enum servo_role role);

/* The value of a register from its bytes [r->size], little endian. */
int32_t servo_value(const struct servo_register *r, const uint8_t *bytes);

const struct servo_model *servo_model_find(const struct servo_wire *w, const char *name);
const struct servo_model *servo_model_number(const struct servo_wire *w, uint32_t number);

/*
 * The packets of one direction, found in its bytes however they are cut. What belongs to no packet
 * is stepped over and counted. A header inside the parameters of a packet does no harm, nor does one
 * in garbage: a packet with a wrong checksum is looked into again.
 */
struct servo_stream {
	const struct servo_wire *wire;
	bool reply;
	bool overdue; /* the packet under way should have ended: a whole one inside it is preferred */
	uint64_t packets, corrupt, garbage_bytes;
	uint8_t corrupt_id; /* that the last of the corrupt ones had */
	size_t inside;	    /* bytes of a corrupt packet that are looked into */
	size_t at, len;
	uint8_t bytes[4 * SERVO_PACKET_MAX];
};

void servo_stream_init(struct servo_stream *s, const struct servo_wire *wire, bool reply);

/* Takes bytes; returns how many: less than n when there is no room before packets are taken. */
size_t servo_stream_add(struct servo_stream *s, const void *p, size_t n);

/* The next whole packet; false: there is none yet. */
bool servo_stream_next(struct servo_stream *s, struct servo_packet *out);

/* Forgets the bytes of a packet under way (they are counted as garbage). */
void servo_stream_drop(struct servo_stream *s);

#endif
