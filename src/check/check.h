/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What a check is made of. A check is a pure function with memory: no I/O, no clock, no
 * allocation, no globals. One file and one row in check/table.c add one; the row's params are its
 * limits, printed by `list checks` and documented in policytop-checks(7).
 *
 * The judge (judge.c) decides whether a check applies, derives what checks share once per step
 * (struct tick), and owns debounce, latches and rate limits (latch.c): a check says what it finds
 * at every step, as often as it finds it.
 */
#ifndef POLICYTOP_CHECK_CHECK_H
#define POLICYTOP_CHECK_CHECK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "model/event.h"
#include "model/profile.h"
#include "model/step.h"
#include "model/verdict.h"
#include "vision/lineup.h"

/* What must be there; what is missing makes a check "not applicable: why". */
enum need {
	NEED_ASKED = 1u << 0,	 /* the policy's output */
	NEED_COMMAND = 1u << 1,	 /* asked or sent */
	NEED_MEASURED = 1u << 2, /* seen or got */
	NEED_CHUNK = 1u << 3,	 /* chunk lines */
	NEED_PROFILE = 1u << 4,	 /* a training profile with a joint that matches */
	NEED_ABSOLUTE = 1u << 5, /* actions are absolute positions */
	NEED_GRIPPER = 1u << 6,	 /* a gripper whose open and closed are known */
	NEED_FPS = 1u << 7,	 /* a rate to hold, of the run or of training */
	NEED_ANY = 1u << 8,	 /* just steps */
	NEED_START = 1u << 9,	 /* the beginning of the episode: lost when the engine restarts */
	NEED_TICK = 1u << 10,	 /* a step is a control tick, not a policy's reply */
	NEED_TASKS = 1u << 11,	 /* a profile of a set with language: one task that is not "" */
	NEED_LATENCY = 1u << 12, /* how long a call of the policy took */
	NEED_TRAFFIC = 1u << 13, /* exchanges with a policy server */
	NEED_MOTORS = 1u << 14,	 /* the health of motors */
	NEED_BUS = 1u << 15,	 /* of the bus they hang on */
	NEED_CAMERAS = 1u << 16, /* cameras: their health, or pictures */
	NEED_LOOK = 1u << 20,	 /* a profile with pictures of its cameras */
};

struct check_param {
	const char *key, *unit; /* unit "" for a count, "x" for times the training maximum */
	double fallback, min, max;
	const char *help; /* one line, no full stop */
};

/* A joint of the run as the checks see it. */
struct run_joint {
	char name[NAME_BYTES];	/* as the source says it: the subject of verdicts */
	char label[NAME_BYTES]; /* short, for sentences */
	/* Its joint in the profile; NULL: not trained, or its unit cannot be converted. */
	const struct joint_profile *action, *state;
	const struct gap_profile *gap;	   /* of action; NULL unknown */
	double to_action, to_state;	   /* factor from the run's unit to the profile's */
	double action_max, state_max;	   /* |Δ|max of training, floored; NaN unknown */
	double action_span, state_span;	   /* max - min of training, NaN unknown */
	enum unit action_unit, state_unit; /* of what tick.v holds */
	bool pair;			   /* action and state are in one unit: may be subtracted */
	int gripper;			   /* index into profile.behaviour.gripper, -1 none */
};

enum { RUN_CAMERAS = 8, RUN_BUSES = 16 };

/* The run as far as it is known at its hello; cameras and buses by name as they come. */
struct run_view {
	const struct profile *profile; /* NULL unknown */
	unsigned joints;
	struct run_joint joint[MAX_JOINTS];
	double fps;		 /* of the run, else of the profile; 0 unknown */
	bool fps_said;		 /* the run said it */
	bool no_tick;		 /* steps are replies: what executes them is not seen */
	char policy[TASK_BYTES]; /* as hello says it, "" unknown */
	char task[TASK_BYTES];	 /* of the episode, else of hello; "" unknown */
	unsigned cameras, buses; /* so far; what is beyond RUN_CAMERAS or RUN_BUSES is not judged */
	char camera[RUN_CAMERAS][NAME_BYTES];
	char bus[RUN_BUSES][NAME_BYTES];
};

enum { PLAN_STEPS = 128 };

/*
 * An action chunk as the checks see it, in the profile's units (NaN unknown). Lives until some
 * chunks later: copy what must last.
 */
struct chunk_view {
	int64_t number;			 /* of the chunk, CHUNK_UNKNOWN */
	int64_t seq;			 /* first step it was made for, SEQ_UNKNOWN */
	int64_t request_ns;		 /* CLOCK_MONOTONIC, TIME_UNKNOWN */
	int64_t t_ns;			 /* when it was told */
	double latency_s;		 /* NaN unknown */
	bool warm;			 /* not the first of its connection */
	unsigned horizon, execute;	 /* execute: planned, 0 unknown */
	uint64_t known[MAX_JOINTS / 64]; /* joints it acts on */
	bool prompt_known;
	char prompt[TASK_BYTES];
	unsigned kept; /* rows of a: of the horizon at most PLAN_STEPS */
	double a[PLAN_STEPS][MAX_JOINTS];
};

/*
 * One plan takes over from another. next->a[first] is the first of its actions that is executed;
 * old->a[i + offset] was meant for the step of next->a[i]. Always offset + first >= 1: the action
 * executed before is old->a[offset + first - 1]; offset + first may lie beyond old->kept.
 */
struct replan {
	const struct chunk_view *old, *next;
	unsigned offset, first;
};

/* How an episode begins. */
struct opening {
	int64_t t_ns;
	bool told;	   /* by a message or the operator, not guessed from the steps */
	bool has_before;   /* a step before it is known, of this run and this engine: */
	int64_t before_ns; /* CLOCK_MONOTONIC of it */
	int64_t before_axis_ns;
};

/* A tick of an episode without an action, while a policy drives. */
struct idle {
	unsigned ticks; /* in a row, this one included */
	double for_s;	/* since the action before, or since the first such tick */
	bool begun;	/* the policy has acted in this episode */
};

/*
 * One step with what the checks share. v is in the profile's unit (asked and sent: of the action
 * joint, seen and got: of the state joint; the run's own unit without a profile) and NaN where a
 * value is unknown or not finite. Steps of an episode only; no other driver than policy or unknown.
 */
struct tick {
	const struct step *step;
	unsigned index;	  /* 0: first step of its episode */
	double elapsed_s; /* since that step */
	double dt_s;	  /* since the step before in this episode; NaN at the first */
	int64_t lost;	  /* steps missing before this one, by seq */
	int chunk_pos;	  /* place in its action chunk, from 0; -1: no chunk known */
	bool begins;	  /* the first step that is executed of a chunk */
	bool interrupted; /* another driver, or none, had the arm since the step before it */
	const struct chunk_view *plan; /* the chunk it is from, NULL unknown */
	bool plan_before; /* which was told before the episode before this one was over */
	bool grid;	  /* the last value of a training period: delta is set */
	bool seam;	  /* a chunk began since the grid point before */
	double v[VEC_N][MAX_JOINTS];
	/*
	 * Change since the grid point before, signed, NaN unknown. Measured vectors are scaled down
	 * to one training period when a tick came late: that is cadence's to tell, not a jump.
	 */
	double delta[VEC_N][MAX_JOINTS];
};

/* Subjects of findings: a joint's index, or one of these. */
enum {
	SUBJECT_POLICY = MAX_JOINTS,
	SUBJECT_VEC,
	SUBJECT_CAMERA = SUBJECT_VEC + VEC_N,
	SUBJECT_BUS = SUBJECT_CAMERA + RUN_CAMERAS,
	SUBJECT_N = SUBJECT_BUS + RUN_BUSES,
};

struct finding {
	enum level level; /* NOTE, WARN or FAIL */
	unsigned subject;
	double value, threshold; /* in unit */
	const char *unit;	 /* static, "" none */
};

enum { CHECK_FEW_EPISODES = 10 }; /* limits from fewer never make a fail */

struct check_class;

/* One check at work: handed to every callback. */
struct check {
	const struct check_class *class;
	const struct run_view *run;
	const double *param; /* [i] by class->params */
	void *state;	     /* class->state_size bytes, zeroed at every episode start */
	void *memory;	     /* class->memory_size bytes, zeroed at every hello */
	void *judge;	     /* the driver's own */
	double now_s;	     /* of what is looked at, since the first step of the episode */
};

struct check_class {
	const char *name;		  /* the code of its verdicts, stable */
	const char *summary;		  /* one line, no full stop, at most 60 characters */
	unsigned needs;			  /* NEED_* */
	const struct check_param *params; /* key NULL ends */
	size_t state_size, memory_size;
	unsigned
		debounce; /* steps (of health: readings) in a row that must show a level; 0, 1: one */
	/* Codes that explain this one, separated by spaces: no fail beside one that stands at warn or
	 * more; with a '!' behind it, beside one that stands at fail. */
	const char *yields;
	bool unjudged; /* has a value and no limit yet: shown, never OK */
	/*
	 * What it looks at; NULL: not at such. An episode begins before what belongs to it
	 * comes, as far as that is known: a chunk that came before is told after it. A replan
	 * is told before the step that it begins with; without a tick, once it is known how much of
	 * the chunk before was executed. Exchanges come in and between episodes.
	 */
	void (*episode)(struct check *c, const struct opening *o);
	void (*chunk)(struct check *c, const struct chunk_view *p);
	void (*replan)(struct check *c, const struct replan *r);
	void (*step)(struct check *c, const struct tick *t);
	void (*idle)(struct check *c, const struct idle *i);
	void (*exchange)(struct check *c, const struct exchange *x);
	/*
	 * Health, in and between episodes. subject: the joint's index, SUBJECT_CAMERA + or
	 * SUBJECT_BUS + its index.
	 */
	void (*motor)(struct check *c, unsigned subject, const struct motor *m);
	void (*bus)(struct check *c, unsigned subject, const struct bus *b);
	void (*camera)(struct check *c, unsigned subject, const struct camera *k);
	void (*frame)(struct check *c, unsigned subject, const struct frame *f);
	/* What a camera is beside training's, over its last second: twice a second. */
	void (*look)(struct check *c, unsigned subject, const struct lineup_answer *a);
	/* Fills subject, value, threshold, unit and why with the reading, alarm or not. */
	void (*show)(const struct check *c, struct check_status *out);
};

extern const struct check_class *const check_table[]; /* NULL ends */

/*
 * Says that what is looked at (a step, a chunk, an exchange …) shows f; the sentence is formatted
 * only when it becomes a verdict. Findings of the same code and subject are one verdict until they
 * stay away for a while (latch.h).
 */
void check_find(struct check *c, const struct finding *f, const char *fmt, ...)
	__attribute__((format(printf, 3, 4)));

/* What is found of this subject from now on is not what was found before: a verdict of its own. */
void check_anew(struct check *c, unsigned subject);

/* Fills a status from a joint's reading: subject name, numbers, unit. */
void check_reading(const struct check *c, struct check_status *out, unsigned subject, double value,
		   double threshold, const char *unit);

/* The unit of a joint's values in a vector: for numbers ("deg", "m100_100", "" unknown), and as it
 * follows a number in a sentence (" deg", "" where there is no word). */
const char *check_unit(const struct check *c, unsigned joint, enum vec_kind vec);
const char *check_unit_text(const struct check *c, unsigned joint, enum vec_kind vec);

/* The joint's training |Δ|max (floored) for a vector: action's for asked and sent, else state's. */
double check_delta_max(const struct check *c, unsigned joint, enum vec_kind vec);

/* The largest steady error that training shows for an action joint, floored; NaN unknown. */
double check_tracking_max(const struct check *c, unsigned joint);

/* How far asked lies from where the arm is, against the largest first gaps of training. */
struct first_gap {
	unsigned joint, far;	  /* the worst joint; how many are `many` times their limit away */
	double gap, limit, ratio; /* of the worst: ratio = gap / limit */
};
/* False: no joint to compare. */
bool check_first_gap(const struct check *c, const struct tick *t, double many,
		     struct first_gap *out);

/* The name of a subject: a joint's name, "policy", "seen" … */
const char *check_subject(const struct check *c, unsigned subject);

#endif
