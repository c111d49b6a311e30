/* SPDX-License-Identifier: Apache-2.0 */
/* How often something happened lately: repetition is what turns an oddity into an alarm. */
#ifndef POLICYTOP_CHECK_RECENT_H
#define POLICYTOP_CHECK_RECENT_H

enum { RECENT_MAX = 16 };

struct recent {
	unsigned n; /* ever; the last RECENT_MAX are kept */
	double at_s[RECENT_MAX];
};

/* What comes within apart_s of the one before is the same: other joints, the way back of a spike. */
static inline void recent_add(struct recent *r, double now_s, double apart_s)
{
	if (r->n == 0 || now_s - r->at_s[(r->n - 1) % RECENT_MAX] > apart_s)
		r->at_s[r->n++ % RECENT_MAX] = now_s;
}

/* How many within the last window_s, at most RECENT_MAX. */
static inline unsigned recent_count(const struct recent *r, double now_s, double window_s)
{
	unsigned count = 0, kept = r->n < RECENT_MAX ? r->n : RECENT_MAX;

	for (unsigned i = 0; i < kept; i++)
		count += now_s - r->at_s[i] <= window_s;
	return count;
}

#endif
