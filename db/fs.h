/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Which filesystems cannot hold the database: WAL needs memory shared between processes and locks
 * that work, and network filesystems have neither (sqlite.org/wal.html). Any thread.
 */
#ifndef POLICYTOP_DB_FS_H
#define POLICYTOP_DB_FS_H

#include "base/err.h"

/* Name of a network filesystem by the type of statfs(2), NULL for others. */
const char *fs_network_name(unsigned long type);

/* The same by the name of /proc/self/mountinfo: "fuse.sshfs" is one, "fuse.ntfs" is not. */
const char *fs_network_fuse(const char *fstype);

/* 0, or -ENOTSUP with the reason when path (or the nearest folder that exists) is on one. */
int fs_check(const char *path, struct err *e);

#endif
