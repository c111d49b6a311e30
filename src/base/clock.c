/* SPDX-License-Identifier: Apache-2.0 */
#include "base/clock.h"

#include <stdio.h>
#include <time.h>

static int64_t read_ns(clockid_t id)
{
	struct timespec ts;

	clock_gettime(id, &ts);
	return (int64_t)ts.tv_sec * NS_PER_S + ts.tv_nsec;
}

struct clock clock_real(void)
{
	return (struct clock){.virtual_ns = TIME_UNKNOWN};
}

int64_t clock_now_ns(const struct clock *c)
{
	return c->virtual_ns == TIME_UNKNOWN ? read_ns(CLOCK_MONOTONIC) : c->virtual_ns;
}

int64_t clock_wall_ns(void)
{
	return read_ns(CLOCK_REALTIME);
}

void clock_utc_text(char dst[32], int64_t wall_ns)
{
	time_t s = (time_t)(wall_ns / NS_PER_S);
	struct tm tm;
	char day[20];

	gmtime_r(&s, &tm);
	strftime(day, sizeof(day), "%Y-%m-%dT%H:%M:%S", &tm);
	snprintf(dst, 32, "%s.%03dZ", day, (int)(wall_ns % NS_PER_S / NS_PER_MS));
}
