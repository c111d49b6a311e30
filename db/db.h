/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The database file: opening, making and migrating it. Everything that includes sqlite3.h is in
 * this room; others hold an opaque struct db. One connection per struct db, one thread at a time.
 *
 * The views are the public contract (policytop-db(5)); tables may change with user_version.
 */
#ifndef POLICYTOP_DB_DB_H
#define POLICYTOP_DB_DB_H

#include "base/err.h"

struct db;

enum db_mode {
	DB_READ,  /* the file must exist; nothing is ever written */
	DB_WRITE, /* makes the file and its folders when missing, migrates an older one */
};

enum {
	DB_APPLICATION_ID = 0x706c6379, /* "plcy" */
	DB_VERSION = 6,			/* user_version that this program writes */
	DB_BUSY_MS = 2000,		/* how long a connection waits for another one's lock */
};

/*
 * Opens path (a plain file name: neither a URI nor ":memory:"). NULL with e filled:
 *   EINVAL    empty path                 ENOENT    DB_READ and no such file
 *   ENOTSUP   a network filesystem       EROFS     DB_WRITE and the file is of a newer version
 *   EBADMSG   damaged, no SQLite database, or one of another program
 *   EBUSY, EACCES, EIO, ENOSPC           as they say
 * A newer file opens with DB_READ: views only grow.
 */
struct db *db_open(const char *path, enum db_mode mode, struct err *e);

void db_close(struct db *db); /* NULL is allowed */

const char *db_library(void); /* the version of SQLite that runs: "3.40.1" */

#endif
