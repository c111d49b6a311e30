/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Cameras looked at now: opened, streamed until enough was seen, judged and closed. One that another
 * program has is only watched, and who that is is known. Main thread; its calls wait as drivers do.
 */
#ifndef POLICYTOP_CMD_LOOK_LIVE_H
#define POLICYTOP_CMD_LOOK_LIVE_H

#include "model/profile.h"
#include "model/verdict.h"
#include "source/v4l2_eye.h"
#include "ui/pixels.h"
#include "vision/lineup.h"

enum look_state { LOOK_WAITS, LOOK_SEEN, LOOK_WATCHED, LOOK_BAD };

struct look_eye {
	struct look_live *live; /* that it is of */
	struct eye eye;
	char name[NAME_BYTES]; /* its role, or what its device is called */
	bool open;
	enum look_state state;
	bool told, seen; /* camera, frame: there is one */
	struct camera camera;
	struct frame frame; /* the last one that can be compared; its thumb is the one below */
	uint8_t thumb[PICTURE_THUMB_BYTES];
	unsigned pictures;	    /* since it warmed up */
	int64_t told_ns, stream_ns; /* of camera; since when it streams, TIME_UNKNOWN not */
	int at;			    /* in the lineup, -1 not yet */
	bool judged;
	struct lineup_answer answer;
	enum level level;		   /* of all of it; UNKNOWN: it could not be judged */
	char code[CODE_BYTES];		   /* of what made the level, "" nothing */
	char why[MESSAGE_BYTES];	   /* one sentence */
	const struct reference *reference; /* to lay beside it, NULL none */
	const char *role;		   /* whose that is */
};

struct look_live {
	const struct profile *profile; /* NULL: nothing to compare with */
	const struct camera_sys *sys;
	char root[64]; /* before /dev and /sys; "" the system's */
	struct lineup *lineup;
	int64_t began_ns;
	unsigned eyes;
	struct look_eye *eye[LINEUP_CAMERAS];
};

/* profile may be NULL and must outlive it. */
void look_live_init(struct look_live *l, const struct profile *profile,
		    const struct camera_sys *sys, const char *root);

/* name "": as its device is called. 0, or a negative errno with e: too many, or no such word. */
int look_live_add(struct look_live *l, const char *word, const char *name, struct err *e);

/* Every camera of the system: nodes that give no pictures are none. How many, or -errno with e. */
int look_live_add_all(struct look_live *l, struct err *e);

/*
 * What is to be done at now_ns; returns when to call again, 0: all have shown enough, or patience_ns
 * is over since the first call.
 */
int64_t look_live_turn(struct look_live *l, int64_t now_ns, int64_t patience_ns);

void look_live_run(struct look_live *l, int64_t patience_ns); /* turns until then, and judges */

/* Closes the cameras and judges. */
void look_live_judge(struct look_live *l);
void look_live_fini(struct look_live *l);

/* Worst of all; a camera that could not be judged counts more than one that is well. */
enum level look_live_level(const struct look_live *l, bool *unseen);

struct app;
int cmd_look_live(struct app *app); /* the command without --dataset; its exit status */

#endif
