/* SPDX-License-Identifier: Apache-2.0 */
#include "training/episodes.h"

#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/text.h"
#include "training/dataset.h"

void episodes_fini(struct episodes *e)
{
	free(e->state);
	free(e->action);
	free(e->timestamp_s);
	free(e->span);
	free(e->task);
	free(e->cameras);
	*e = (struct episodes){0};
}

static int same_joints(const char *what, const struct joint *a, unsigned na, const struct joint *b,
		       unsigned nb, struct err *err)
{
	if (na != nb)
		return err_set(err, EINVAL, "%s has %u joints, the set before it has %u", what, nb,
			       na);
	for (unsigned i = 0; i < na; i++) {
		double factor;

		if (strcmp(a[i].name, b[i].name) != 0)
			return err_set(err, EINVAL, "%s joint %u is %s, in the set before it %s",
				       what, i, b[i].name, a[i].name);
		if (!unit_factor(a[i].unit, b[i].unit, &factor) || factor < 1 || factor > 1)
			return err_set(err, EINVAL, "%s joint %s is in %s, in the set before it %s",
				       what, b[i].name, unit_word(b[i].unit), unit_word(a[i].unit));
	}
	return 0;
}

/* Index of text among the tasks of e, added when it is new. */
static unsigned task_of(struct episodes *e, const char *text)
{
	for (size_t i = 0; i < e->ntasks; i++) {
		if (strcmp(e->task[i], text) == 0)
			return (unsigned)i;
	}
	e->task = xrealloc(e->task, e->ntasks + 1, sizeof(*e->task));
	text_copy(e->task[e->ntasks], TASK_BYTES, text);
	return (unsigned)e->ntasks++;
}

static void append_rows(double **dst, const double *src, size_t have, size_t more, unsigned width)
{
	*dst = xrealloc(*dst, (have + more) * width, sizeof(double));
	if (more && width)
		memcpy(*dst + have * width, src, more * width * sizeof(double));
}

static void append_cameras(struct episodes *e, const struct episodes *more)
{
	for (size_t i = 0; i < more->ncameras; i++) {
		bool known = false;

		for (size_t k = 0; k < e->ncameras; k++)
			known |= strcmp(e->cameras[k].name, more->cameras[i].name) == 0;
		if (known)
			continue;
		e->cameras = xrealloc(e->cameras, e->ncameras + 1, sizeof(*e->cameras));
		e->cameras[e->ncameras++] = more->cameras[i];
	}
}

int episodes_append(struct episodes *e, const struct episodes *more, struct err *err)
{
	size_t have = e->frames;
	int rc = same_joints("action", e->action_joint, e->naction, more->action_joint,
			     more->naction, err);

	if (!rc)
		rc = same_joints("observation.state", e->state_joint, e->nstate, more->state_joint,
				 more->nstate, err);
	if (!rc && fabs(e->fps - more->fps) > 1e-6 * e->fps)
		rc = err_set(err, EINVAL, "%g frames per second, the set before it has %g",
			     more->fps, e->fps);
	if (rc)
		return rc;
	if (strcmp(e->robot, more->robot) != 0)
		e->robot[0] = '\0';
	append_rows(&e->action, more->action, have, more->frames, e->naction);
	append_rows(&e->state, more->state, have, more->frames, e->nstate);
	append_rows(&e->timestamp_s, more->timestamp_s, have, more->frames, 1);
	e->span = xrealloc(e->span, e->count + more->count, sizeof(*e->span));
	for (size_t i = 0; i < more->count; i++) {
		struct episode_span s = more->span[i];

		s.first += have;
		if (s.task < more->ntasks)
			s.task = task_of(e, more->task[s.task]);
		e->span[e->count++] = s;
	}
	e->frames += more->frames;
	append_cameras(e, more);
	return 0;
}
