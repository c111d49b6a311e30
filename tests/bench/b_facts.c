/* SPDX-License-Identifier: Apache-2.0 */
/* What a picture costs: its facts at 640 x 480, and what a lineup adds for a look at it. */
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "base/mem.h"
#include "base/rng.h"
#include "vision/eye.h"
#include "vision/facts.h"
#include "vision/sight.h"

enum { W = 640, H = 480, RUNS = 200, MEDIAN = 5 };

static double now_ms(void)
{
	struct timespec t;

	clock_gettime(CLOCK_THREAD_CPUTIME_ID, &t);
	return (double)t.tv_sec * 1e3 + (double)t.tv_nsec / 1e6;
}

static int by_value(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;

	return (x > y) - (x < y);
}

static double median(double v[MEDIAN])
{
	qsort(v, MEDIAN, sizeof(*v), by_value);
	return v[MEDIAN / 2];
}

static double facts_ms(const uint8_t *rgb, struct frame *f, uint8_t *thumb)
{
	static struct facts facts;
	double start = now_ms();

	for (unsigned i = 0; i < RUNS; i++) {
		facts_begin(&facts, thumb, W, H);
		for (unsigned y = 0; y < H; y++)
			facts_row(&facts, rgb + (size_t)y * W * 3);
		facts_end(&facts, f);
	}
	return (now_ms() - start) / RUNS;
}

static double sight_ms(const struct frame *f, const struct eye *eye)
{
	double start = now_ms();
	struct sight s;
	struct view v;

	for (unsigned i = 0; i < RUNS; i++) {
		view_of(&v, f);
		sight_take(&s, f, &v, &eye, 1, 0);
	}
	return (now_ms() - start) / RUNS;
}

/* Waves and noise: as many edges as a camera shows. */
static void paint(uint8_t *rgb, struct rng *r)
{
	for (unsigned i = 0; i < W * H * 3; i++)
		rgb[i] = (uint8_t)((i / 3 % W / 20 * 37 + i / 3 / W / 30 * 53) % 200 +
				   rng_u32(r) % 16);
}

int main(void)
{
	uint8_t *rgb = xcalloc((size_t)W * H, 3), thumb[FACTS_THUMB_BYTES];
	double facts[MEDIAN], sight[MEDIAN];
	struct reference r = {.episodes = 16};
	struct frame f;
	struct rng rng = rng_seed(1);
	struct eye *eye;

	frame_init(&f);
	paint(rgb, &rng);
	facts_ms(rgb, &f, thumb);
	r.rgb = xcalloc(REFERENCE_VIEWS, REFERENCE_BYTES);
	for (; r.views < REFERENCE_VIEWS; r.views++)
		for (unsigned i = 0; i < REFERENCE_BYTES; i++)
			r.rgb[r.views][i] = (uint8_t)(thumb[i] + rng_u32(&rng) % 8);
	eye = eye_new(&r, EYE_WHOLE);
	for (unsigned k = 0; k < MEDIAN; k++) {
		facts[k] = facts_ms(rgb, &f, thumb);
		sight[k] = sight_ms(&f, eye);
	}
	printf("facts of a 640x480 picture: %.3f ms; a look at it: %.3f ms\n", median(facts),
	       median(sight));
	eye_free(eye);
	free(r.rgb);
	free(rgb);
	return 0;
}
