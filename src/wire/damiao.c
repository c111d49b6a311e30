/* SPDX-License-Identifier: Apache-2.0 */
#include "wire/damiao.h"

#include <math.h>
#include <string.h>
#include <strings.h>

#include "model/motor.h"

enum { REGISTER_ID = 0x7ff, OFFSET_STEP = 0x100, MOTOR_ID_MAX = 0xf };

static const double KP_MAX = 500, KD_MAX = 5;

#define NONE                                                                                       \
	{                                                                                          \
		0, 0, 0                                                                            \
	}

/* i2rt motor_drivers/utils.py, openarm_can, LeRobot motors/damiao/tables.py, PyPI damiao-motor. */
static const struct {
	const char *model;
	struct damiao_range range[DAMIAO_TABLE_N]; /* a position of 0: it does not have it */
} models[] = {
	{"dm4310", {{12.5, 30, 10}, {12.5, 30, 10}, {12.5, 30, 10}, {12.5, 30, 10}}},
	{"dm4340", {{12.5, 10, 28}, {12.5, 10, 28}, {12.5, 8, 28}, {12.5, 10, 28}}},
	{"dm8009", {NONE, {12.5, 45, 54}, {12.5, 45, 54}, {12.5, 45, 54}}},
	{"dm3507", {{12.5, 50, 5}, {12.5, 50, 5}, {12.5, 30, 10}, {12.566, 50, 5}}},
	{"dm6248", {{12.5, 20, 120}, NONE, NONE, {12.566, 20, 120}}},
	{"dm4310_48v", {NONE, {12.5, 50, 10}, {12.5, 50, 10}, {12.5, 50, 10}}},
	{"dm4340_48v", {NONE, {12.5, 10, 28}, {12.5, 10, 28}, {12.5, 10, 28}}},
	{"dm6006", {NONE, {12.5, 45, 20}, {12.5, 45, 20}, {12.5, 45, 20}}},
	{"dm8006", {NONE, {12.5, 45, 40}, {12.5, 45, 40}, {12.5, 45, 40}}},
	{"dm10010l", {NONE, {12.5, 25, 200}, {12.5, 25, 200}, {12.5, 25, 200}}},
	{"dm10010", {NONE, {12.5, 20, 200}, {12.5, 20, 200}, {12.5, 20, 200}}},
	{"dmh3510", {NONE, {12.5, 280, 1}, {12.5, 280, 1}, {12.5, 280, 1}}},
	{"dmh6215", {NONE, {12.5, 45, 10}, {12.5, 45, 10}, {12.5, 45, 10}}},
	{"dmg6220", {NONE, {12.5, 45, 10}, {12.5, 45, 10}, {12.5, 45, 10}}},
};

const char *damiao_table_word(enum damiao_table t)
{
	static const char *const words[] = {"i2rt", "openarm", "lerobot", "maker"};

	return words[t];
}

bool damiao_range_find(struct damiao_range *out, enum damiao_table t, const char *model)
{
	for (size_t i = 0; i < sizeof(models) / sizeof(models[0]); i++) {
		const struct damiao_range *r = models[i].range;

		if (strcasecmp(models[i].model, model) != 0)
			continue;
		*out = r[t];
		for (unsigned k = 0; k < DAMIAO_TABLE_N && !(out->position_rad > 0); k++)
			*out = r[k];
		return true;
	}
	return false;
}

static enum damiao_kind special(uint8_t last)
{
	switch (last) {
	case 0xfb:
		return DAMIAO_CLEAR;
	case 0xfc:
		return DAMIAO_ENABLE;
	case 0xfd:
		return DAMIAO_DISABLE;
	case 0xfe:
		return DAMIAO_ZERO;
	default:
		return DAMIAO_NONE;
	}
}

static enum damiao_kind register_kind(uint8_t command)
{
	switch (command) {
	case 0x33:
		return DAMIAO_READ;
	case 0x55:
		return DAMIAO_WRITE;
	case 0xaa:
		return DAMIAO_SAVE;
	case 0xcc:
		return DAMIAO_REFRESH;
	default:
		return DAMIAO_NONE;
	}
}

bool damiao_command_id(struct damiao_command *c, uint32_t id, const uint8_t *data, size_t len)
{
	static const enum damiao_kind modes[] = {DAMIAO_MIT, DAMIAO_POS_VEL, DAMIAO_VEL,
						 DAMIAO_POS_FORCE};
	/* Shorter than 8 where the mode needs less. */
	static const size_t least[] = {8, 8, 4, 8};

	*c = (struct damiao_command){
		.position_rad = NAN, .velocity_rad_s = NAN, .torque_nm = NAN, .kp = NAN, .kd = NAN};
	if (id == REGISTER_ID) {
		if (len < 4)
			return false;
		c->kind = register_kind(data[2]);
		c->id = data[0] | (unsigned)data[1] << 8;
		if (c->kind == DAMIAO_READ || c->kind == DAMIAO_WRITE)
			c->reg = data[3];
		return c->kind != DAMIAO_NONE && (c->kind != DAMIAO_WRITE || len >= 8);
	}
	c->id = id % OFFSET_STEP;
	if (!c->id || c->id > MOTOR_ID_MAX || id / OFFSET_STEP >= sizeof(modes) / sizeof(modes[0]))
		return false;
	if (len >= 8 && memcmp(data, "\xff\xff\xff\xff\xff\xff\xff", 7) == 0)
		c->kind = special(data[7]);
	if (c->kind == DAMIAO_NONE && len >= least[id / OFFSET_STEP])
		c->kind = modes[id / OFFSET_STEP];
	return c->kind != DAMIAO_NONE;
}

static double part(unsigned u, unsigned bits, double low, double high)
{
	return u * (high - low) / (double)((1u << bits) - 1) + low;
}

uint32_t damiao_whole(const uint8_t raw[4])
{
	return raw[0] | (uint32_t)raw[1] << 8 | (uint32_t)raw[2] << 16 | (uint32_t)raw[3] << 24;
}

double damiao_float(const uint8_t raw[4])
{
	uint32_t u = damiao_whole(raw);
	float f;

	memcpy(&f, &u, sizeof(f));
	return isfinite(f) ? (double)f : NAN;
}

static void mit(struct damiao_command *c, const uint8_t d[8], const struct damiao_range *r)
{
	c->position_rad = part((unsigned)d[0] << 8 | d[1], 16, -r->position_rad, r->position_rad);
	c->velocity_rad_s = part((unsigned)d[2] << 4 | d[3] >> 4, 12, -r->velocity_rad_s,
				 r->velocity_rad_s);
	c->kp = part((d[3] & 15u) << 8 | d[4], 12, 0, KP_MAX);
	c->kd = part((unsigned)d[5] << 4 | d[6] >> 4, 12, 0, KD_MAX);
	c->torque_nm = part((d[6] & 15u) << 8 | d[7], 12, -r->torque_nm, r->torque_nm);
}

void damiao_command_values(struct damiao_command *c, const uint8_t data[8],
			   const struct damiao_range *range)
{
	if (c->kind == DAMIAO_MIT)
		mit(c, data, range);
	if (c->kind == DAMIAO_POS_VEL || c->kind == DAMIAO_POS_FORCE)
		c->position_rad = damiao_float(data);
	if (c->kind == DAMIAO_POS_VEL)
		c->velocity_rad_s = damiao_float(data + 4);
	if (c->kind == DAMIAO_VEL)
		c->velocity_rad_s = damiao_float(data);
	if (c->kind == DAMIAO_WRITE)
		memcpy(c->raw, data + 4, sizeof(c->raw));
}

void damiao_answer(struct damiao_answer *a, const uint8_t d[8], const struct damiao_range *r)
{
	a->error = d[0] >> 4;
	a->id = d[0] & 15u;
	a->position_rad = part((unsigned)d[1] << 8 | d[2], 16, -r->position_rad, r->position_rad);
	a->velocity_rad_s = part((unsigned)d[3] << 4 | d[4] >> 4, 12, -r->velocity_rad_s,
				 r->velocity_rad_s);
	a->torque_nm = part((d[4] & 15u) << 8 | d[5], 12, -r->torque_nm, r->torque_nm);
	a->mos_degc = d[6];
	a->rotor_degc = d[7];
}

bool damiao_register(struct damiao_register *r, const uint8_t data[8])
{
	enum damiao_kind kind = register_kind(data[2]);

	if (kind != DAMIAO_READ && kind != DAMIAO_WRITE)
		return false;
	r->id = data[0] | (unsigned)data[1] << 8;
	r->write = kind == DAMIAO_WRITE;
	r->reg = data[3];
	memcpy(r->raw, data + 4, sizeof(r->raw));
	return true;
}

bool damiao_is_whole(unsigned reg)
{
	return (reg >= 7 && reg <= 10) || (reg >= 13 && reg <= 16) || reg == 35 || reg == 36;
}

const char *damiao_register_word(unsigned reg)
{
	static const struct {
		unsigned reg;
		const char *word;
	} words[] = {
		{0, "UV_VALUE"}, {1, "KT_VALUE"}, {2, "OT_VALUE"},   {3, "OC_VALUE"},
		{4, "ACC"},	 {5, "DEC"},	  {6, "MAX_SPD"},    {7, "MST_ID"},
		{8, "ESC_ID"},	 {9, "TIMEOUT"},  {10, "CTRL_MODE"}, {21, "PMAX"},
		{22, "VMAX"},	 {23, "TMAX"},	  {24, "I_BW"},	     {25, "KP_ASR"},
		{26, "KI_ASR"},	 {27, "KP_APR"},  {28, "KI_APR"},    {29, "OV_VALUE"},
		{35, "CAN_BR"},	 {60, "VBUS"},
	};

	for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++) {
		if (words[i].reg == reg)
			return words[i].word;
	}
	return NULL;
}

static const struct {
	const char *word;
	unsigned faults;
} errors[16] = {
	[0x2] = {NULL, MOTOR_OTHER},
	[0x3] = {NULL, MOTOR_OTHER},
	[0x4] = {NULL, MOTOR_OTHER},
	[0x5] = {NULL, MOTOR_OTHER},
	[0x6] = {NULL, MOTOR_OTHER},
	[0x7] = {NULL, MOTOR_OTHER},
	[0x8] = {"over-voltage", MOTOR_VOLTAGE},
	[0x9] = {"under-voltage", MOTOR_VOLTAGE},
	[0xa] = {"over-current", MOTOR_CURRENT},
	[0xb] = {"MOSFET too hot", MOTOR_HOT},
	[0xc] = {"rotor too hot", MOTOR_HOT},
	[0xd] = {"communication lost", MOTOR_LOST},
	[0xe] = {"overload", MOTOR_OVERLOAD},
	[0xf] = {NULL, MOTOR_OTHER},
};

const char *damiao_error_word(unsigned error)
{
	return errors[error & 15].word;
}

unsigned damiao_error_faults(unsigned error)
{
	return errors[error & 15].faults;
}
