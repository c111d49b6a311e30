/* SPDX-License-Identifier: Apache-2.0 */
/* What the parts of the judge share: judge.c feeds, finding.c makes verdicts, status.c shows. */
#ifndef POLICYTOP_CHECK_JUDGE_IMPL_H
#define POLICYTOP_CHECK_JUDGE_IMPL_H

#include "check/check.h"
#include "check/derive.h"
#include "check/judge.h"
#include "check/latch.h"

struct check_slot {
	struct check check;
	double *param;
	bool looked;	  /* at anything of this run: before that a check is never OK */
	unsigned missing; /* NEED_* that are not met */
	struct latch_rate rate;
	struct latch latch[SUBJECT_N];
};

/* What is looked at now: where verdicts are placed. */
struct moment {
	int64_t t_ns, seq; /* of the step; of anything else its own time and the last step */
	unsigned index;
	double elapsed_s; /* since the first step of the episode */
};

struct judge {
	struct judge_host host;
	struct run_view run;
	struct derive derive;
	bool has_hello;
	char units_why[96]; /* "deg against m100_100", "" */
	unsigned facts;	    /* FACT_* really seen: a source may promise more than it gives */
	unsigned promised;  /* FACT_* that the sources say they can give */
	bool traffic;	    /* an exchange was seen */
	unsigned health;    /* NEED_MOTORS, NEED_BUS, NEED_CAMERAS: seen so far */
	/* Of health: how often each subject was told of, and that number while checks look at it, else 0. */
	uint32_t readings[SUBJECT_N], reading;
	/* Cameras beside those of training; NULL: training has no pictures. */
	struct lineup *lineup;
	double next_look_s[RUN_CAMERAS]; /* by the lineup's clock */
	uint32_t looks[RUN_CAMERAS];	 /* answers so far */
	struct {
		int64_t t_ns; /* of the last answer, TIME_UNKNOWN none */
		enum lineup_is is;
		enum lineup_method method;
		int role;
		double margin;
	} who[RUN_CAMERAS];
	uint32_t episode;
	bool in_episode;
	bool fresh;   /* and no step of it yet */
	bool ended;   /* an end was said and no start since */
	bool resumed; /* it was under way when the engine restarted */
	char hello_task[TASK_BYTES];
	struct moment now;
	struct opening opening; /* of the next episode: what is known of the last step */
	unsigned idle_ticks;	/* in a row */
	int64_t idle_since_ns;	/* axis of the action before, or of the first of them */
	uint64_t chunks;	/* since hello */
	uint64_t told;		/* plans that were told to the checks */
	uint64_t call;		/* the last request of a connection, by exchanges; 0 none */
	int64_t call_ns;
	enum level worst;
	size_t nslots;
	struct check_slot *slot;
};

/* judge_health.c: one event of motors, buses, cameras or pictures. */
void judge_feed_health(struct judge *j, const struct event *ev);

/* judge_look.c: what the lineup is shown, and what it answers to the checks. */
void judge_look_hello(struct judge *j, const struct hello *h);
void judge_look_step(struct judge *j, const struct step *s);
void judge_look_frame(struct judge *j, unsigned subject, const struct event *ev);

/* Anything but a step: its time counts on from what was looked at before. */
void judge_move_to(struct judge *j, int64_t t_ns);

/* The check may look; from then on it may also be OK. */
bool judge_may_look(struct judge *j, struct check_slot *s, bool looks);

/* Worst level that stands now. */
enum level judge_slot_level(const struct judge *j, const struct check_slot *s);

/* After facts or the run changed: what keeps each check from being applicable. */
void judge_find_missing(struct judge *j, const struct hello *h);

#endif
