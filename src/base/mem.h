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
/*
 * A hint before a large block is first touched: huge pages, where the system gives them on request.
 * Page by page the first touch costs as much as a simple computation. Does nothing for small ones.
 */
void mem_prefer_huge(void *p, size_t bytes);
char *xstrdup(const char *s) __attribute__((returns_nonnull));

#endif
