/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Shift, zoom and roll by Gauss-Newton from coarse to fine. The scene's own gradients are used:
 * they are the same in every step. What varied in training weighs little, and what does not fit
 * at all (an arm where none was) is bounded by Huber's weight.
 */
#include <math.h>
#include <string.h>

#include "vision/scene_impl.h"

enum { PARAMS = 4, STEPS_MAX = 10 };

static const unsigned steps[SCENE_LEVELS] = {10, 8, 8};

/* Where the scene's pixel lies in the picture: zoom and roll about the middle, then shift. */
struct pose {
	float x, y, log_zoom, roll; /* radians */
};

/* Bilinear; false: outside. */
static inline bool sample(const float *plane, float x, float y, float *out)
{
	const float *p;
	int left, top;
	float fx, fy;

	if (!(x >= 0 && y >= 0 && x < VIEW_WIDTH - 1 && y < VIEW_HEIGHT - 1))
		return false;
	left = (int)x;
	top = (int)y;
	fx = x - (float)left;
	fy = y - (float)top;
	p = plane + top * VIEW_WIDTH + left;
	*out = (1 - fy) * ((1 - fx) * p[0] + fx * p[1]) +
	       fy * ((1 - fx) * p[VIEW_WIDTH] + fx * p[VIEW_WIDTH + 1]);
	return true;
}

static bool sample_at(const float *plane, const struct pose *p, float u, float v, float *out)
{
	float c = expf(p->log_zoom) * cosf(p->roll), s = expf(p->log_zoom) * sinf(p->roll);

	return sample(plane, c * u - s * v + p->x + (VIEW_WIDTH - 1) / 2.0f,
		      s * u + c * v + p->y + (VIEW_HEIGHT - 1) / 2.0f, out);
}

/* Solves a symmetric positive system in place by Cholesky's way; false: it is singular. */
static bool solve(double a[PARAMS][PARAMS], double b[PARAMS])
{
	for (unsigned i = 0; i < PARAMS; i++) {
		for (unsigned j = 0; j <= i; j++) {
			double sum = a[i][j];

			for (unsigned k = 0; k < j; k++)
				sum -= a[i][k] * a[j][k];
			if (i == j && !(sum > 1e-9))
				return false;
			a[i][j] = i == j ? sqrt(sum) : sum / a[j][j];
		}
	}
	for (unsigned i = 0; i < PARAMS; i++) {
		for (unsigned k = 0; k < i; k++)
			b[i] -= a[i][k] * b[k];
		b[i] /= a[i][i];
	}
	for (unsigned i = PARAMS; i-- > 0;) {
		for (unsigned k = i + 1; k < PARAMS; k++)
			b[i] -= a[k][i] * b[k];
		b[i] /= a[i][i];
	}
	return true;
}

/* One step at a level; false: nothing to hold on to. *still: it was hardly one. */
static bool improve(struct pose *p, const struct scene *s, const struct scene_level *l,
		    const float *live, bool *still)
{
	double a[PARAMS][PARAMS] = {{0}}, b[PARAMS] = {0};
	float c = expf(p->log_zoom) * cosf(p->roll), sn = expf(p->log_zoom) * sinf(p->roll);

	for (unsigned i = 0; i < VIEW_PIXELS; i++) {
		float u = (float)(i % VIEW_WIDTH) - (VIEW_WIDTH - 1) / 2.0f;
		float v = (float)(i / VIEW_WIDTH) - (VIEW_HEIGHT - 1) / 2.0f;
		float got, gx = l->along_x[i], gy = l->along_y[i], e, w, size;
		float j[PARAMS];

		if (!sample(live, c * u - sn * v + p->x + (VIEW_WIDTH - 1) / 2.0f,
			    sn * u + c * v + p->y + (VIEW_HEIGHT - 1) / 2.0f, &got))
			continue;
		e = got - l->value[i];
		w = s->weight[i];
		size = fabsf(e) * s->root_weight[i];
		if (size > 2)
			w *= 2 / size;
		j[0] = gx;
		j[1] = gy;
		j[2] = gx * u + gy * v;
		j[3] = gy * u - gx * v;
		for (unsigned m = 0; m < PARAMS; m++) {
			for (unsigned n = 0; n <= m; n++)
				a[m][n] += (double)(w * j[m] * j[n]);
			b[m] += (double)(w * j[m] * e);
		}
	}
	if (!solve(a, b))
		return false;
	p->x -= (float)b[0];
	p->y -= (float)b[1];
	p->log_zoom -= (float)b[2];
	p->roll -= (float)b[3];
	*still = fabs(b[0]) + fabs(b[1]) + 30 * (fabs(b[2]) + fabs(b[3])) < 0.004;
	return fabsf(p->x) < VIEW_WIDTH / 2.0f && fabsf(p->y) < VIEW_HEIGHT / 2.0f &&
	       fabsf(p->log_zoom) < 0.7f && fabsf(p->roll) < 1;
}

/* Correlation with the scene where that is steady. */
static float correlate(const struct pose *p, const struct scene *s, const float *live)
{
	double n = 0, x = 0, y = 0, xx = 0, yy = 0, xy = 0;

	for (unsigned i = 0; i < VIEW_PIXELS; i++) {
		float u = (float)(i % VIEW_WIDTH) - (VIEW_WIDTH - 1) / 2.0f;
		float v = (float)(i / VIEW_WIDTH) - (VIEW_HEIGHT - 1) / 2.0f, got;
		double w = 1 / (0.01 + (double)(s->spread[i] * s->spread[i]));

		if (!sample_at(live, p, u, v, &got))
			continue;
		n += w;
		x += w * (double)got;
		y += w * (double)s->contrast[i];
		xx += w * (double)(got * got);
		yy += w * (double)(s->contrast[i] * s->contrast[i]);
		xy += w * (double)(got * s->contrast[i]);
	}
	if (!(n > 0))
		return 0;
	xx = xx / n - x * x / (n * n);
	yy = yy / n - y * y / (n * n);
	xy = xy / n - x * y / (n * n);
	return xx > 0 && yy > 0 ? (float)(xy / sqrt(xx * yy)) : 0;
}

static void flip_grey(float *grey, enum scene_flip flip)
{
	bool across = flip == FLIP_MIRRORED || flip == FLIP_TURNED;
	bool over = flip == FLIP_UPSIDE_DOWN || flip == FLIP_TURNED;

	for (unsigned y = 0; y < VIEW_HEIGHT && across; y++) {
		for (unsigned x = 0; x < VIEW_WIDTH / 2; x++) {
			float *a = grey + y * VIEW_WIDTH + x,
			      *b = grey + y * VIEW_WIDTH + VIEW_WIDTH - 1 - x, keep = *a;

			*a = *b;
			*b = keep;
		}
	}
	for (unsigned y = 0; y < VIEW_HEIGHT / 2 && over; y++) {
		for (unsigned x = 0; x < VIEW_WIDTH; x++) {
			float *a = grey + y * VIEW_WIDTH + x,
			      *b = grey + (VIEW_HEIGHT - 1 - y) * VIEW_WIDTH + x, keep = *a;

			*a = *b;
			*b = keep;
		}
	}
}

void scene_fit(struct scene_fit *fit, const struct scene *s, const struct view *v,
	       enum scene_flip flip)
{
	float live[VIEW_PIXELS], blurred[VIEW_PIXELS];
	struct pose p = {0}, none = {0};
	bool good = true;

	view_grey(v, blurred);
	flip_grey(blurred, flip);
	scene_contrast(live, blurred);
	for (unsigned level = 0; level < SCENE_LEVELS && good; level++) {
		bool still = false;

		view_blur(blurred, live, scene_level_blur(level));
		for (unsigned i = 0; i < steps[level] && good && !still; i++)
			good = improve(&p, s, &s->level[level], blurred, &still);
	}
	*fit = (struct scene_fit){.zoom = 1, .alike = correlate(&none, s, live)};
	if (!good)
		return;
	fit->x = p.x;
	fit->y = p.y;
	fit->zoom = expf(p.log_zoom);
	fit->roll_deg = p.roll * 180 / (float)M_PI;
	fit->alike = correlate(&p, s, live);
}
