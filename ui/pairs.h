/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Which pair of colours is which number of the terminal: a terminal has fewer numbers than there
 * are pairs of 256 colours. A number is given anew only when its pair is not on the screen under
 * way; where that has more pairs than there are numbers, the nearest one has to do. Pure; owned by
 * its user.
 */
#ifndef POLICYTOP_UI_PAIRS_H
#define POLICYTOP_UI_PAIRS_H

#include <stdbool.h>
#include <stdint.h>

enum { PAIRS_MAX = 4096 };

struct pairs {
	unsigned room, used; /* numbers: that may be given, that were */
	unsigned hand;	     /* where the search for an old one goes on */
	uint32_t screen;
	struct {
		uint8_t fg, bg;
		uint32_t screen; /* the last one it was on */
	} pair[PAIRS_MAX];
	uint16_t number[256][256]; /* plus 1; 0: has none */
};

/* room: at most PAIRS_MAX are used; 0: none can be given. */
void pairs_init(struct pairs *p, unsigned room);

void pairs_next_screen(struct pairs *p);

/*
 * The number of a pair, 0 to room - 1; -1 without room. *made: it has another meaning than before,
 * the terminal has to be told.
 */
int pairs_get(struct pairs *p, uint8_t fg, uint8_t bg, bool *made);

#endif
