/* SPDX-License-Identifier: Apache-2.0 */
/* Shared by the files of the servo bus decoder; nobody else includes it. */
#ifndef POLICYTOP_WIRE_SERVOBUS_IMPL_H
#define POLICYTOP_WIRE_SERVOBUS_IMPL_H

#include "wire/servobus.h"

enum { SERVOBUS_SILENT = 3 /* requests in a row without an answer */ };
enum { REPLY_TIMES = 256, WRITE_ROWS = 32, EARLY_BYTES = 320, GAPS = 64, PASSED = 256 };

/* One servo. */
struct servo_state {
	struct servobus_motor as;
	bool placed; /* has its name */
	int joint;   /* in hello, -1 none */

	struct motor health; /* what was heard since it was told */
	int64_t told_ns;     /* TIME_UNKNOWN: never */
	bool dirty;	     /* heard or missed since */
	bool at_once;	     /* and it matters */

	int32_t position, goal;
	int64_t position_ns; /* TIME_UNKNOWN: never read */
	bool has_goal;	     /* in the cycle under way */

	struct calibration_motor registers;
	bool compared;
	unsigned owed;	  /* replies that were given up, and may still come */
	unsigned silent;  /* requests in a row that it did not answer */
	unsigned garbled; /* damaged replies since its last good one */
	unsigned twice;	  /* second answers to a request, and when the last came */
	int64_t twice_ns;
	bool silence_told, twin_told, refusal_told;
};

/* A request, and what came for it. */
struct servo_turn {
	bool open; /* replies are awaited */
	bool late; /* a reply came after the next request */
	struct servo_packet packet;
	struct servo_request request;
	uint64_t answered; /* bit per target */
	int64_t sent_ns;
};

/* One value of one register, written to these servos. */
struct written {
	uint16_t address, len;
	int32_t value;
	unsigned n, more;
	uint8_t id[SERVOBUS_MOTORS];
};

/* From positions to goals. */
struct servobus_gaps {
	double ms[GAPS];
	unsigned n;		  /* ever */
	unsigned since, distance; /* steps since the last long one; between the last two */
	unsigned equal;		  /* distances in a row like the last */
	unsigned told_distance;
	double long_ms, told_ms;
};

struct servobus {
	void (*emit)(void *host, const struct event *ev);
	void *host;
	struct servobus_setup setup;
	bool again;

	const struct servo_wire *wire; /* NULL: not known yet */
	const struct servo_register *goal, *where;
	struct servo_stream stream[2];
	bool flushing;	  /* one direction, because of the other */
	uint64_t corrupt; /* replies so far whose servo was told */
	size_t early_len;
	uint64_t early_garbage;
	uint8_t early[EARLY_BYTES]; /* requests before the protocol is known */

	struct hello hello;
	bool goals_seen, hello_due;
	unsigned motors;
	struct servo_state motor[SERVOBUS_MOTORS];
	uint8_t index[SERVO_IDS]; /* of motor + 1, 0 none */

	struct servo_turn turn[2];
	unsigned now; /* turn under way; the other is the one before */

	/* The cycle under way. */
	bool goals_open;
	int64_t goals_ns, step_ns; /* first goal; last step, TIME_UNKNOWN none */
	double period_ns;
	int64_t read_ns; /* all positions of the cycle were there; TIME_UNKNOWN not yet */
	struct servobus_gaps gaps;
	struct step step;

	/* Values that passed and were not told, because the hello with their joints was not. */
	unsigned passed;
	int64_t passed_ns[PASSED];
	struct sample_value value[PASSED];

	struct bus bus;
	int64_t bus_due_ns, request_ns, reply_ns; /* TIME_UNKNOWN: none */
	double times_ms[REPLY_TIMES];
	unsigned times;

	struct written written[WRITE_ROWS];
	unsigned rows, rows_more;
	int64_t written_ns; /* the last one */
	uint32_t told_on;   /* bit per motor: was told to be left with torque */

	uint64_t packets, told_packets, senseless;
	bool writes_answered; /* ever: their replies are awaited */
	char first_bad[160];
};

/* servobus.c */
void servobus_emit(struct servobus *b, struct event *ev, int64_t t_ns);
void servobus_note(struct servobus *b, int level, int64_t t_ns, const char *fmt, ...)
	__attribute__((format(printf, 4, 5)));
/* The packets of a direction that are whole now; returns how many. */
size_t servobus_take(struct servobus *b, unsigned direction, int64_t t_ns);
void servobus_blame(struct servobus *b, const char *what); /* the first stays */

/* servobus_turn.c: which reply belongs to which request. */
void servobus_request(struct servobus *b, const struct servo_packet *p, int64_t t_ns);
void servobus_reply(struct servobus *b, const struct servo_packet *p, int64_t t_ns);
void servobus_doubt_open(struct servobus *b);	       /* the writes that were not answered yet */
void servobus_damaged(struct servobus *b, uint8_t id); /* what came as a reply of this servo */

/* servobus_joint.c: servos, joints, goals and positions. */
/* The servo with an id, made when new; NULL: there are too many, or it is everybody's. */
struct servo_state *servobus_motor(struct servobus *b, uint8_t id);
struct servo_state *servobus_joint(struct servobus *b, uint8_t id); /* and it is a joint now */
void servobus_joints(struct servobus *b);			    /* those of the set-up */
void servobus_say_hello(struct servobus *b, int64_t t_ns);	    /* when it is due */
void servobus_goal(struct servobus *b, uint8_t id, int32_t goal, bool together, int64_t t_ns);
void servobus_position(struct servobus *b, struct servo_state *m, int32_t ticks, int64_t t_ns);
void servobus_step(struct servobus *b, int64_t t_ns); /* the goals so far, when there are any */
/* A polled cycle is over: its positions are a step, when t asked for positions. */
void servobus_polled(struct servobus *b, const struct servo_turn *t, int64_t t_ns);
int64_t servobus_step_due(const struct servobus *b);

/* servobus_sample.c: a position or a goal passed; and all of them are told, when that can be. */
void servobus_passed(struct servobus *b, enum vec_kind kind, const struct servo_state *m,
		     int32_t ticks, int64_t t_ns);
void servobus_tell_passed(struct servobus *b);

/* servobus_gap.c: goals were written at t_ns. */
void servobus_gap(struct servobus *b, int64_t t_ns);

/* servobus_health.c: registers that were read or written, motors and the bus. */
/* heard: from the servo; else they were written to it. */
void servobus_registers(struct servobus *b, struct servo_state *m, uint16_t address,
			const uint8_t *p, size_t n, bool heard, int64_t t_ns);
/*
 * True: the servo refused what it was asked for. more: registers of the same reply come next, and
 * one of them may name what the error byte only hints at.
 */
bool servobus_faults(struct servobus *b, struct servo_state *m, uint8_t error, bool more,
		     int64_t t_ns);
/* Whether a write came about is not known. */
void servobus_doubt(struct servobus *b, struct servo_state *m, const struct servo_target *to);
void servobus_missed(struct servobus *b, struct servo_state *m,
		     int64_t t_ns); /* m->silent counts */
void servobus_tell_motors(struct servobus *b, int64_t t_ns);
void servobus_tell_bus(struct servobus *b, int64_t t_ns);

/* servobus_write.c: registers written, by name. */
void servobus_wrote(struct servobus *b, const struct servo_target *to, int64_t t_ns);
void servobus_tell_written(struct servobus *b, int64_t t_ns);
int64_t servobus_written_due(const struct servobus *b);

#endif
