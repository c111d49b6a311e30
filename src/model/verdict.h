/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What a check says. A verdict is one latched rise of level of one code and subject; the same
 * condition going on is the same verdict. Plain data, any thread.
 */
#ifndef POLICYTOP_MODEL_VERDICT_H
#define POLICYTOP_MODEL_VERDICT_H

#include <stdint.h>

#include "base/buf.h"
#include "model/joint.h"

enum level { LEVEL_UNKNOWN, LEVEL_OK, LEVEL_NOTE, LEVEL_WARN, LEVEL_FAIL };
const char *level_word(enum level l); /* "unknown" "ok" "note" "warn" "fail" */

enum { CODE_BYTES = 24, MESSAGE_BYTES = 200 };

struct verdict {
	enum level level;
	char code[CODE_BYTES];	  /* stable, [a-z0-9-]+: "jump" */
	char subject[NAME_BYTES]; /* a joint's name, "seen", "policy"; "" the run */
	uint32_t episode;
	int64_t seq; /* the step that proved it */
	int64_t t_ns;
	double value, threshold; /* NaN unknown; both in unit */
	char unit[16];
	char message[MESSAGE_BYTES]; /* one sentence with the number that proves it */
};

/* Appends it as the members of a JSON object, without the braces: what --on-fail and --json say. */
void verdict_json(struct buf *b, const struct verdict *v);

/* What a check shows when asked, alarm or not. */
struct check_status {
	const char *code;	  /* static */
	enum level level;	  /* LEVEL_UNKNOWN: not applicable, see why */
	char subject[NAME_BYTES]; /* of the worst value, "" none */
	double value, threshold;  /* NaN unknown */
	bool least;		  /* the value is to be at least threshold, not at most */
	char unit[16];
	bool absent;		 /* not applicable: of what it looks at, this run has none */
	char why[MESSAGE_BYTES]; /* "not applicable: no profile", or the sentence of value */
};

#endif
