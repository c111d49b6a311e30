/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What is found before an episode: items, and the verdict that they make. Plain data; any thread.
 */
#ifndef POLICYTOP_MODEL_PREFLIGHT_H
#define POLICYTOP_MODEL_PREFLIGHT_H

#include <stdbool.h>
#include <stddef.h>

#include "model/verdict.h"

/* One line of the list. NaN and "" are unknown, or not meant. */
struct preflight_item {
	char group[NAME_BYTES];	  /* the heading: "policy", "cameras", "pose", "arm", "host" */
	char code[CODE_BYTES];	  /* stable, [a-z0-9-]+ */
	char subject[NAME_BYTES]; /* joint, camera, file; "" the whole */
	enum level level;	  /* LEVEL_UNKNOWN: not seen, or not applicable */
	bool required;		  /* unknown is then no GO */
	bool waived;
	double value, threshold; /* in unit */
	char unit[16];
	double age_s;		     /* of what was looked at */
	char source[NAME_BYTES];     /* where it came from */
	char message[MESSAGE_BYTES]; /* one sentence with the number that proves it */
	char advice[MESSAGE_BYTES];  /* what to do, "" nothing */
	char reason[MESSAGE_BYTES];  /* of a waiver, or why it is unknown */
};

void preflight_item_init(struct preflight_item *i, const char *group, const char *code);

enum preflight_verdict { PREFLIGHT_GO, PREFLIGHT_NO_GO, PREFLIGHT_NOT_SEEN };
const char *preflight_word(enum preflight_verdict v); /* "GO" "NO-GO" "NOT SEEN" */

/*
 * Any fail that is not waived: NO-GO; else a required item unknown and not waived: NOT SEEN; else
 * GO. *status (NULL allowed) is the exit status: 2, 3, and of GO 1 with a warn or a waiver, 0
 * without. Notes change nothing.
 */
enum preflight_verdict preflight_judge(const struct preflight_item *item, size_t n, int *status);

#endif
