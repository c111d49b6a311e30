/* SPDX-License-Identifier: Apache-2.0 */
#include "training/footage.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/text.h"

int footage_open(struct footage_set *s, const struct dataset *d,
		 const struct profile_camera *camera, size_t n, struct err *e)
{
	*s = (struct footage_set){0};
	for (size_t i = 0; i < n && i < FOOTAGE_CAMERAS; i++) {
		int rc = clips_read(&s->clips[i], d, camera[i].name, e);

		if (rc) {
			footage_close(s);
			return rc;
		}
		s->name[s->cameras++] = camera[i].name;
	}
	return 0;
}

void footage_close(struct footage_set *s)
{
	for (unsigned i = 0; i < s->cameras; i++)
		clips_fini(&s->clips[i]);
	s->cameras = 0;
}

/* Jobs are of cameras that have a video: job k is of camera[of[k]]. */
struct reading {
	struct footage *f;
	unsigned of[FOOTAGE_CAMERAS];
};

static void on_frame(void *host, const struct reel_record *m, const struct frame *f)
{
	struct reading *r = host;
	unsigned c = r->of[m->job];
	size_t n = r->f->camera[c].frames;
	struct footage_frame *to;

	if (n == FOOTAGE_FRAMES || !f->thumb_width || !f->thumb_height)
		return;
	if ((n & (n - 1)) == 0)
		r->f->camera[c].frame = xrealloc(r->f->camera[c].frame, n ? 2 * n : 1, sizeof(*to));
	to = &r->f->camera[c].frame[n];
	to->t_s = m->t_s;
	to->frame = *f;
	memcpy(to->thumb, f->thumb, sizeof(to->thumb));
	r->f->camera[c].frames++;
}

static void on_end(void *host, unsigned job, unsigned frames, const char *trouble)
{
	struct reading *r = host;
	unsigned c = r->of[job];

	(void)frames;
	if (trouble)
		text_copy(r->f->camera[c].trouble, sizeof(r->f->camera[c].trouble), trouble);
	/* Now they stay where they are. */
	for (size_t i = 0; i < r->f->camera[c].frames; i++)
		r->f->camera[c].frame[i].frame.thumb = r->f->camera[c].frame[i].thumb;
}

int footage_read(struct footage *f, const struct footage_set *s, int64_t episode, struct err *e)
{
	struct reading r = {.f = f};
	const struct reel_host host = {.host = &r, .frame = on_frame, .end = on_end};
	struct reel_job job[FOOTAGE_CAMERAS];
	unsigned n = 0;

	*f = (struct footage){.cameras = s->cameras};
	for (unsigned i = 0; i < s->cameras; i++) {
		const struct clip *c = clips_find(&s->clips[i], episode);

		f->camera[i].name = s->name[i];
		f->camera[i].path = c ? c->path : NULL;
		if (!c)
			continue;
		r.of[n] = i;
		job[n++] = (struct reel_job){c->path, c->from_s, c->to_s, 1};
	}
	return n ? reel_read(job, n, &host, e) : 0;
}

void footage_fini(struct footage *f)
{
	for (unsigned i = 0; i < f->cameras; i++)
		free(f->camera[i].frame);
	*f = (struct footage){0};
}
