/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The inside of damiao_bus.h: damiao_bus.c takes records and time, damiao_motor.c follows each
 * motor, damiao_tell.c makes the events.
 */
#ifndef POLICYTOP_WIRE_DAMIAO_IMPL_H
#define POLICYTOP_WIRE_DAMIAO_IMPL_H

#include "wire/canframe.h"
#include "wire/damiao_bus.h"

enum { REPLY_TIMES = 1024, STRAYS_TOLD = 4, NO_REGISTER = -1 };

/* After so long the host's wait for an answer is over: what comes then is another cycle. */
#define CYCLE_NS (10 * NS_PER_MS)

#define REPORT_NS (500 * NS_PER_MS)
#define SILENT_NS NS_PER_S
#define HASTE_NS  (100 * NS_PER_MS) /* between two reports of changes, at least */

/* What is told of a motor at most once a second. */
enum seat_note { NOTE_ZERO, NOTE_CLEAR, NOTE_WRITE, NOTE_SAVE, NOTE_RANGE, NOTE_STRANGE, NOTE_N };

struct seat {
	struct damiao_joint joint;
	double turns_rad;
	bool turned; /* turns_rad is known */
	bool untold; /* sent_rad is not told yet, because it was not */

	bool pending;	  /* asked, and no answer since */
	int64_t asked_ns; /* by the last request */
	int64_t waits_ns; /* by the first one that is not answered; TIME_UNKNOWN: none */
	unsigned excused; /* so many answers may come that nobody asked for, as far as is known */
	int reg;	  /* that was asked for, NO_REGISTER */
	bool reg_write;

	bool heard;	    /* at all */
	int64_t heard_ns;   /* the last answer */
	double raw_rad;	    /* of it, as sent */
	double wrapped_rad; /* what passing over the end of the motor's range has added */
	double got;
	int error; /* the nibble of it, -1 none yet */

	double sent_rad;     /* in this cycle, NaN unknown */
	bool silent;	     /* told as such */
	bool changed;	     /* what is wrong with it, since its last report */
	bool talked;	     /* asked or heard since its last report */
	int64_t told_ns;     /* its last report */
	struct motor health; /* since then */
	int64_t noted_ns[NOTE_N];
	bool range_told;
};

struct damiao_bus {
	void (*emit)(void *host, const struct event *ev);
	void *host;
	char robot[NAME_BYTES];

	unsigned seats;
	struct seat seat[DAMIAO_JOINTS_MAX];
	uint8_t by_id[16]; /* seat + 1, 0 none */

	/* The cycle under way: bits are seats. */
	uint32_t commanded, before;
	unsigned last;	   /* the seat that was commanded last */
	int64_t last_ns;   /* and when; TIME_UNKNOWN: no cycle is under way */
	int64_t cycle_ns;  /* of the last command of the cycle before, TIME_UNKNOWN */
	int64_t period_ns; /* 0 unknown */
	struct step step;

	struct bus bus;
	enum bus_state told_state;
	int64_t framed_ns; /* the last frame that was no error frame, TIME_UNKNOWN */
	int64_t report_ns; /* when the next is due, TIME_UNKNOWN before the first record */
	int64_t state_ns;  /* when a state was last told */
	int64_t error_ns;  /* when an error frame was */
	bool half;	   /* the next report is of motors alone */
	unsigned replies;  /* times since the last report, the last REPLY_TIMES are kept */
	double reply_ms[REPLY_TIMES];
	uint32_t stray[STRAYS_TOLD];
	unsigned strays;

	uint64_t records, bad;
	char first_bad[96];
	size_t held; /* bytes of a record whose end has not come */
	uint8_t part[CANFRAME_HEAD + CANFRAME_DATA_MAX];
};

/* damiao_motor.c. False: the frame is of none of our motors. */
bool damiao_take(struct damiao_bus *b, const struct canframe *f);
double damiao_value(const struct seat *s,
		    double position_rad); /* of its joint; NaN: turn unknown */

/* damiao_tell.c */
void damiao_greet(struct damiao_bus *b, int64_t t_ns);
void damiao_cycle_over(struct damiao_bus *b); /* tells the step, if any */
/* A value of the joint in a seat passed; NaN: none is told. */
void damiao_tell_value(struct damiao_bus *b, unsigned seat, enum vec_kind kind, double value,
		       int64_t t_ns);
void damiao_report(struct damiao_bus *b, int64_t t_ns);
void damiao_tell_motor(struct damiao_bus *b, struct seat *s, int64_t t_ns);
void damiao_tell_bus(struct damiao_bus *b, int64_t t_ns);
void damiao_note(struct damiao_bus *b, int64_t t_ns, const char *fmt, ...)
	__attribute__((format(printf, 3, 4)));
/* The same, of a motor, at most once a second for each what. */
void damiao_motor_note(struct damiao_bus *b, struct seat *s, enum seat_note what, int64_t t_ns,
		       const char *fmt, ...) __attribute__((format(printf, 5, 6)));

#endif
