/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The log of an engine that has no terminal: one line an event, with the time. At 1 MiB the file
 * becomes FILE.1 and a new one begins. Standard error goes there, too. Loop thread.
 */
#ifndef POLICYTOP_ENGINE_JOURNAL_H
#define POLICYTOP_ENGINE_JOURNAL_H

#include <stddef.h>

struct journal {
	const char *path; /* NULL: nothing is written; the caller's */
	size_t bytes;
};

void journal_open(struct journal *j, const char *path); /* NULL is allowed */
void journal_line(struct journal *j, const char *fmt, ...) __attribute__((format(printf, 2, 3)));

#endif
