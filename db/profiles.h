/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Training profiles in the database: the whole profile as JSON, and beside it the rows of the view
 * profile_joints for SQL. Writes are one BEGIN IMMEDIATE transaction each. One thread.
 */
#ifndef POLICYTOP_DB_PROFILES_H
#define POLICYTOP_DB_PROFILES_H

#include <stddef.h>

#include "db/db.h"
#include "model/profile.h"

/* Stores p under p->name, replacing one of the same name. 0, or -errno with e. */
int profiles_put(struct db *db, const struct profile *p, struct err *e);

/* The profile called name (caller frees), or NULL with e: ENOENT names those that exist. */
struct profile *profiles_get(struct db *db, const char *name, struct err *e);

/* The same of the file at path. name NULL: NULL without an error. */
struct profile *profiles_load(const char *path, const char *name, struct err *e);

/* Its JSON text as stored (caller frees with free()), or NULL with e. */
char *profiles_json_dup(struct db *db, const char *name, struct err *e);

/* 0, or -ENOENT, -errno with e. Runs that used it keep its name. */
int profiles_remove(struct db *db, const char *name, struct err *e);

#endif
