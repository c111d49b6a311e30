/* SPDX-License-Identifier: Apache-2.0 */
/* The data files of a dataset into struct episodes: find the rows, make room once, fill it. */
#include <errno.h>
#include <inttypes.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/path.h"
#include "base/text.h"
#include "training/dataset_impl.h"
#include "training/parallel.h"
#include "training/unit.h"

enum { VALUES_MAX = 1 << 30 };

struct load {
	struct dataset *d;
	struct file_list files;
	struct part *part;
	const struct dataset_progress *progress;
};

static void find_job(void *ctx, size_t i)
{
	rows_find(&((struct load *)ctx)->part[i]);
}

static void fill_job(void *ctx, size_t i)
{
	rows_fill(&((struct load *)ctx)->part[i]);
}

static void tell(void *host, size_t begun, size_t n)
{
	const struct dataset_progress *p = host;

	if (p)
		p->tell(p->host, begun < n ? begun : n, n);
}

static int check_feature(const struct dataset *d, const struct feature *f, struct err *e)
{
	if (!f ||
	    (f->width >= 1 && f->width <= MAX_JOINTS && f->ndim == 1 && f->kind <= FEATURE_BOOL))
		return 0;
	return err_set(e, f->width > MAX_JOINTS ? ENOTSUP : EBADMSG,
		       "%s/meta/info.json: %s must be a list of 1 to %d numbers", d->root, f->key,
		       MAX_JOINTS);
}

/* Joints without names: alike in state and action when these have the same number of values. */
static void name_joints(struct joint *j, const struct feature *f, const char *fallback)
{
	for (unsigned i = 0; f && i < f->width; i++) {
		j[i] = (struct joint){.unit = UNIT_UNKNOWN};
		if (f->nnames && f->names[i][0])
			text_copy(j[i].name, NAME_BYTES, f->names[i]);
		else
			snprintf(j[i].name, NAME_BYTES, "%s.%u", fallback, i);
	}
}

static int plan(struct load *l, struct wanted *w, struct episodes *out, struct err *e)
{
	struct dataset *d = l->d;
	bool alike;

	w->action = dataset_feature(d, DATASET_ACTION);
	w->state = dataset_feature(d, DATASET_STATE);
	if (!w->action && !w->state)
		return err_set(e, EBADMSG,
			       "%s/meta/info.json: neither action nor observation.state", d->root);
	if (check_feature(d, w->action, e) || check_feature(d, w->state, e))
		return -e->code;
	text_copy(out->robot, sizeof(out->robot), d->meta.robot);
	out->fps = d->meta.fps;
	out->naction = w->action ? w->action->width : 0;
	out->nstate = w->state ? w->state->width : 0;
	alike = out->naction == out->nstate || !out->naction || !out->nstate;
	name_joints(out->action_joint, w->action, alike ? "joint" : "action");
	name_joints(out->state_joint, w->state, alike ? "joint" : "state");
	if ((w->action && w->action->names_misfit) || (w->state && w->state->names_misfit))
		dataset_warn(d, "meta/info.json: not as many names as values; joints are numbered");
	return 0;
}

/* A v2 file is one episode, by its name: what is not wanted is not opened. */
static bool file_wanted(const struct dataset *d, const char *path)
{
	const char *slash = strrchr(path, '/');
	int64_t episode;

	return sscanf(slash ? slash + 1 : path, "episode_%9" SCNd64, &episode) != 1 ||
	       dataset_wants(d, episode);
}

static int list_files(struct load *l, struct err *e)
{
	char *dir = path_join_dup(l->d->root, "data");
	int rc = file_list_parquet(&l->files, dir, e);
	size_t n = 0;

	free(dir);
	for (size_t i = 0; i < l->files.n && !rc; i++) {
		if (file_wanted(l->d, l->files.path[i])) {
			char *swap = l->files.path[n];

			l->files.path[n++] = l->files.path[i];
			l->files.path[i] = swap;
		}
	}
	for (size_t i = n; i < l->files.n && !rc; i++)
		free(l->files.path[i]);
	if (!rc)
		l->files.n = n;
	return rc;
}

/* The first error in the order of the files. */
static int first_error(const struct load *l, struct err *e)
{
	for (size_t i = 0; i < l->files.n; i++) {
		if (l->part[i].err.code) {
			*e = l->part[i].err;
			return -e->code;
		}
	}
	return 0;
}

static int place_runs(struct load *l, struct episodes *out, struct err *e)
{
	size_t count = 0;

	for (size_t i = 0; i < l->files.n; i++) {
		for (size_t k = 0; k < l->part[i].nruns; k++) {
			struct run *r = &l->part[i].run[k];

			if (!dataset_wants(l->d, r->episode))
				continue;
			r->dest = out->frames;
			out->frames += r->rows;
			count++;
		}
	}
	if (!out->frames)
		return err_set(e, ENOENT, "%s: none of the wanted episodes has data", l->d->root);
	if (out->frames > VALUES_MAX / (1 + out->naction + out->nstate))
		return err_set(
			e, EFBIG,
			"%s: %zu frames are too many at once; take a part with ?episodes=0-N",
			l->d->root, out->frames);
	out->action = xcalloc(out->frames * out->naction, sizeof(double));
	out->state = xcalloc(out->frames * out->nstate, sizeof(double));
	mem_prefer_huge(out->action, out->frames * out->naction * sizeof(double));
	mem_prefer_huge(out->state, out->frames * out->nstate * sizeof(double));
	out->timestamp_s = xcalloc(out->frames, sizeof(double));
	out->span = xcalloc(count, sizeof(*out->span));
	return 0;
}

static int by_episode(const void *a, const void *b)
{
	const struct episode_span *x = a, *y = b;

	if (x->index != y->index)
		return x->index < y->index ? -1 : 1;
	return x->first < y->first ? -1 : x->first > y->first;
}

/* Spans in the order of the episodes; a run that goes on in the next file is the same episode. */
static void make_spans(const struct load *l, struct episodes *out)
{
	for (size_t i = 0; i < l->files.n; i++) {
		for (size_t k = 0; k < l->part[i].nruns; k++) {
			const struct run *r = &l->part[i].run[k];
			struct episode_span *last = out->count ? &out->span[out->count - 1] : NULL;

			if (r->dest == SIZE_MAX)
				continue;
			if (last && last->index == r->episode) {
				last->frames += r->rows;
				continue;
			}
			out->span[out->count++] = (struct episode_span){
				.index = r->episode,
				.first = r->dest,
				.frames = r->rows,
				.task = r->task,
			};
		}
	}
	qsort(out->span, out->count, sizeof(*out->span), by_episode);
}

/* timestamp where the set has it, else the grid that fps says. */
static void default_times(struct episodes *out)
{
	for (size_t i = 0; i < out->count; i++) {
		const struct episode_span *s = &out->span[i];

		for (size_t k = 0; k < s->frames; k++)
			out->timestamp_s[s->first + k] = (double)k / out->fps;
	}
}

static void warn_files(struct load *l)
{
	for (size_t i = 0; i < l->files.n; i++) {
		const struct part *p = &l->part[i];

		if (p->no_footer)
			dataset_warn(
				l->d,
				"%s: no footer (its recording did not finish): %zu frames were "
				"recovered, the last %" PRIu64 " bytes were not",
				p->path, p->rows, p->left_bytes);
	}
}

static void warn_counts(struct dataset *d, const struct episodes *out)
{
	size_t missing = 0, other = 0;

	if (!d->nranges && d->meta.total_frames >= 0 &&
	    d->meta.total_frames != (int64_t)out->frames)
		dataset_warn(d, "meta/info.json says %" PRId64 " frames, the data has %zu",
			     d->meta.total_frames, out->frames);
	if (!d->nranges && d->meta.total_episodes >= 0 &&
	    d->meta.total_episodes != (int64_t)out->count)
		dataset_warn(d, "meta/info.json says %" PRId64 " episodes, the data has %zu",
			     d->meta.total_episodes, out->count);
	for (size_t i = 0; i < d->nlisted; i++) {
		struct episode_span key = {.index = d->listed[i].index}, *s = NULL;
		size_t lo = 0, hi = out->count;

		if (!dataset_wants(d, key.index))
			continue;
		while (lo < hi) {
			size_t mid = (lo + hi) / 2;

			if (out->span[mid].index < key.index)
				lo = mid + 1;
			else
				hi = mid;
		}
		if (lo < out->count && out->span[lo].index == key.index)
			s = &out->span[lo];
		missing += !s;
		other += s && d->listed[i].length >= 0 && d->listed[i].length != (int64_t)s->frames;
	}
	if (missing)
		dataset_warn(d, "%zu episodes of meta/episodes have no data", missing);
	if (other)
		dataset_warn(d, "%zu episodes have another length than meta/episodes says", other);
}

static int read_all(struct load *l, struct episodes *out, struct err *e)
{
	struct wanted w;
	int rc = plan(l, &w, out, e);

	if (!rc)
		rc = list_files(l, e);
	if (rc)
		return rc;
	l->part = xcalloc(l->files.n, sizeof(*l->part));
	for (size_t i = 0; i < l->files.n; i++)
		l->part[i] =
			(struct part){.path = l->files.path[i], .d = l->d, .wanted = w, .out = out};
	parallel_for(l->files.n, find_job, l, NULL, NULL);
	rc = first_error(l, e);
	if (!rc)
		rc = place_runs(l, out, e);
	if (rc)
		return rc;
	make_spans(l, out);
	default_times(out);
	parallel_for(l->files.n, fill_job, l, tell, (void *)(uintptr_t)l->progress);
	rc = first_error(l, e);
	if (rc)
		return rc;
	out->count = 0;
	make_spans(l, out); /* again: now with tasks */
	warn_files(l);
	warn_counts(l->d, out);
	return 0;
}

int dataset_load_telling(struct dataset *d, struct episodes *out,
			 const struct dataset_progress *progress, struct err *e)
{
	struct load l = {.d = d, .progress = progress};
	struct err own = {0};
	int rc;

	*out = (struct episodes){0};
	rc = read_all(&l, out, e ? e : &own);
	if (!rc) {
		out->ntasks = d->ntasks;
		out->task = xcalloc(d->ntasks, sizeof(*out->task));
		if (d->ntasks)
			memcpy(out->task, d->task, d->ntasks * sizeof(*out->task));
		cameras_read(d, out);
		units_guess(out);
	}
	for (size_t i = 0; l.part && i < l.files.n; i++)
		free(l.part[i].run);
	free(l.part);
	file_list_fini(&l.files);
	if (rc)
		episodes_fini(out);
	return rc;
}

int dataset_load(struct dataset *d, struct episodes *out, struct err *e)
{
	return dataset_load_telling(d, out, NULL, e);
}
