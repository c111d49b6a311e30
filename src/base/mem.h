/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Allocation that cannot fail: running out of memory ends the process, because no caller could do
 * better. Never used with a size that came from outside without a bound. Any thread.
 */
#ifndef POLICYTOP_BASE_MEM_H
#define POLICYTOP_BASE_MEM_H

#include <stddef.h>

void *xcalloc(size_t n, size_t size) __attribute__((returns_nonnull)); /* zeroed */
void *xrealloc(void *p, size_t n, size_t size) __attribute__((returns_nonnull));
char *xstrdup(const char *s) __attribute__((returns_nonnull));

#endif
