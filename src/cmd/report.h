/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A report as it grows: a folder beside the file that it becomes, which nobody else may read, and
 * which is gone again whatever happens: SIGINT, SIGTERM and SIGHUP are held back meanwhile, and take
 * effect in report_close(). Everything in it has gone through redact.h. Main thread.
 */
#ifndef POLICYTOP_CMD_REPORT_H
#define POLICYTOP_CMD_REPORT_H

#include <signal.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/err.h"
#include "redact/redact.h"

enum { REPORT_PARTS_MAX = 64, REPORT_NAME_BYTES = 96, REPORT_NOTE_BYTES = 320 };

/* A file in the report; or, left out, what is not in it. */
struct report_part {
	char name[REPORT_NAME_BYTES];
	int64_t bytes;
	char note[REPORT_NOTE_BYTES]; /* what it is; why it is not there */
};

struct report {
	struct redact *redact;
	bool redacts;  /* --redact */
	bool pictures; /* --pictures */
	char *out;     /* the file it becomes */
	char *stage;   /* NULL: there is none */
	char name[64]; /* of the folder in the archive */
	int64_t bytes; /* of the file, when it is whole */
	unsigned parts, lefts;
	struct report_part part[REPORT_PARTS_MAX], left[REPORT_PARTS_MAX];
	int signals; /* signalfd(2), -1 none */
	sigset_t before;
};

/*
 * Begins one that is to become out. Members above stage are set before. 0, or -errno with e: EEXIST
 * there is such a file. report_close() it, also then.
 */
int report_open(struct report *r, const char *name, struct err *e);

/* A signal waits: whatever takes long asks. */
bool report_stopped(const struct report *r);

/* Adds a file of bytes that are redacted here. 0, or -errno with e: it cannot be written. */
int report_add(struct report *r, const char *name, const char *text, size_t len, const char *note,
	       struct err *e);

/* The same of bytes that were redacted already. */
int report_add_bytes(struct report *r, const char *name, const void *bytes, size_t len,
		     const char *note, struct err *e);

/* Where a file of this name is made by others, the caller frees it; then it is told. */
char *report_path_dup(const struct report *r, const char *name);
void report_made(struct report *r, const char *name, const char *note);

/* What is not in it, and why. */
void report_left(struct report *r, const char *what, const char *fmt, ...)
	__attribute__((format(printf, 3, 4)));

/* Packs it, and gives it its name. 0, or -errno with e, EINTR when a signal waits. */
int report_pack(struct report *r, struct err *e);

void report_close(struct report *r); /* what was packed stays */

#endif
