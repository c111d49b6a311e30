/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Episodes to a profile. The work is cut into blocks of some joints each, so that the rows are
 * walked once a block, and two threads share the blocks.
 */
#include <math.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/text.h"
#include "training/behaviour.h"
#include "training/column.h"
#include "training/episodes.h"
#include "training/parallel.h"
#include "training/quantile.h"
#include "training/running.h"
#include "training/space.h"

enum { BLOCK = 8, ROWS = 256, BLOCKS_MAX = 2 * MAX_JOINTS / BLOCK };

struct block {
	bool action;
	unsigned first, n;
};

/* Memory for one block: columns one after the other, and what is derived from one of them. */
struct columns {
	size_t frames;
	double *v[BLOCK], *other[BLOCK], *derived;
	double *means; /* of episodes */
	struct quantile_room room;
	struct running_room running;
};

struct build {
	const struct episodes *e;
	const unsigned char *use;
	struct profile *p;
	size_t frames, count; /* of the episodes in use */
	const struct episode_span **span;
	size_t nblocks;
	struct block block[BLOCKS_MAX];
	atomic_flag busy[PARALLEL_THREADS];
	struct columns *columns[PARALLEL_THREADS];
};
static void read_columns(const struct build *b, double *const *dst, const double *src,
			 unsigned width, const int *index, unsigned n)
{
	size_t row = 0;

	/* Few rows at a time: all columns find them in the nearest cache. */
	for (size_t s = 0; s < b->count; s++) {
		const double *from = src + b->span[s]->first * width;

		for (size_t left = b->span[s]->frames, rows; left; left -= rows) {
			rows = left < ROWS ? left : ROWS;
			for (unsigned k = 0; k < n; k++) {
				if (index[k] >= 0)
					column_copy(dst[k] + row, from + index[k], rows, width);
			}
			from += rows * width;
			row += rows;
		}
	}
}

/* What is not finite is left out. Returns how many are left; dst may be v. */
static size_t keep_finite(double *dst, const double *v, size_t n)
{
	size_t m = 0;

	for (size_t i = 0; i < n; i++) {
		if (isfinite(v[i]))
			dst[m++] = v[i];
	}
	return m;
}

/* Of the finite ones of *n values at *v: a copy in c->derived where some are not. */
static struct extent finite_extent(struct columns *c, const double **v, size_t *n)
{
	struct extent e = column_extent(*v, *n);

	if (isfinite(e.sum))
		return e;
	*n = keep_finite(c->derived, *v, *n);
	*v = c->derived;
	return column_extent(*v, *n);
}

/* min, max, mean and population standard deviation of finite values; NaN for none. */
static void moments(const double *v, size_t n, struct extent e, double *min, double *max,
		    double *mean, double *std)
{
	*min = *max = *mean = *std = NAN;
	if (!n)
		return;
	*min = e.min;
	*max = e.max;
	*mean = e.sum / (double)n;
	*std = sqrt(column_squares(v, n, *mean) / (double)n);
}

static void value_figures(struct joint_profile *j, struct columns *c, const double *v)
{
	static const double q[] = {0.01, 0.1, 0.5, 0.9, 0.99};
	struct dist *d = &j->value;
	size_t n = c->frames;
	struct extent e = finite_extent(c, &v, &n);
	double out[5];

	moments(v, n, e, &d->min, &d->max, &d->mean, &d->std);
	quantiles(&c->room, v, n, d->min, d->max, q, out, 5);
	d->q01 = out[0];
	d->q10 = out[1];
	d->q50 = out[2];
	d->q90 = out[3];
	d->q99 = out[4];
}

/* |Δ| of consecutive frames of one episode, into dst; its number, and the largest or NaN. */
static size_t episode_deltas(double *dst, const double *v, size_t frames, double *max)
{
	size_t n = frames ? frames - 1 : 0;
	struct extent e;

	column_distances(dst, v + 1, v, n);
	e = column_extent(dst, n);
	if (!isfinite(e.sum)) {
		n = keep_finite(dst, dst, n);
		e = column_extent(dst, n);
	}
	*max = n ? e.max : (double)NAN;
	return n;
}

static void delta_figures(const struct build *b, struct joint_profile *j, struct columns *c,
			  const double *v)
{
	static const double q[] = {0.5, 0.95, 0.99, 0.999};
	double out[4], max = NAN;
	size_t n = 0;

	j->episode_delta_max = xcalloc(b->count, sizeof(double));
	for (size_t s = 0; s < b->count; s++) {
		double *largest = &j->episode_delta_max[s];

		n += episode_deltas(c->derived + n, v, b->span[s]->frames, largest);
		v += b->span[s]->frames;
		max = *largest > max || isnan(max) ? *largest : max;
	}
	quantiles(&c->room, c->derived, n, 0, max, q, out, 4);
	j->delta.q50 = out[0];
	j->delta.q95 = out[1];
	j->delta.q99 = out[2];
	j->delta.q999 = out[3];
	j->delta.max = max;
}

/* The first frame of every episode, into dst; only those that are finite. */
static size_t first_frames(const struct build *b, double *dst, const double *v)
{
	for (size_t s = 0; s < b->count; s++) {
		dst[s] = b->span[s]->frames ? *v : (double)NAN;
		v += b->span[s]->frames;
	}
	return keep_finite(dst, dst, b->count);
}

static void start_figures(const struct build *b, struct joint_profile *j, struct columns *c,
			  const double *v)
{
	size_t n = first_frames(b, c->derived, v);

	moments(c->derived, n, column_extent(c->derived, n), &j->start.min, &j->start.max,
		&j->start.mean, &j->start.std);
}

/* How much the means of the episodes differ: what a part of them may. */
static void mean_figures(const struct build *b, struct joint_profile *j, struct columns *c,
			 const double *v)
{
	size_t n = 0;
	double mean, sum = 0;

	for (size_t s = 0; s < b->count; s++) {
		const double *from = v;
		size_t frames = b->span[s]->frames;
		struct extent e = finite_extent(c, &from, &frames);

		if (frames)
			c->means[n++] = e.sum / (double)frames;
		v += b->span[s]->frames;
	}
	for (size_t s = 0; s < n; s++)
		sum += c->means[s];
	mean = sum / (double)n;
	j->episode_mean_sd = n > 1 ? sqrt(column_squares(c->means, n, mean) / (double)(n - 1))
				   : (double)NAN;
}

static void gap_figures(const struct build *b, struct gap_profile *g, struct columns *c, double *a,
			const double *s)
{
	static const double q[] = {0.5, 0.95, 0.99}, first[] = {0.5, 0.95};
	const double *v = a;
	size_t n = c->frames;
	struct extent e;
	double out[3];

	column_distances(a, a, s, n);
	e = finite_extent(c, &v, &n);
	quantiles(&c->room, v, n, e.min, e.max, q, out, 3);
	g->max = n ? e.max : (double)NAN;
	g->q50 = out[0];
	g->q95 = out[1];
	g->q99 = out[2];
	n = first_frames(b, c->derived, a);
	e = column_extent(c->derived, n);
	quantiles(&c->room, c->derived, n, e.min, e.max, first, out, 2);
	g->first_max = n ? e.max : (double)NAN;
	g->first_q50 = out[0];
	g->first_q95 = out[1];
	g->known = true;
}

/* How rough a joint moved, into the behaviour: of actions, of states where there are none. */
static void rough_figure(const struct build *b, double *max, struct columns *c, const double *v)
{
	for (size_t s = 0; s < b->count; s++) {
		running_roughness(&c->running, v, b->span[s]->frames, max);
		v += b->span[s]->frames;
	}
}

static void tracking_figure(const struct build *b, double *max, struct columns *c, const double *a,
			    const double *s)
{
	*max = 0;
	for (size_t i = 0; i < b->count; i++) {
		running_tracking(&c->running, a, s, b->span[i]->frames, max);
		a += b->span[i]->frames;
		s += b->span[i]->frames;
	}
}

static struct columns *columns_new(size_t frames, size_t count, bool both)
{
	size_t bytes = frames * BLOCK * (both ? 2 : 1) * sizeof(double);
	struct columns *c = xcalloc(1, sizeof(*c));
	double *p = xrealloc(NULL, bytes, 1);

	mem_prefer_huge(p, bytes);
	c->frames = frames;
	for (unsigned k = 0; k < BLOCK; k++) {
		c->v[k] = p + frames * k;
		c->other[k] = both ? p + frames * (BLOCK + k) : NULL;
	}
	/* first_frames() needs one an episode, even of empty ones. */
	c->derived = xrealloc(NULL, frames + count, sizeof(double));
	c->means = xcalloc(count + 1, sizeof(double));
	return c;
}

static void columns_free(struct columns *c)
{
	if (!c)
		return;
	free(c->v[0]);
	free(c->derived);
	free(c->means);
	quantile_room_fini(&c->room);
	running_room_fini(&c->running);
	free(c);
}

static void gap_block(const struct build *b, const struct block *k, struct columns *c)
{
	int index[BLOCK];

	for (unsigned i = 0; i < k->n; i++)
		index[i] = profile_find(&b->p->state, b->p->action.joint[k->first + i].joint.name);
	read_columns(b, c->other, b->e->state, b->e->nstate, index, k->n);
	for (unsigned i = 0; i < k->n; i++) {
		unsigned j = k->first + i;

		if (index[i] < 0)
			continue;
		if (b->p->behaviour.joints)
			tracking_figure(b, &b->p->behaviour.tracking_max[j], c, c->v[i],
					c->other[i]);
		gap_figures(b, &b->p->gap[j], c, c->v[i], c->other[i]);
	}
}

static void block_figures(const struct build *b, const struct block *k, struct columns *c)
{
	struct feature_profile *f = k->action ? &b->p->action : &b->p->state;
	bool gaps = k->action && b->p->state.joints;
	bool rough = b->p->behaviour.joints && (k->action || !b->p->action.joints);
	int index[BLOCK];

	for (unsigned n = 0; n < k->n; n++)
		index[n] = (int)(k->first + n);
	read_columns(b, c->v, k->action ? b->e->action : b->e->state, f->joints, index, k->n);
	for (unsigned n = 0; n < k->n; n++) {
		struct joint_profile *j = &f->joint[k->first + n];

		value_figures(j, c, c->v[n]);
		delta_figures(b, j, c, c->v[n]);
		start_figures(b, j, c, c->v[n]);
		mean_figures(b, j, c, c->v[n]);
		if (rough)
			rough_figure(b, &b->p->behaviour.rough_max[k->first + n], c, c->v[n]);
	}
	if (gaps)
		gap_block(b, k, c);
}

/* The blocks, and last what concerns all joints together. */
static void job(void *ctx, size_t i)
{
	struct build *b = ctx;
	unsigned mine = 0;

	if (i == b->nblocks) {
		behaviour_motion(b->p, b->e, b->use);
		return;
	}
	/* As much memory as there are threads: one is free. */
	while (atomic_flag_test_and_set(&b->busy[mine]))
		mine = (mine + 1) % PARALLEL_THREADS;
	if (!b->columns[mine])
		b->columns[mine] = columns_new(b->frames, b->count,
					       b->p->action.joints && b->p->state.joints);
	block_figures(b, &b->block[i], b->columns[mine]);
	atomic_flag_clear(&b->busy[mine]);
}

static void add_blocks(struct build *b, bool action, unsigned joints)
{
	for (unsigned at = 0; at < joints; at += BLOCK)
		b->block[b->nblocks++] = (struct block){
			.action = action,
			.first = at,
			.n = joints - at < BLOCK ? joints - at : BLOCK,
		};
}

static void make_feature(struct feature_profile *f, const struct joint *joint, unsigned n)
{
	f->joints = n;
	f->joint = xcalloc(n, sizeof(*f->joint));
	for (unsigned i = 0; i < n; i++)
		f->joint[i].joint = joint[i];
}

static void use_episodes(struct build *b, const unsigned char *use)
{
	const struct episodes *e = b->e;
	struct profile *p = b->p;

	b->span = xcalloc(e->count, sizeof(struct episode_span *));
	for (size_t i = 0; i < e->count; i++) {
		if (use && !use[i])
			continue;
		b->span[b->count++] = &e->span[i];
		b->frames += e->span[i].frames;
	}
	p->episodes = (unsigned)b->count;
	p->frames = b->frames;
	p->episode_frames = xcalloc(b->count, sizeof(*p->episode_frames));
	for (size_t i = 0; i < b->count; i++)
		p->episode_frames[i] = (uint32_t)b->span[i]->frames;
}

/* Only tasks that these episodes have. */
static void count_tasks(const struct build *b)
{
	struct profile *p = b->p;
	unsigned *n = xcalloc(b->e->ntasks, sizeof(*n));

	for (size_t i = 0; i < b->count; i++) {
		if (b->span[i]->task < b->e->ntasks)
			n[b->span[i]->task]++;
	}
	p->tasks = xcalloc(b->e->ntasks, sizeof(*p->tasks));
	for (size_t i = 0; i < b->e->ntasks; i++) {
		if (!n[i])
			continue;
		text_copy(p->tasks[p->ntasks].task, TASK_BYTES, b->e->task[i]);
		p->tasks[p->ntasks++].episodes = n[i];
	}
	free(n);
}

struct profile *profile_build(const struct episodes *e, const unsigned char *use)
{
	struct build b = {.e = e,
			  .use = use,
			  .p = profile_new(),
			  .busy = {ATOMIC_FLAG_INIT, ATOMIC_FLAG_INIT}};
	struct profile *p = b.p;

	text_copy(p->robot, sizeof(p->robot), e->robot);
	p->fps = e->fps;
	use_episodes(&b, use);
	count_tasks(&b);
	p->ncameras = e->ncameras;
	p->cameras = xcalloc(e->ncameras, sizeof(*p->cameras));
	if (e->ncameras)
		memcpy(p->cameras, e->cameras, e->ncameras * sizeof(*p->cameras));
	make_feature(&p->action, e->action_joint, e->naction);
	make_feature(&p->state, e->state_joint, e->nstate);
	p->gap = xcalloc(e->naction, sizeof(*p->gap));
	add_blocks(&b, true, e->naction);
	add_blocks(&b, false, e->nstate);
	behaviour_begin(p);
	parallel_for(b.nblocks + 1, job, &b, NULL, NULL);
	p->space = space_guess(p, e, b.span, b.count, p->space_why, sizeof(p->space_why));
	behaviour_grippers(p, e, use);
	for (unsigned i = 0; i < PARALLEL_THREADS; i++)
		columns_free(b.columns[i]);
	free(b.span);
	return p;
}
