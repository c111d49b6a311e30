/* SPDX-License-Identifier: Apache-2.0 */
#include "ui/pace.h"

#include <math.h>

#include "base/clock.h"

/* Seconds that have passed begin with nothing. */
static void turn(struct pace *p, int64_t now_ns)
{
	int64_t second = (now_ns - p->begun_ns) / NS_PER_S;

	for (int n = 0; p->second < second && n < PACE_SECONDS; n++)
		p->sent[++p->second % PACE_SECONDS] = 0;
	p->second = second;
}

static void pay(struct pace *p, int64_t now_ns)
{
	p->debt_bytes -= PACE_BYTES_S * (double)(now_ns - p->at_ns) / (double)NS_PER_S;
	p->debt_bytes = fmax(0, p->debt_bytes);
	p->at_ns = now_ns;
}

void pace_spend(struct pace *p, double bytes, int64_t now_ns)
{
	if (!p->begun_ns)
		p->begun_ns = p->at_ns = now_ns;
	turn(p, now_ns);
	pay(p, now_ns);
	p->debt_bytes += bytes;
	p->sent[p->second % PACE_SECONDS] += bytes;
}

bool pace_may(struct pace *p, int64_t now_ns)
{
	pay(p, now_ns);
	return p->debt_bytes <= 0;
}

double pace_bytes_s(struct pace *p, int64_t now_ns)
{
	double sum = 0, span_s;

	if (!p->begun_ns)
		return (double)NAN;
	turn(p, now_ns);
	for (int i = 0; i < PACE_SECONDS; i++)
		sum += p->sent[i];
	/* The newest second is not over yet. */
	span_s = (double)(now_ns - p->begun_ns) / (double)NS_PER_S;
	span_s = fmin(span_s, PACE_SECONDS - 1 + fmod(span_s, 1));
	return span_s < 1 ? (double)NAN : sum / span_s;
}
