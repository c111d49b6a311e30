/* SPDX-License-Identifier: Apache-2.0 */
/* What a bug report is made of; shared by cmd_bug_report.c and report_*.c. Main thread. */
#ifndef POLICYTOP_CMD_REPORT_IMPL_H
#define POLICYTOP_CMD_REPORT_IMPL_H

#include "cmd/report.h"
#include "db/db.h"

enum {
	REPORT_LOG_BYTES = 256 * 1024,
	REPORT_CAPTURE_BYTES = 16 * 1024 * 1024,
	REPORT_KEEP_S = 600, /* of a long run */
	REPORT_RIGS_MAX = 16,
};

/* The run that it is about; without one db is NULL or run 0, and why says why. */
struct report_run {
	struct db *db;
	int64_t run;
	char *path;	     /* of the database */
	char *rig, *profile; /* "" unknown */
	char why[REPORT_NOTE_BYTES];
};

/* Words that nobody else should read, of this machine and of the run, told to r->redact. */
void report_know(struct report *r, const struct report_run *run);

/* Words of a capture's or a run's sources: hosts in them. */
void report_know_source(struct report *r, const char *word);

/* Rigs and logs: those of the run's rig, or all when there is no run. 0, or -errno with e. */
int report_texts(struct report *r, const struct report_run *run, struct err *e);

/* show.json, profile.json, run.db. 0, or -errno with e. */
int report_add_run(struct report *r, const struct report_run *run, struct err *e);

/* capture.raw: the end of a capture. 0, or -errno with e: it is none, or cannot be written. */
int report_capture(struct report *r, const char *path, struct err *e);

/* report.json: the program, its libraries, the machine, and what the report holds. */
int report_about(struct report *r, const struct report_run *run, struct err *e);

/* Appends the members "parts", "left_out" and "replaced" of a JSON object, with a comma before. */
void report_contents_json(struct buf *b, const struct report *r);

/*
 * The last bytes of a file, from the beginning of a line; a link, a pipe or a folder is not read.
 * 0, or -errno with e. *cut: there was more.
 */
int report_tail(struct buf *b, const char *path, size_t most, bool *cut, struct err *e);

#endif
