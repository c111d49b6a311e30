/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Every key of the viewer, in one table: what it does, the help screen, the key bar and the man
 * page come from here. Const data, any thread.
 */
#ifndef POLICYTOP_UI_KEYS_H
#define POLICYTOP_UI_KEYS_H

#include <stdint.h>

/* Keys that are no runes. */
enum {
	UI_KEY_UP = 0x110000,
	UI_KEY_DOWN,
	UI_KEY_LEFT,
	UI_KEY_RIGHT,
	UI_KEY_PGUP,
	UI_KEY_PGDN,
	UI_KEY_HOME,
	UI_KEY_END,
	UI_KEY_ENTER,
	UI_KEY_ESC,
	UI_KEY_BACKSPACE,
	UI_KEY_END_OF_TABLE,
};

enum action {
	ACTION_DOWN,
	ACTION_UP,
	ACTION_PAGE_DOWN,
	ACTION_PAGE_UP,
	ACTION_FIRST,
	ACTION_LAST,
	ACTION_FOCUS,
	ACTION_CHUNK,
	ACTION_TRAFFIC,
	ACTION_CADENCE,
	ACTION_CAMERAS,
	ACTION_MOTORS,
	ACTION_NEXT_CAMERA,
	ACTION_DIFFERENCE,
	ACTION_PICTURE,
	ACTION_PAUSE,
	ACTION_EPISODE,
	ACTION_MARK,
	ACTION_FIND,
	ACTION_UNITS,
	ACTION_BELL,
	ACTION_REDRAW,
	ACTION_HELP,
	ACTION_QUIT,
	ACTION_SUCCESS,
	ACTION_FAILURE,
	ACTION_DISCARD,
	ACTION_CONFIRM,
	ACTION_CANCEL,
	ACTION_N,
};

/* Where a key counts. */
enum key_set { KEYS_VIEW, KEYS_QUESTION };

struct key_row {
	enum action action;
	enum key_set set;
	uint32_t key[3];   /* 0 unused */
	const char *label; /* "j, Down" as people read it */
	const char *bar;   /* "j/k joint": key and word in the key bar, NULL: not there */
	const char *help;  /* one line, lower case, no full stop */
};

extern const struct key_row key_table[ACTION_N];

/* The row of a key, NULL none. */
const struct key_row *key_lookup(enum key_set set, uint32_t key);

#endif
