/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The one clock. Everything that asks for the time takes a struct clock, so that tests and the
 * headless demo can run on virtual time. Times are CLOCK_MONOTONIC nanoseconds (int64_t, _ns).
 * One thread at a time.
 */
#ifndef POLICYTOP_BASE_CLOCK_H
#define POLICYTOP_BASE_CLOCK_H

#include <stdint.h>

#define NS_PER_S     1000000000LL
#define NS_PER_MS    1000000LL
#define TIME_UNKNOWN INT64_MIN

struct clock {
	int64_t virtual_ns; /* TIME_UNKNOWN: the real clock; else the time, moved by its owner */
};

struct clock clock_real(void);
int64_t clock_now_ns(const struct clock *c);
int64_t clock_wall_ns(void); /* CLOCK_REALTIME, for run headers only */

/* ISO 8601 UTC with milliseconds of a CLOCK_REALTIME time; dst holds at least 25 bytes. */
void clock_utc_text(char dst[32], int64_t wall_ns);

#endif
