/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What an audit says before anything moves: findings about a data set, a checkpoint's files, its
 * statistics, how it fits the rig. Preflight shows them, `explain` and `check` print them.
 *
 * An audit is a pure function: structs in, findings out; it reads no file, knows no clock. A
 * healthy subject gives a finding of LEVEL_OK with what was seen, what cannot be judged one of
 * LEVEL_UNKNOWN: silence is no answer. The list is owned by its maker; one thread.
 */
#ifndef POLICYTOP_AUDIT_FINDING_H
#define POLICYTOP_AUDIT_FINDING_H

#include <stddef.h>

#include "base/buf.h"
#include "model/verdict.h"

enum { AUDIT_SUBJECT_BYTES = 128, AUDIT_TEXT_BYTES = 320, AUDIT_DO_BYTES = 192 };

/* A code that findings bear: one row of audit_codes, and a paragraph of policytop-checks(7). */
struct audit_code {
	const char *code;    /* stable, [a-z0-9-]+; NULL ends the table */
	const char *group;   /* of the screen: "policy", "cameras", "pose", "data", "host" */
	const char *summary; /* one line, no full stop, at most 60 characters */
};
extern const struct audit_code audit_codes[];
const struct audit_code *audit_code_find(const char *code); /* NULL: no such code */

struct audit_finding {
	const struct audit_code *code;
	enum level level;
	char subject[AUDIT_SUBJECT_BYTES]; /* a joint, camera, feature or file; "" the whole */
	double value, threshold;	   /* NaN: not about a number */
	const char *unit;		   /* static; "" none */
	char text[AUDIT_TEXT_BYTES];	   /* one sentence with what proves it */
	char todo[AUDIT_DO_BYTES];	   /* what to do; "" nothing */
};

struct audit {
	size_t n, room;
	struct audit_finding *finding; /* NULL while n is 0 */
};

void audit_fini(struct audit *a); /* also resets */

/*
 * Appends a finding; code is one of audit_codes. Subject and text are cleaned. The result is valid
 * until the next call, for audit_number() and audit_do().
 */
struct audit_finding *audit_add(struct audit *a, const char *code, enum level level,
				const char *subject, const char *fmt, ...)
	__attribute__((format(printf, 5, 6)));
void audit_number(struct audit_finding *f, double value, double threshold, const char *unit);
void audit_do(struct audit_finding *f, const char *fmt, ...) __attribute__((format(printf, 2, 3)));

/* The worst level of all with this code (NULL: of all); LEVEL_UNKNOWN when there is none. */
enum level audit_level(const struct audit *a, const char *code);

/* The first finding with this code and subject (NULL: any); NULL: none. */
const struct audit_finding *audit_find(const struct audit *a, const char *code,
				       const char *subject);

/* Appends "[{"group":…,"code":…,"subject":…,"level":…,"value":…,"threshold":…,"unit":…,"text":…,
 * "do":…},…]". */
void audit_json(struct buf *b, const struct audit *a);

#endif
