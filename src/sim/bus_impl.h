/* SPDX-License-Identifier: Apache-2.0 */
/* Shared by the parts of the simulated servo bus; not for anybody else. */
#ifndef POLICYTOP_SIM_BUS_IMPL_H
#define POLICYTOP_SIM_BUS_IMPL_H

#include "base/clock.h"
#include "base/rng.h"
#include "sim/bus.h"

enum {
	SIM_REGISTERS = 256,
	SIM_PACKET_MAX = 1024,
	SIM_CHUNKS = 64,
	SIM_FAULTS = 8,
	SIM_BROADCAST = 0xfe,
	SIM_TURN = 4096, /* ticks */
};

/* What the registers ask of the motor. Positions are the encoder's own, without homing offset. */
struct motor_want {
	bool torque;
	double goal;	       /* ticks */
	double speed, accel;   /* of the profile, ticks/s and ticks/s²; 0: as fast as it can */
	double limit;	       /* of the torque, share of the stall torque */
	double overload;       /* share of the stall torque that is too much… */
	double overload_after; /* …for so many seconds */
	double hot_degc;       /* too hot above */
};

struct sim_motor {
	struct sim_motor_cfg cfg;
	uint8_t mem[SIM_REGISTERS], rom[SIM_REGISTERS]; /* rom: what a restart brings back */
	uint8_t later[SIM_REGISTERS];			/* REG_WRITE, until ACTION */
	size_t later_at, later_n;
	double at, speed;	 /* the encoder: ticks, ticks/s */
	double ramp, ramp_speed; /* the profile that the position loop follows */
	double drive;		 /* -1..1 of the stall torque */
	double temp_degc, supply_v;
	double low, high;   /* mechanical stops */
	double pull;	    /* weight, and what a fault adds */
	double warm_degc;   /* around it */
	double turn;	    /* ticks that the encoder is wrong by */
	double over_s;	    /* seconds of too much torque */
	bool overload, hot; /* protections at work */
	bool silent, stuck;
	bool refuses;  /* to hold */
	bool goal_set; /* written since it went limp */
	bool was_on;
	uint8_t forced; /* error bits that a fault sets */
};

struct sim_chunk {
	int64_t at_ns;
	size_t n, given;
	uint8_t p[SIM_PACKET_MAX];
};

struct sim_fault_state {
	const struct sim_bus_fault *row; /* NULL: free */
	struct sim_motor *motor;
	double strength;
	int64_t at_ns;
	uint64_t left;	/* replies it may still touch */
	unsigned count; /* replies it saw */
	bool begun;
};

/* Every hook is optional. */
struct sim_bus_fault_acts {
	void (*begin)(struct sim_bus *b, struct sim_fault_state *f);
	void (*end)(struct sim_bus *b, struct sim_fault_state *f);
	/* A reply of its motor leaves; true: it was touched. */
	bool (*reply)(struct sim_bus *b, struct sim_fault_state *f, struct sim_chunk *c);
};

/* What differs between the protocols. */
struct sim_bus_class {
	/* Fills the registers of a new motor. */
	void (*init)(struct sim_motor *m);
	void (*want)(const struct sim_motor *m, struct motor_want *w);
	void (*publish)(struct sim_motor *m); /* world to registers */
	/* Length of the packet that p begins with; 0: more bytes are needed, -1: none begins here. */
	int (*packet)(const uint8_t *p, size_t n);
	void (*execute)(struct sim_bus *b, const uint8_t *p, size_t n);
	int (*offset)(const struct sim_motor *m); /* encoder = reported + offset */
	/* Makes a whole reply end as it should again, after its bytes were changed. */
	void (*seal)(struct sim_chunk *c);
	unsigned torque, goal, goal_bytes, position, position_bytes, error; /* registers */
	double stall_a;
};
extern const struct sim_bus_class sim_sts, sim_dxl;

struct sim_bus {
	struct sim_bus_cfg cfg;
	const struct sim_bus_class *class;
	struct sim_motor motor[SIM_BUS_MOTORS];
	struct sim_fault_state fault[SIM_FAULTS];
	struct rng rng;
	int64_t now_ns;	 /* of the world */
	int64_t line_ns; /* until when the wire is busy */
	int64_t last_ns; /* when the host was last heard */
	uint8_t in[SIM_PACKET_MAX];
	size_t in_n;
	struct sim_chunk chunk[SIM_CHUNKS];
	unsigned first, chunks;
	bool plugged;
};

/* bus.c */
struct sim_motor *sim_bus_find(struct sim_bus *b, unsigned id);	 /* NULL: none */
struct sim_motor *sim_bus_motor(struct sim_bus *b, unsigned id); /* that can hear; NULL: none */
void sim_bus_reply(struct sim_bus *b, struct sim_motor *m, const uint8_t *p, size_t n);
uint32_t sim_get(const uint8_t *mem, unsigned addr, unsigned bytes);
void sim_put(uint8_t *mem, unsigned addr, unsigned bytes, uint32_t v);

/* bus_motor.c */
void sim_motor_init(struct sim_motor *m, const struct sim_bus_class *c);
void sim_motor_run(struct sim_motor *m, const struct sim_bus_class *c, double seconds);
/* Registers were written: torque that comes on holds where it is, unless a goal was set before. */
void sim_motor_wrote(struct sim_motor *m, const struct sim_bus_class *c, unsigned addr, size_t n);
double sim_motor_reported(const struct sim_motor *m, const struct sim_bus_class *c);
double sim_motor_goal(const struct sim_motor *m, const struct sim_bus_class *c);

/* bus_fault.c */
void sim_faults_run(struct sim_bus *b);
void sim_faults_reply(struct sim_bus *b, struct sim_motor *m, struct sim_chunk *c);

#endif
