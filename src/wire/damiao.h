/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Frames of DaMiao motors on a CAN bus (i2rt YAM, OpenArm), read: what a host commands, what a
 * motor answers, and the registers that pass. Nothing here can write one. Pure; any thread.
 *
 * A command's CAN id is the motor's own plus an offset that tells the mode, an answer's is the
 * motor's answer id (its own plus 0x10 on both robots). All frames have 8 bytes. Values are sent as
 * parts of a range that the motor has in registers, and each program in a table of its own; the
 * tables do not agree:
 *
 *   - DM4340, velocity: 10 rad/s for i2rt, openarm_can and the makers' package, 8 for LeRobot;
 *   - DM3507: 50 rad/s and 5 Nm, but 30 and 10 for LeRobot;
 *   - DM3507 and DM6248, position: 12.5 rad, but 12.566 for the makers' package.
 *
 * A host that has another range than its motor moves by another distance than it thinks. So the
 * table can be chosen, single ranges can be given, and what the motor's registers say goes first.
 */
#ifndef POLICYTOP_WIRE_DAMIAO_H
#define POLICYTOP_WIRE_DAMIAO_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* From minus to plus so much. */
struct damiao_range {
	double position_rad, velocity_rad_s, torque_nm;
};

enum damiao_table { DAMIAO_I2RT, DAMIAO_OPENARM, DAMIAO_LEROBOT, DAMIAO_MAKER, DAMIAO_TABLE_N };

const char *damiao_table_word(enum damiao_table t); /* "i2rt" "openarm" "lerobot" "maker" */

/*
 * The range of a model ("dm4340", letter case ignored) in a table, else in the first other one that
 * has it. False: no table has it.
 */
bool damiao_range_find(struct damiao_range *out, enum damiao_table t, const char *model);

enum damiao_kind {
	DAMIAO_NONE,	/* no frame of theirs */
	DAMIAO_MIT,	/* position, velocity, gains and torque */
	DAMIAO_POS_VEL, /* position and velocity */
	DAMIAO_VEL,
	DAMIAO_POS_FORCE, /* position, velocity and current */
	DAMIAO_ENABLE,
	DAMIAO_DISABLE,
	DAMIAO_ZERO,	/* takes the present position as zero */
	DAMIAO_CLEAR,	/* clears an error */
	DAMIAO_READ,	/* of a register */
	DAMIAO_WRITE,	/* of a register */
	DAMIAO_SAVE,	/* of the registers into its flash */
	DAMIAO_REFRESH, /* asks for one answer */
};

/* What a host sends. NaN: not told. */
struct damiao_command {
	enum damiao_kind kind;
	unsigned id; /* the motor's */
	double position_rad, velocity_rad_s, torque_nm, kp, kd;
	unsigned reg;	/* READ, WRITE */
	uint8_t raw[4]; /* WRITE: its value */
};

/* Whose frame it is: fills kind and id. False: the frame is no command. */
bool damiao_command_id(struct damiao_command *c, uint32_t id, const uint8_t *data, size_t len);

/* Fills what is left; range is the motor's. */
void damiao_command_values(struct damiao_command *c, const uint8_t data[8],
			   const struct damiao_range *range);

/* What a motor answers. */
struct damiao_answer {
	unsigned error; /* the nibble: 0 off, 1 on, from 8 on what is wrong */
	unsigned id;	/* the low four bits of the motor's */
	double position_rad, velocity_rad_s, torque_nm;
	double mos_degc, rotor_degc;
};

void damiao_answer(struct damiao_answer *a, const uint8_t data[8],
		   const struct damiao_range *range);

/* The answer to READ and WRITE; only who waits for one can tell it from a damiao_answer. */
struct damiao_register {
	unsigned id, reg;
	bool write;
	uint8_t raw[4];
};

bool damiao_register(struct damiao_register *r, const uint8_t data[8]);

enum {
	DAMIAO_UNDER_VOLTAGE = 0,    /* V */
	DAMIAO_OVER_TEMPERATURE = 2, /* °C */
	DAMIAO_PMAX = 21,
	DAMIAO_VMAX = 22,
	DAMIAO_TMAX = 23,
	DAMIAO_OVER_VOLTAGE = 29, /* V */
	DAMIAO_VBUS = 60,	  /* V */
};

bool damiao_is_whole(unsigned reg); /* its value is a whole number, else a float */
uint32_t damiao_whole(const uint8_t raw[4]);
double damiao_float(const uint8_t raw[4]);	/* NaN when it is no finite number */
const char *damiao_register_word(unsigned reg); /* "PMAX"; NULL unknown */

const char *damiao_error_word(unsigned error); /* "over-voltage"; NULL: no error, or none known */
unsigned damiao_error_faults(unsigned error);  /* MOTOR_* of model/motor.h */

#endif
