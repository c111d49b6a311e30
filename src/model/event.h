/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What a source tells the engine: one event at a time, in order. Plain data; everything an event
 * points to is the sender's and lives only during the call.
 *
 * Every text inside an event has been through text_clean().
 */
#ifndef POLICYTOP_MODEL_EVENT_H
#define POLICYTOP_MODEL_EVENT_H

#include <stdbool.h>
#include <stdint.h>

#include "model/camera.h"
#include "model/joint.h"
#include "model/motor.h"
#include "model/step.h"

/* What a source can see, as bits: `list sources --facts`, needs of checks, what is blind. */
enum fact {
	FACT_SEEN = 1u << 0,
	FACT_ASKED = 1u << 1,
	FACT_SENT = 1u << 2,
	FACT_GOT = 1u << 3,
	FACT_CHUNK = 1u << 4,
	FACT_PROMPT = 1u << 5,
	FACT_RESET = 1u << 6,
	FACT_LATENCY = 1u << 7,
	FACT_FRAMES = 1u << 8,
	FACT_HEALTH = 1u << 9,
	FACT_N = 10,
};

const char *fact_word(unsigned bit_index); /* "seen" … "health"; bit_index < FACT_N */

/* A rate that a policy can have: 0.001 to 10000 Hz. What is outside, or NaN, is a mistake. */
bool fps_possible(double fps);

/* The first thing a source says; may come again (another robot, a reconnect). */
struct hello {
	char robot[NAME_BYTES]; /* "" unknown, as are the texts below */
	char task[TASK_BYTES];
	char policy[TASK_BYTES];
	double fps;	/* 0 unknown */
	unsigned facts; /* FACT_*: can see at all */
	bool no_tick;	/* a step is a reply of the policy, not a control tick: no rate, no Δ */
	bool on_bus;	/* sent and got are from the motors' own bus, at the time of their bytes */
	bool samples;	/* it tells EVENT_SAMPLE; of the others, each step is one */
	/*
	 * Bit per joint: its value is a motor's position by what the robot's row says of it alone. Sign,
	 * offset and range are fitted where another source has seen that joint.
	 */
	uint64_t fits[MAX_JOINTS / 64];
	unsigned joints;
	struct joint joint[MAX_JOINTS];
};

/* One value as it passed: of a joint of the source's hello, in the unit that it has there. */
struct sample_value {
	double value; /* NaN and infinities are what was sent */
	uint16_t joint;
	uint8_t vector; /* enum vec_kind */
	uint8_t unit;	/* enum unit; merged: of the source, not of the run's joint */
};

/* Values that passed at the same time: those of one packet, of one frame, of one step. */
struct sample {
	unsigned n; /* at most VEC_N * MAX_JOINTS */
	const struct sample_value *v;
};

enum { CHUNK_UNKNOWN = -1 };

enum outcome { OUTCOME_UNKNOWN, OUTCOME_SUCCESS, OUTCOME_FAILURE, OUTCOME_DISCARD };
const char *outcome_word(enum outcome o); /* "success" …; NULL for unknown */
enum outcome outcome_from_word(const char *word);

struct episode_mark {
	bool start; /* else: end */
	/*
	 * A start that is none: under way when the engine restarted. Of a source: it was under way
	 * when the source was connected (again); it begins only where none is under way.
	 */
	bool resumed;
	bool guessed;		   /* a start that nobody told: the policy acted */
	uint32_t number;	   /* of the run, from 0: the merge counts */
	enum outcome outcome;	   /* at an end */
	char task[TASK_BYTES];	   /* "" unknown */
	char boundary[NAME_BYTES]; /* why: "episode message", "operator", "1.2 s without asked" */
	char note[TASK_BYTES];	   /* "" none */
};

/* A policy reply: horizon x dims actions for the steps from seq on. */
struct chunk {
	int64_t number;	    /* of the run, from 0: the merge counts; sources leave CHUNK_UNKNOWN */
	int64_t seq;	    /* first step it is for, or SEQ_UNKNOWN */
	int64_t request_ns; /* CLOCK_MONOTONIC when the request was whole, or TIME_UNKNOWN */
	int64_t reply_ns;   /* and when the reply was */
	double latency_s;   /* NaN unknown */
	unsigned execute;   /* planned to be executed; 0 unknown */
	unsigned horizon, dims;
	const double *actions;	 /* [horizon][dims], NaN unknown */
	bool prompt_known;	 /* false: a server may inject one of its own */
	char prompt[TASK_BYTES]; /* that went with the request */
};

/* How much of a chunk was executed: told once it is over. */
struct executed {
	int64_t chunk;	/* its number; of a source: CHUNK_UNKNOWN, its newest chunk is meant */
	unsigned steps; /* of its horizon */
};

enum { TENSORS_MAX = 32 };

/* One array of a request or a reply. */
struct tensor {
	char name[NAME_BYTES]; /* "observation/state", "action.single_arm" */
	char dtype[8];	       /* numpy's: "<f4", "|u1" */
	bool reply;	       /* else of the request */
	uint8_t dims;	       /* of shape, at most 4; more are cut */
	uint32_t shape[4];
	double min, max, mean; /* NaN unknown: not looked at, or no number */
};

enum exchange_state {
	EXCHANGE_ASKED,	   /* a request is under way */
	EXCHANGE_ANSWERED, /* in full */
	EXCHANGE_FAILED,   /* by an error that the server told: error */
	EXCHANGE_BROKEN,   /* the connection ended before the answer */
	EXCHANGE_STRANGER, /* who answers does not speak the protocol: error */
};

/* A request to a policy server and what came of it. */
struct exchange {
	uint64_t number; /* of the connection, from 1; 0: none (a stranger) */
	enum exchange_state state;
	bool acted;		      /* the reply holds an action chunk */
	int64_t request_ns, reply_ns; /* when each was whole, TIME_UNKNOWN not yet */
	uint64_t request_bytes, reply_bytes;
	double server_ms, policy_ms; /* as the server tells, NaN unknown */
	const char *endpoint;	     /* cleaned; "" the protocol has none */
	const char *error;	     /* one cleaned line, NULL none */
	unsigned tensors;
	const struct tensor *tensor;
};

enum event_kind {
	EVENT_HELLO,
	EVENT_EPISODE,
	EVENT_STEP,
	EVENT_CHUNK,
	EVENT_RESET, /* the policy was reset */
	EVENT_NOTE,  /* a line for the events list: text and level */
	EVENT_GAP,   /* the source lost something: lost, unit, text (reason) */
	EVENT_EXECUTED,
	EVENT_EXCHANGE,
	EVENT_FRAME,
	EVENT_CAMERA,
	EVENT_MOTOR,
	EVENT_BUS,
	EVENT_SAMPLE, /* values of a bus, each at the time of its bytes; kept with --full-rate alone */
	EVENT_END,    /* the source is done (end of file, end of dataset) */
};

struct event {
	enum event_kind kind;
	int64_t t_ns;	 /* CLOCK_MONOTONIC when read */
	int64_t src_ns;	 /* or TIME_UNKNOWN */
	uint16_t source; /* index of the source in its run */
	union {
		const struct hello *hello;
		const struct episode_mark *episode;
		const struct step *step; /* seq may be SEQ_UNKNOWN: the engine counts */
		const struct chunk *chunk;
		const struct executed *executed;
		const struct exchange *exchange;
		const struct frame *frame;
		const struct camera *camera;
		const struct motor *motor;
		const struct bus *bus;
		const struct sample *sample;
	};
	const char *text; /* NOTE and GAP: one cleaned line */
	int level;	  /* NOTE: enum level of model/verdict.h */
	int64_t lost;	  /* GAP: how much, -1 unknown */
	const char *unit; /* GAP: "steps", "bytes", "lines" */
};

#endif
