/* SPDX-License-Identifier: Apache-2.0 */
/* Rigs on disk: $XDG_CONFIG_HOME/policytop/rigs/NAME.json. Main thread. */
#ifndef POLICYTOP_RIG_RIG_FILE_H
#define POLICYTOP_RIG_RIG_FILE_H

#include <stdbool.h>

#include "rig/rig.h"

/* Where the rig of this name lies; the caller frees it. */
char *rig_file_dup(const char *name);

/* 0, -EINVAL with e: no name of a rig. */
int rig_file_name(const char *name, struct err *e);

/*
 * 0, or -errno with e: ENOENT there is none, EBADMSG its text has errors, of which e has the first.
 * What could be read is in r; errors gets all of them.
 */
int rig_file_load(struct rig *r, struct rig_errors *errors, const char *name, struct err *e);

/* Whole or not at all. -EEXIST with e: there is one, and replace is false. */
int rig_file_save(const struct rig *r, const char *name, bool replace, struct err *e);

/* Calls tell for every name in order. 0, or -errno with e; no folder is no rig. */
int rig_file_each(void (*tell)(void *host, const char *name), void *host, struct err *e);

#endif
