/* SPDX-License-Identifier: Apache-2.0 */
/*
 * How much a terminal is sent. Pictures cost far more than numbers, so the next one waits until
 * what was sent is paid off at PACE_BYTES_S: then a slow line keeps up. Pure; owned by its user.
 */
#ifndef POLICYTOP_UI_PACE_H
#define POLICYTOP_UI_PACE_H

#include <stdbool.h>
#include <stdint.h>

enum { PACE_BYTES_S = 25000, PACE_SECONDS = 4 };

struct pace {
	double debt_bytes; /* at at_ns */
	int64_t at_ns;
	int64_t begun_ns;	   /* 0: nothing yet */
	int64_t second;		   /* since begun_ns: of the newest entry below */
	double sent[PACE_SECONDS]; /* bytes of the last seconds, a ring */
};

void pace_spend(struct pace *p, double bytes, int64_t now_ns); /* bytes were sent */
bool pace_may(struct pace *p, int64_t now_ns);		       /* a picture may follow */

/* Over the last PACE_SECONDS, or what there is of them; NaN: nothing was sent yet. */
double pace_bytes_s(struct pace *p, int64_t now_ns);

#endif
