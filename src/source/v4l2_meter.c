/* SPDX-License-Identifier: Apache-2.0 */
#include "source/v4l2_meter.h"

#include <math.h>

#include "base/clock.h"

/* A larger step of a frame's number is a stream that began anew. */
enum { GAP_MAX = 10000 };

void meter_init(struct meter *m, int64_t now_ns)
{
	*m = (struct meter){.since_ns = now_ns, .seen_ns = now_ns, .age_ms = (double)NAN};
}

static double seconds(int64_t from_ns, int64_t to_ns)
{
	int64_t ns;

	return __builtin_sub_overflow(to_ns, from_ns, &ns) ? (double)NAN
							   : (double)ns / (double)NS_PER_S;
}

/* The time between two frames; a lost frame between them makes it twice as long. */
static void add_interval(struct meter *m, double s, uint32_t step)
{
	if (!(s > 0 && s < 1000))
		return;
	m->intervals++;
	m->sum_s += s;
	m->steady_s += s / step;
	m->squares += s / step * (s / step);
}

void meter_frame(struct meter *m, const struct meter_frame *f, int64_t now_ns)
{
	bool own = f->t_ns != TIME_UNKNOWN;
	int64_t t_ns = own ? f->t_ns : f->taken_ns != TIME_UNKNOWN ? f->taken_ns : now_ns;
	uint32_t step = f->sequence - m->sequence;
	bool follows = m->any && step > 0 && step <= GAP_MAX;

	if (follows) {
		m->lost += step - 1;
		if (own == m->own_time)
			add_interval(m, seconds(m->t_ns, t_ns), step);
	}
	m->any = true;
	m->sequence = f->sequence;
	m->t_ns = t_ns;
	m->own_time = own;
	m->seen_ns = now_ns;
	m->errors += f->damaged;
	m->bytes += f->bytes;
	m->frames++;
	m->age_ms = own && f->taken_ns != TIME_UNKNOWN ? 1e3 * seconds(f->t_ns, f->taken_ns)
						       : (double)NAN;
}

void meter_tell(struct meter *m, struct camera *c, int64_t now_ns)
{
	double n = m->intervals, mean = m->steady_s / n, took = seconds(m->since_ns, now_ns);

	c->lost = m->lost;
	c->errors = m->errors;
	c->sequence = m->any ? (int64_t)m->sequence : -1;
	if (m->intervals)
		c->fps = n / m->sum_s;
	else if (!m->frames && took >= 0.5)
		c->fps = 0;
	if (m->intervals >= 2)
		c->jitter_ms = 1e3 * sqrt(fmax(0, m->squares / n - mean * mean));
	c->age_ms = m->age_ms;
	if (took >= 0.5)
		c->megabytes_s = (double)m->bytes / took / 1e6;
	m->frames = m->intervals = 0;
	m->bytes = 0;
	m->sum_s = m->steady_s = m->squares = 0;
	m->age_ms = (double)NAN;
	m->since_ns = now_ns;
}

double meter_silence_s(const struct meter *m, int64_t now_ns)
{
	return seconds(m->seen_ns, now_ns);
}
