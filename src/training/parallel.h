/* SPDX-License-Identifier: Apache-2.0 */
/* Two threads for work that comes in independent pieces. */
#ifndef POLICYTOP_TRAINING_PARALLEL_H
#define POLICYTOP_TRAINING_PARALLEL_H

#include <stddef.h>

enum { PARALLEL_THREADS = 2 };

/*
 * Calls job(ctx, i) for every i < n, each once, in any order, on this thread and one more; returns
 * when all are done. meanwhile (NULL: nothing) is called on this thread after each piece of its
 * own with the number of pieces that were begun.
 */
void parallel_for(size_t n, void (*job)(void *ctx, size_t i), void *ctx,
		  void (*meanwhile)(void *host, size_t begun, size_t n), void *host);

#endif
