/* SPDX-License-Identifier: Apache-2.0 */
#include "training/scan.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/text.h"
#include "training/clips.h"
#include "training/scan_impl.h"

enum { CHANGES_MAX = SCAN_SECONDS * 120 };
static const double over_s = 0.1, tolerance_s = 0.035;

/* An episode that has a video. */
struct choice {
	size_t span;
	char *path;
	double from_s, to_s;
};

static void take_change(struct scanner *r, struct scan_episode *ep, double t_s,
			const struct view *v)
{
	int best = -1;

	for (unsigned i = 0; i < r->recent; i++) {
		double off = fabs(t_s - over_s - r->recent_s[i]);

		if (off <= tolerance_s &&
		    (best < 0 || off < fabs(t_s - over_s - r->recent_s[best])))
			best = (int)i;
	}
	if (best >= 0 && ep->changes < CHANGES_MAX) {
		if ((ep->changes & (ep->changes - 1)) == 0)
			ep->change = xrealloc(ep->change, ep->changes ? 2 * ep->changes : 1,
					      sizeof(*ep->change));
		ep->change[ep->changes++] = (struct scan_change){(float)t_s,
								 view_change(v, &r->view[best])};
	}
	r->recent_s[r->at] = t_s;
	r->view[r->at] = *v;
	r->at = (r->at + 1) % SCAN_RECENT;
	r->recent += r->recent < SCAN_RECENT;
}

void scanner_begin(struct scanner *r, struct scan *s)
{
	r->s = s;
	scanner_next(r);
}

void scanner_next(struct scanner *r)
{
	r->recent = r->at = 0;
	r->next_s = -1e-6;
}

void scanner_take(struct scanner *r, unsigned episode, double t_s, const struct frame *f)
{
	struct scan_episode *ep = &r->s->episode[episode];
	struct scan_picture *p;
	struct view v;

	if (!view_of(&v, f))
		return;
	take_change(r, ep, t_s, &v);
	if (t_s < r->next_s || ep->pictures == SCAN_SECONDS * SCAN_HZ)
		return;
	r->next_s += 1.0 / SCAN_HZ;
	if ((ep->pictures & (ep->pictures - 1)) == 0)
		ep->picture = xrealloc(ep->picture, ep->pictures ? 2 * ep->pictures : 1,
				       sizeof(*ep->picture));
	p = &ep->picture[ep->pictures++];
	p->frame = *f;
	p->frame.thumb = NULL;
	p->view = v;
}

static void on_frame(void *host, const struct reel_record *m, const struct frame *f)
{
	scanner_take(host, m->job, m->t_s, f);
}

static void on_end(void *host, unsigned job, unsigned frames, const char *trouble)
{
	struct scanner *r = host;

	(void)job;
	(void)frames;
	if (trouble) {
		r->s->failed++;
		text_copy(r->s->trouble, sizeof(r->s->trouble), trouble);
	}
	scanner_next(r);
}

/* Those of all sets, in order; their number. */
static int list_choices(struct choice **out, const char *camera, const struct episodes *all,
			const struct reference_set *set, size_t nsets, struct err *e)
{
	size_t n = 0;

	*out = xcalloc(all->count, sizeof(**out));
	for (size_t i = 0; i < nsets; i++) {
		struct clips clips;
		int rc = clips_read(&clips, set[i].set, camera, e);

		if (rc)
			return rc;
		for (size_t k = set[i].first; k < set[i].first + set[i].episodes; k++) {
			const struct clip *c = clips_find(&clips, all->span[k].index);

			if (c)
				(*out)[n++] = (struct choice){k, xstrdup(c->path), c->from_s,
							      c->to_s};
		}
		clips_fini(&clips);
	}
	return (int)n;
}

int scan_read(struct scan *s, const char *camera, const struct episodes *all,
	      const struct reference_set *set, size_t nsets, struct err *e)
{
	struct scanner *r = xcalloc(1, sizeof(*r));
	const struct reel_host host = {.host = r, .frame = on_frame, .end = on_end};
	struct reel_job job[REFERENCE_EPISODES];
	struct choice *choice = NULL;
	int n = list_choices(&choice, camera, all, set, nsets, e), rc = n < 0 ? n : 0;

	*s = (struct scan){.there = n > 0 ? (unsigned)n : 0};
	scanner_begin(r, s);
	s->n = s->there < REFERENCE_EPISODES ? s->there : REFERENCE_EPISODES;
	for (unsigned i = 0; i < s->n; i++) {
		/* From the first to the last of them. */
		const struct choice *c = &choice[s->n > 1 ? i * (s->there - 1) / (s->n - 1) : 0];

		s->episode[i].span = c->span;
		job[i] = (struct reel_job){.path = c->path, .from_s = c->from_s, .every = 1};
		job[i].to_s = fmin(c->to_s, c->from_s + SCAN_SECONDS);
	}
	if (s->n)
		rc = reel_read(job, s->n, &host, e);
	for (unsigned i = 0; i < s->there; i++)
		free(choice[i].path);
	free(choice);
	free(r);
	return rc;
}

void scan_drop_pictures(struct scan *s)
{
	for (unsigned i = 0; i < s->n; i++) {
		free(s->episode[i].picture);
		s->episode[i].picture = NULL;
		s->episode[i].pictures = 0;
	}
}

void scan_fini(struct scan *s)
{
	scan_drop_pictures(s);
	for (unsigned i = 0; i < s->n; i++)
		free(s->episode[i].change);
	*s = (struct scan){0};
}
