/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Where files live (XDG base directories) and helpers are found. Results are freshly allocated,
 * the caller frees them. Any thread.
 */
#ifndef POLICYTOP_BASE_PATH_H
#define POLICYTOP_BASE_PATH_H

#include "base/err.h"

char *path_join_dup(const char *dir, const char *name);
char *path_absolute_dup(const char *path); /* against the working directory; not resolved */

char *path_config_dup(const char *name); /* $XDG_CONFIG_HOME/policytop/NAME */
char *path_data_dup(const char *name);	 /* $XDG_DATA_HOME/policytop/NAME */
char *path_cache_dup(const char *name);	 /* $XDG_CACHE_HOME/policytop/NAME */
char *path_state_dup(const char *name);	 /* $XDG_STATE_HOME/policytop/NAME */

/*
 * $XDG_RUNTIME_DIR/policytop, else /tmp/policytop-UID; made with mode 0700. NULL with e filled
 * when it cannot be made or belongs to somebody else.
 */
char *path_runtime_dup(struct err *e);

/*
 * A program of ours that no user calls: in $POLICYTOP_LIBEXECDIR, else where this build has it
 * (policytop-NAME in NAME/ beside our own program), else where it was installed. NULL with e.
 */
char *path_helper_dup(const char *name, struct err *e);

/* Makes every folder above the last component of path (0700). 0 or -errno with e. */
int path_make_parents(const char *path, struct err *e);

#endif
