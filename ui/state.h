/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What the operator has set on the screen: the selected joint, units, pause, the open question.
 * Keys change it (state_key), drawing reads it. Pure: what has to be asked of the engine comes
 * back as a wish that the viewer carries out. One thread at a time.
 */
#ifndef POLICYTOP_UI_STATE_H
#define POLICYTOP_UI_STATE_H

#include <stdbool.h>
#include <stdint.h>

#include "ui/keys.h"
#include "ui/number.h"
#include "view/snapshot.h"

enum mode {
	MODE_VIEW,
	MODE_HELP,
	MODE_FIND,    /* typing a joint's name */
	MODE_NOTE,    /* typing a note for a mark */
	MODE_OUTCOME, /* an episode ends: S, F or X, then Enter */
	MODE_START,   /* an episode starts: Enter */
};

/* Where j and k go. */
enum focus { FOCUS_JOINTS, FOCUS_CHECKS, FOCUS_EVENTS, FOCUS_N };

/* What stands in the place of the plot, and on a small screen of everything but the alarms. */
enum page { PAGE_MAIN, PAGE_CHUNK, PAGE_TRAFFIC, PAGE_CADENCE, PAGE_CAMERAS, PAGE_MOTORS, PAGE_N };

struct ui_state {
	enum mode mode;
	enum page page;
	enum focus focus;
	enum units units;
	bool chosen;	     /* the operator picked the joint: it stays */
	unsigned selected;   /* joint */
	int help_first;	     /* first line of MODE_HELP */
	int scroll[FOCUS_N]; /* first line of checks and events */
	unsigned camera;     /* the first one on the page of images */
	bool difference;     /* there: from training, in the place of training */
	bool paused;
	bool bell;
	char input[TASK_BYTES]; /* of MODE_FIND and MODE_NOTE */
	enum outcome outcome;	/* chosen so far in MODE_OUTCOME */
	uint32_t episode;	/* that the question is about */
	double bytes_s;		/* that the terminal is sent; NaN unknown */
	char message[320];	/* one line for the key bar until the next key, "" none */
	bool message_bad;
	double silent_s; /* no snapshot for so long; NaN: the engine talks */
	char gone[320];	 /* the engine ended: why; "" it runs */
};

/* "chunk", "traffic", "cadence", "cameras", "motors"; false: no such page. */
bool page_from_word(const char *word, enum page *out);

void state_init(struct ui_state *u);

enum wish {
	WISH_NOTHING,
	WISH_QUIT,
	WISH_REDRAW,	    /* the screen itself was damaged (Ctrl-L) */
	WISH_EPISODE_START, /* u->episode */
	WISH_EPISODE_END,   /* u->episode with u->outcome */
	WISH_MARK,	    /* the text in note */
	WISH_PICTURE,	    /* the first camera of the page of images as a file */
};

struct state_wish {
	enum wish wish;
	uint32_t episode;
	enum outcome outcome;
	char note[TASK_BYTES];
};

/* key: a rune or KEY_* of keys.h; s is what the screen shows now. */
struct state_wish state_key(struct ui_state *u, const struct snapshot *s, uint32_t key);

/* Until the operator has picked a joint, the one with the worst alarm is selected. */
void state_follow(struct ui_state *u, const struct snapshot *s);

/* Brings selection and scrolling within what s has. */
void state_fit(struct ui_state *u, const struct snapshot *s);

/* A line for the key bar. */
void state_say(struct ui_state *u, bool bad, const char *text);

#endif
