/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Outcomes have upper-case letters and need Enter: LeRobot's recorder listens to the arrow keys
 * and Escape in every window, so none of these may mean anything to an episode here.
 */
#include "ui/keys.h"

#include <stddef.h>

const struct key_row key_table[ACTION_N] = {
	{ACTION_DOWN, KEYS_VIEW, {'j', UI_KEY_DOWN}, "j, Down", "j/k joint", "next joint or line"},
	{ACTION_UP, KEYS_VIEW, {'k', UI_KEY_UP}, "k, Up", NULL, "previous joint or line"},
	{ACTION_PAGE_DOWN, KEYS_VIEW, {UI_KEY_PGDN}, "PgDn", NULL, "ten further"},
	{ACTION_PAGE_UP, KEYS_VIEW, {UI_KEY_PGUP}, "PgUp", NULL, "ten back"},
	{ACTION_FIRST, KEYS_VIEW, {UI_KEY_HOME}, "Home", NULL, "first joint or line"},
	{ACTION_LAST, KEYS_VIEW, {UI_KEY_END}, "End", NULL, "last joint or line"},
	{ACTION_FOCUS, KEYS_VIEW, {'\t'}, "Tab", "Tab panel", "next panel: joints, checks, events"},
	{ACTION_CHUNK, KEYS_VIEW, {'c'}, "c", "c/t/y/i/o pages", "chunk: plan, seam and prompt"},
	{ACTION_TRAFFIC, KEYS_VIEW, {'t'}, "t", NULL, "traffic with the policy server"},
	{ACTION_CADENCE, KEYS_VIEW, {'y'}, "y", NULL, "cadence of the control loop"},
	{ACTION_CAMERAS, KEYS_VIEW, {'i'}, "i", NULL, "images of the cameras"},
	{ACTION_MOTORS,
	 KEYS_VIEW,
	 {'o'},
	 "o",
	 NULL,
	 "motors and their buses; the key of a page again: back"},
	{ACTION_NEXT_CAMERA, KEYS_VIEW, {'n'}, "n", NULL, "next camera of the images"},
	{ACTION_DIFFERENCE, KEYS_VIEW, {'d'}, "d", NULL, "difference from training"},
	{ACTION_PICTURE, KEYS_VIEW, {'p'}, "p", NULL, "save image and training as a PNG file"},
	{ACTION_PAUSE,
	 KEYS_VIEW,
	 {' '},
	 "space",
	 "space pause",
	 "hold the picture; the engine goes on"},
	{ACTION_EPISODE, KEYS_VIEW, {'e'}, "e", "e episode", "end the episode, or start one"},
	{ACTION_MARK, KEYS_VIEW, {'m'}, "m", "m mark", "mark this moment with a note"},
	{ACTION_FIND, KEYS_VIEW, {'/'}, "/", "/ find", "find a joint by a part of its name"},
	{ACTION_UNITS,
	 KEYS_VIEW,
	 {'u'},
	 "u",
	 "u units",
	 "units: robot, 0..1 of training q01..q99, standard deviations"},
	{ACTION_BELL, KEYS_VIEW, {'b'}, "b", NULL, "bell at a fail: on or off"},
	{ACTION_REDRAW, KEYS_VIEW, {'L' & 0x1f}, "Ctrl-L", NULL, "draw the whole screen again"},
	{ACTION_HELP, KEYS_VIEW, {'?', 'h'}, "?", "? help", "this help"},
	{ACTION_QUIT, KEYS_VIEW, {'q'}, "q", "q quit", "leave; the engine goes on and records"},
	{ACTION_SUCCESS, KEYS_QUESTION, {'S'}, "S", NULL, "the episode was a success"},
	{ACTION_FAILURE, KEYS_QUESTION, {'F'}, "F", NULL, "the episode failed"},
	{ACTION_DISCARD, KEYS_QUESTION, {'X'}, "X", NULL, "the episode does not count"},
	{ACTION_CONFIRM, KEYS_QUESTION, {UI_KEY_ENTER, '\n', '\r'}, "Enter", NULL, "do it"},
	{ACTION_CANCEL,
	 KEYS_QUESTION,
	 {UI_KEY_ESC, 'q'},
	 "Esc",
	 NULL,
	 "leave the question; nothing happens"},
};

const struct key_row *key_lookup(enum key_set set, uint32_t key)
{
	for (size_t i = 0; key && i < ACTION_N; i++) {
		const struct key_row *r = &key_table[i];

		if (r->set == set && (r->key[0] == key || r->key[1] == key || r->key[2] == key))
			return r;
	}
	return NULL;
}
