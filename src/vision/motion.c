/* SPDX-License-Identifier: Apache-2.0 */
#include "vision/motion.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/text.h"

static const double over_s = 0.1, tolerance_s = 0.035; /* of the two ends of a difference */
static const double pose_gap_s = 0.016, lag_step_s = 1 / 15.0;
static const double pair_gap_s = 0.155; /* neighbours are not independent */
static const double floor_log = -5;
/* Pairs depend on each other: their evidence counts less than that of so many strangers. */
static const double dependence = 0.8;

unsigned motion_class_s(double degrees)
{
	double x = 1 + 10 * log(degrees / 0.2) / log(100);

	return !(degrees >= 0.2) ? 0 : x >= MOTION_S ? MOTION_S - 1 : (unsigned)x;
}

unsigned motion_class_v(double grey_levels)
{
	double x = 1 + 11 * log(grey_levels / 0.15) / log(120);

	return !(grey_levels >= 0.15) ? 0 : x >= MOTION_V ? MOTION_V - 1 : (unsigned)x;
}

/* Neighbouring classes are much the same: 1 2 1 both ways. */
static void smooth(double n[MOTION_S][MOTION_V])
{
	double out[MOTION_S][MOTION_V];

	for (int s = 0; s < MOTION_S; s++) {
		for (int v = 0; v < MOTION_V; v++) {
			double sum = 0;

			for (int k = 0; k < 9; k++) {
				int i = s + k / 3 - 1, j = v + k % 3 - 1;

				i = i < 0 ? 0 : i < MOTION_S ? i : MOTION_S - 1;
				j = j < 0 ? 0 : j < MOTION_V ? j : MOTION_V - 1;
				sum += n[i][j] * (k / 3 == 1 ? 2 : 1) * (k % 3 == 1 ? 2 : 1);
			}
			out[s][v] = sum / 16;
		}
	}
	memcpy(n, out, sizeof(out));
}

void motion_learn(double log_p[MOTION_S][MOTION_V], const struct motion_counts *c)
{
	double n[MOTION_S][MOTION_V], marginal[MOTION_V] = {0}, all = 0;

	memcpy(n, c->n, sizeof(n));
	smooth(n);
	for (unsigned s = 0; s < MOTION_S; s++) {
		for (unsigned v = 0; v < MOTION_V; v++) {
			marginal[v] += n[s][v];
			all += n[s][v];
		}
	}
	for (unsigned s = 0; s < MOTION_S; s++) {
		double row = 0;

		for (unsigned v = 0; v < MOTION_V; v++) {
			n[s][v] += (all > 0 ? 5 * marginal[v] / all : 0) + 0.5;
			row += n[s][v];
		}
		for (unsigned v = 0; v < MOTION_V; v++)
			log_p[s][v] = fmax(floor_log, log(n[s][v] / row));
	}
}

/* About how many degrees one unit is: only the class of the sum matters. */
static double degrees_of(enum unit u)
{
	return u == UNIT_RAD	    ? 57.3
	       : u == UNIT_M100_100 ? 0.9
	       : u == UNIT_0_100    ? 0.2
	       : u == UNIT_0_1	    ? 20
	       : u == UNIT_TICKS    ? 0.088
				    : 1;
}

static size_t prefix_of(const char *name)
{
	size_t n = strcspn(name, "_/.");

	return name[n] ? n + 1 : 0;
}

static bool has(const struct joint *joint, unsigned n, const char *prefix, size_t len,
		const char *rest)
{
	for (unsigned i = 0; i < n; i++) {
		if (strncmp(joint[i].name, prefix, len) == 0 &&
		    strcmp(joint[i].name + len, rest) == 0)
			return true;
	}
	return false;
}

/* Number of joints that begin so, and whether all of them are also there with the other beginning. */
static unsigned twins(const struct joint *joint, unsigned n, const char *a, size_t a_len,
		      const char *b, size_t b_len)
{
	unsigned same = 0;

	for (unsigned i = 0; i < n; i++) {
		if (strncmp(joint[i].name, a, a_len) != 0 || prefix_of(joint[i].name) != a_len)
			continue;
		if (!has(joint, n, b, b_len, joint[i].name + a_len))
			return 0;
		same++;
	}
	return same;
}

static int arm_of(const struct motion_arms *a, const char *name)
{
	for (unsigned i = 0; i < a->arms; i++) {
		if (text_starts(name, a->prefix[i]))
			return (int)i;
	}
	return -1;
}

static void add_prefix(struct motion_arms *a, const char *name)
{
	if (a->arms < MOTION_ARMS && arm_of(a, name) < 0) {
		text_copy(a->prefix[a->arms], NAME_BYTES, name);
		a->prefix[a->arms++][prefix_of(name)] = '\0';
	}
}

static void add_joints(struct motion_arms *a, const struct joint *joint, unsigned n)
{
	a->joints = 0;
	for (unsigned i = 0; i < n && a->joints < MOTION_JOINTS; i++) {
		int arm = arm_of(a, joint[i].name);

		if (arm < 0)
			continue;
		a->joint[a->joints] = i;
		a->arm[a->joints] = (unsigned)arm;
		a->degrees[a->joints++] = degrees_of(joint[i].unit);
	}
}

void motion_find_arms(struct motion_arms *a, const struct joint *joint, unsigned n)
{
	enum { FEW = 3 };

	*a = (struct motion_arms){0};
	for (unsigned i = 0; i < n; i++) {
		size_t len = prefix_of(joint[i].name);

		for (unsigned k = i + 1; k < n && len; k++) {
			size_t other = prefix_of(joint[k].name);

			if (!other || strcmp(joint[i].name + len, joint[k].name + other) != 0 ||
			    twins(joint, n, joint[i].name, len, joint[k].name, other) < FEW ||
			    twins(joint, n, joint[k].name, other, joint[i].name, len) < FEW)
				continue;
			add_prefix(a, joint[i].name);
			add_prefix(a, joint[k].name);
		}
	}
	add_joints(a, joint, n);
}

bool motion_begin(struct motion *m, const struct motion_table *table, const struct joint *joint,
		  unsigned n)
{
	unsigned seen[MOTION_ARMS] = {0};

	m->table = table;
	m->arms = (struct motion_arms){.arms = table->arms};
	memcpy(m->arms.prefix, table->prefix, sizeof(table->prefix));
	add_joints(&m->arms, joint, n);
	motion_restart(m);
	for (unsigned i = 0; i < m->arms.joints; i++)
		seen[m->arms.arm[i]]++;
	for (unsigned i = 0; i < table->arms; i++) {
		if (!seen[i])
			return false;
	}
	return true;
}

void motion_restart(struct motion *m)
{
	m->poses = m->next_pose = 0;
	memset(m->sum, 0, sizeof(m->sum));
	memset(m->pairs, 0, sizeof(m->pairs));
	for (unsigned i = 0; i < MOTION_ARMS; i++) {
		m->camera[i].pictures = m->camera[i].next = 0;
		m->camera[i].used_s = -1e9;
	}
}

void motion_step(struct motion *m, double t_s, const double *joint)
{
	const struct motion_pose *last =
		m->poses ? &m->pose[(m->next_pose + MOTION_POSES - 1) % MOTION_POSES] : NULL;
	struct motion_pose *p;

	if (last && t_s - last->t_s < pose_gap_s)
		return;
	p = &m->pose[m->next_pose];
	m->next_pose = (m->next_pose + 1) % MOTION_POSES;
	if (m->poses < MOTION_POSES)
		m->poses++;
	p->t_s = t_s;
	for (unsigned i = 0; i < m->arms.joints; i++)
		p->v[i] = joint[m->arms.joint[i]] * m->arms.degrees[i];
}

static const struct motion_pose *pose_at(const struct motion *m, double t_s)
{
	const struct motion_pose *best = NULL;

	for (unsigned i = 0; i < m->poses; i++) {
		const struct motion_pose *p = &m->pose[i];

		if (!best || fabs(p->t_s - t_s) < fabs(best->t_s - t_s))
			best = p;
	}
	return best && fabs(best->t_s - t_s) <= tolerance_s ? best : NULL;
}

/* The way of each arm over the tenth of a second that ended then; false: not known. */
static bool ways(const struct motion *m, double t_s, double way[MOTION_ARMS])
{
	const struct motion_pose *to = pose_at(m, t_s), *from = pose_at(m, t_s - over_s);

	if (!to || !from || to == from)
		return false;
	for (unsigned i = 0; i < MOTION_ARMS; i++)
		way[i] = 0;
	for (unsigned i = 0; i < m->arms.joints; i++)
		way[m->arms.arm[i]] += fabs(to->v[i] - from->v[i]);
	return isfinite(way[0]);
}

static void add_pair(struct motion *m, unsigned camera, double t_s, double change)
{
	double likely[MOTION_ARMS][MOTION_LAGS], way[MOTION_ARMS];
	unsigned v = motion_class_v(change);

	/* All lags or none: answers are compared at sums of the same pairs. */
	for (unsigned lag = 0; lag < MOTION_LAGS; lag++) {
		if (!ways(m, t_s - lag * lag_step_s, way))
			return;
		for (unsigned arm = 0; arm < m->arms.arms; arm++)
			likely[arm][lag] = m->table->log_p[motion_class_s(way[arm])][v];
	}
	for (unsigned arm = 0; arm < m->arms.arms; arm++) {
		for (unsigned lag = 0; lag < MOTION_LAGS; lag++)
			m->sum[camera][arm][lag] += likely[arm][lag];
	}
	m->pairs[camera]++;
	m->camera[camera].used_s = t_s;
}

static double change_of(const uint8_t *a, const uint8_t *b)
{
	int sum = 0;

	for (unsigned i = 0; i < VIEW_PIXELS; i++)
		sum += abs(a[i] - b[i]);
	return (double)sum / VIEW_PIXELS;
}

void motion_see(struct motion *m, unsigned camera, double t_s, const struct view *v)
{
	const struct motion_picture *before = NULL;
	struct motion_picture *p;
	float grey[VIEW_PIXELS];

	if (camera >= m->arms.arms)
		return;
	p = &m->camera[camera].picture[m->camera[camera].next];
	m->camera[camera].next = (m->camera[camera].next + 1) % MOTION_VIEWS;
	if (m->camera[camera].pictures < MOTION_VIEWS)
		m->camera[camera].pictures++;
	view_grey(v, grey);
	p->t_s = t_s;
	for (unsigned i = 0; i < VIEW_PIXELS; i++)
		p->grey[i] = (uint8_t)grey[i];
	if (t_s - m->camera[camera].used_s < pair_gap_s)
		return;
	for (unsigned i = 0; i < m->camera[camera].pictures; i++) {
		const struct motion_picture *q = &m->camera[camera].picture[i];

		if (fabs(t_s - over_s - q->t_s) <= tolerance_s &&
		    (!before || fabs(t_s - over_s - q->t_s) < fabs(t_s - over_s - before->t_s)))
			before = q;
	}
	if (before)
		add_pair(m, camera, t_s, change_of(p->grey, before->grey));
}

static double score(const struct motion *m, const unsigned *arm)
{
	double best = -INFINITY;

	for (unsigned lag = 0; lag < MOTION_LAGS; lag++) {
		double sum = 0;

		for (unsigned c = 0; c < m->arms.arms; c++)
			sum += m->sum[c][arm[c]][lag];
		best = fmax(best, sum);
	}
	return best;
}

/* The next order of n different numbers; false: there is none. */
static bool permute(unsigned *v, unsigned n)
{
	unsigned i = n - 1, k = n - 1, swap;

	while (i > 0 && v[i - 1] >= v[i])
		i--;
	if (!i)
		return false;
	while (v[k] <= v[i - 1])
		k--;
	swap = v[i - 1];
	v[i - 1] = v[k];
	v[k] = swap;
	for (k = n - 1; i < k; i++, k--) {
		swap = v[i];
		v[i] = v[k];
		v[k] = swap;
	}
	return true;
}

void motion_answer(const struct motion *m, struct motion_answer *a)
{
	double best = -INFINITY, second = -INFINITY;
	unsigned arm[MOTION_ARMS], n = m->arms.arms;

	*a = (struct motion_answer){.right = true};
	for (unsigned i = 0; i < MOTION_ARMS; i++)
		arm[i] = a->arm[i] = i;
	for (unsigned i = 0; i < n; i++) {
		if (!m->pairs[i])
			return;
	}
	do {
		double s = score(m, arm);

		if (s > best) {
			second = best;
			best = s;
			memcpy(a->arm, arm, sizeof(arm));
		} else {
			second = fmax(second, s);
		}
	} while (permute(arm, n));
	a->log10_odds = dependence * (best - second) / log(10);
	a->decided = a->log10_odds > MOTION_DECIDED;
	for (unsigned i = 0; i < n; i++)
		a->right = a->right && a->arm[i] == i;
}
