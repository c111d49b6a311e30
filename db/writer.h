/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The recorder: what a sink of model/record.h does with a database. Owned and called by one thread.
 *
 * The transaction begins with the first put() after a commit(). After any error of put() or
 * commit() the whole open transaction is gone and the recorder stands where the last successful
 * commit() left it: the caller puts every record since then again, whenever it likes (a full disk
 * or a lock may pass). So nothing is ever half-written, and nothing is lost that the caller keeps.
 */
#ifndef POLICYTOP_DB_WRITER_H
#define POLICYTOP_DB_WRITER_H

#include "model/record.h"

/*
 * Opens a recorder on path (made when missing); NULL with e filled as by db_open(). With
 * resume_rig, the first RECORD_RUN continues the newest run of that rig if it did not end in order
 * (a new segment of the same run); without one, or without such a run, it makes a new run.
 */
void *db_writer_open(const char *path, const char *resume_rig, struct err *e);

/* Rolls back what was not committed. NULL is allowed. */
void db_writer_close(void *sink);

extern const struct sink_ops db_sink;

/*
 * Where the newest run of rig stands when it did not end in order; out->run is 0 when there is
 * nothing to resume (also when there is no file yet). 0, or -errno with e.
 */
int db_resume_point(const char *path, const char *rig, struct resume_point *out, struct err *e);

#endif
