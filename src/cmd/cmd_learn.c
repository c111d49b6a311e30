/* SPDX-License-Identifier: Apache-2.0 */
/* `policytop learn`: what a training set looks like, kept as a profile and printed. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/mem.h"
#include "base/text.h"
#include "cmd/cmd.h"
#include "db/profiles.h"
#include "preflight/rig_calibration.h"
#include "rig/rig_file.h"
#include "training/compare.h"
#include "training/dataset.h"
#include "training/reference.h"

struct learn {
	struct episodes all;
	struct profile *profile;
	size_t nsets;
	struct dataset **set;
	struct set_stats **stats;
	size_t *episodes;    /* of each set */
	bool told;	     /* progress stands on the terminal */
	const char *reading; /* what progress counts */
	struct err unseen;   /* why the videos were not looked at, code 0: they were */
};

static void tell(void *host, size_t done, size_t all)
{
	struct learn *l = host;

	l->told = true;
	fprintf(stderr, "\rreading %zu of %zu %s ", done, all, l->reading);
}

static void untell(struct learn *l)
{
	if (l->told)
		fputs("\r\033[K", stderr);
	l->told = false;
}

static int read_set(struct learn *l, size_t i, const char *word, struct err *e)
{
	const struct dataset_progress progress = {.host = l, .tell = tell};
	bool terminal = isatty(STDERR_FILENO);
	struct episodes one;
	int rc = dataset_open(&l->set[i], word, e);

	if (rc)
		return rc;
	l->nsets = i + 1;
	rc = dataset_load_telling(l->set[i], &one, terminal ? &progress : NULL, e);
	untell(l);
	if (rc)
		return rc;
	l->stats[i] = set_stats_read(l->set[i], &one, e);
	l->episodes[i] = one.count;
	if (!l->stats[i]) {
		episodes_fini(&one);
		return -e->code;
	}
	set_stats_cameras(l->stats[i], one.cameras, one.ncameras);
	if (i == 0) {
		l->all = one;
		return 0;
	}
	rc = episodes_append(&l->all, &one, e);
	if (rc)
		err_prefix(e, "%s", word);
	episodes_fini(&one);
	return rc;
}

/* What a person must know about the files, on stderr. */
static void print_warnings(const struct learn *l)
{
	for (size_t i = 0; i < l->nsets; i++) {
		for (size_t k = 0; k < dataset_warnings(l->set[i]); k++)
			fprintf(stderr, "policytop: %s: %s\n", dataset_name(l->set[i]),
				dataset_warning(l->set[i], k));
	}
	if (l->unseen.code)
		fprintf(stderr,
			"policytop: videos are not looked at: %s; of the cameras only the "
			"set's channel statistics are used\n",
			l->unseen.msg);
}

static void print_joint(const struct joint_profile *j)
{
	char name[NAME_BYTES];

	joint_short_name(name, j->joint.name);
	printf("  %-22.22s %-8s %9.4g %9.4g %9.4g %9.4g %9.4g %9.4g %9.4g %9.4g %9.4g %9.4g\n",
	       name, unit_word(j->joint.unit) ? unit_word(j->joint.unit) : "?", j->value.min,
	       j->value.q01, j->value.q50, j->value.q99, j->value.max, j->value.mean, j->value.std,
	       j->delta.q99, j->delta.max, j->start.mean);
}

static void print_feature(const char *title, const struct feature_profile *f)
{
	if (!f->joints)
		return;
	printf("\n%s\n  %-22s %-8s %9s %9s %9s %9s %9s %9s %9s %9s %9s %9s\n", title, "joint",
	       "unit", "min", "q01", "q50", "q99", "max", "mean", "std", "|d| q99", "|d| max",
	       "start");
	for (unsigned i = 0; i < f->joints; i++)
		print_joint(&f->joint[i]);
}

/* What can be judged of a camera by its pictures. */
static void print_reference(const struct profile *p, size_t camera)
{
	const struct reference *r = p->reference ? p->reference[camera] : NULL;

	if (!r) {
		if (p->cameras[camera].has_stats)
			puts("    no pictures: its light is judged by these means, which tell "
			     "less; which camera it is, and how it hangs, is not");
		return;
	}
	printf("    %u thumbnails of %u episodes; ", r->views, r->episodes);
	if (r->moved_why[0])
		printf("movement is not judged: %s\n", r->moved_why);
	else
		printf("training varies by %.1f px of 640 x 480, %.1f %% in size, %.1f degrees\n",
		       10 * r->figures.shift_max, 100 * r->figures.zoom_max,
		       r->figures.roll_max_deg);
}

static void print_cameras(const struct profile *p)
{
	for (size_t i = 0; i < p->ncameras; i++) {
		const struct profile_camera *c = &p->cameras[i];

		printf("  camera %s: %ux%u, %u channels, %g fps", c->name, c->width, c->height,
		       c->channels, c->fps);
		for (unsigned k = 0; c->has_stats && k < c->channels && k < 4; k++)
			printf("%s%.3f±%.3f", k ? " " : ", mean ", c->mean[k], c->std[k]);
		putchar('\n');
		print_reference(p, i);
	}
}

static void print_text(const struct profile *p)
{
	uint32_t shortest = UINT32_MAX, longest = 0;

	for (unsigned i = 0; i < p->episodes; i++) {
		shortest = p->episode_frames[i] < shortest ? p->episode_frames[i] : shortest;
		longest = p->episode_frames[i] > longest ? p->episode_frames[i] : longest;
	}
	printf("profile %s: robot %s, %u episodes, %llu frames at %g fps\n", p->name,
	       p->robot[0] ? p->robot : "unknown", p->episodes, (unsigned long long)p->frames,
	       p->fps);
	printf("  episodes of %.1f to %.1f s\n", shortest / p->fps, longest / p->fps);
	printf("  action space: %s: %s\n", space_word(p->space), p->space_why);
	for (size_t i = 0; i < p->ntasks; i++)
		printf("  task \"%s\": %u episodes\n", p->tasks[i].task, p->tasks[i].episodes);
	print_cameras(p);
	for (unsigned i = 0; p->motion && i < p->motion->arms; i++)
		printf("  camera %s moves with the joints %s*\n", p->motion->camera[i],
		       p->motion->prefix[i]);
	print_feature("action", &p->action);
	print_feature("observation.state", &p->state);
	if (p->ndisagreements)
		printf("\n%zu disagreements of the set's own statistics with its data:\n",
		       p->ndisagreements);
	for (size_t i = 0; i < p->ndisagreements; i++)
		printf("  %s\n", p->disagreements[i]);
}

static void print_json(const struct profile *p)
{
	char *json = profile_to_brief_json_dup(p);

	puts(json);
	free(json);
}

static int store(const struct app *app, const struct profile *p, struct err *e)
{
	char *path = cmd_db_dup(app);
	struct db *db = db_open(path, DB_WRITE, e);
	int rc = db ? profiles_put(db, p, e) : -e->code;

	db_close(db);
	free(path);
	return rc;
}

/* Each set is compared with the profile of its own episodes: they were appended in order. */
static void compare_sets(struct learn *l)
{
	size_t first = 0;

	for (size_t i = 0; i < l->nsets; i++) {
		struct profile *own = NULL;

		if (l->nsets > 1) {
			unsigned char *use = xcalloc(l->all.count, 1);

			memset(use + first, 1, l->episodes[i]);
			own = profile_build(&l->all, use);
			free(use);
		}
		set_stats_compare(l->stats[i], own ? own : l->profile, l->profile);
		profile_free(own);
		first += l->episodes[i];
	}
}

/* The profile is useful without pictures: what stands in their way is said, not fatal. */
static void look_at_videos(struct learn *l)
{
	const struct dataset_progress progress = {.host = l, .tell = tell};
	struct reference_set *set = xcalloc(l->nsets, sizeof(*set));
	size_t first = 0;

	for (size_t i = 0; i < l->nsets; i++) {
		set[i] = (struct reference_set){l->set[i], first, l->episodes[i]};
		first += l->episodes[i];
	}
	l->reading = "cameras";
	references_learn(l->profile, &l->all, set, l->nsets,
			 isatty(STDERR_FILENO) ? &progress : NULL, &l->unseen);
	untell(l);
	free(set);
}

/* The calibration of the arm that recorded, as it is now: no data set holds it. */
static int keep_calibration(struct learn *l, const char *name, struct err *e)
{
	struct calibration *c = xcalloc(1, sizeof(*c));
	struct rig_errors *errors = xcalloc(1, sizeof(*errors));
	struct rig *rig = xcalloc(1, sizeof(*rig));
	int rc = rig_file_load(rig, errors, name, e);

	if (!rc)
		rc = rig_calibration_load(c, rig, e);
	if (!rc)
		rig_calibration_keep(l->profile, c);
	free(rig);
	free(errors);
	free(c);
	return rc;
}

static int learn(struct learn *l, struct app *app, struct err *e)
{
	const char *name = opts_text(&app->opts, "name"), *rig = opts_text(&app->opts, "rig");
	int rc = 0;

	l->set = xcalloc((size_t)app->argc, sizeof(*l->set));
	l->stats = xcalloc((size_t)app->argc, sizeof(*l->stats));
	l->episodes = xcalloc((size_t)app->argc, sizeof(*l->episodes));
	for (int i = 0; i < app->argc && !rc; i++)
		rc = read_set(l, (size_t)i, app->argv[i], e);
	if (rc)
		return rc;
	l->profile = profile_build(&l->all, NULL);
	text_copy(l->profile->name, NAME_BYTES, name ? name : dataset_name(l->set[0]));
	clock_utc_text(l->profile->learned_utc, clock_wall_ns());
	compare_sets(l);
	if (!opts_has(&app->opts, "no-videos"))
		look_at_videos(l);
	rc = rig ? keep_calibration(l, rig, e) : 0;
	return rc ? rc : store(app, l->profile, e);
}

static void learn_fini(struct learn *l)
{
	for (size_t i = 0; i < l->nsets; i++) {
		dataset_close(l->set[i]);
		set_stats_free(l->stats[i]);
	}
	free(l->set);
	free(l->stats);
	free(l->episodes);
	profile_free(l->profile);
	episodes_fini(&l->all);
}

static int run(struct app *app)
{
	const char *name = opts_text(&app->opts, "name");
	struct learn l = {.reading = "files"};
	struct err e = {0};
	int rc, status;

	if (!app->argc)
		rc = err_set(&e, EINVAL, "learn what? name a dataset's folder");
	else if (name && (!*name || strlen(name) >= NAME_BYTES || strchr(name, '/')))
		rc = err_set(&e, EINVAL, "--name %s: wanted are 1 to %d bytes without '/'", name,
			     NAME_BYTES - 1);
	else
		rc = learn(&l, app, &e);
	if (rc) {
		status = cmd_fail(&e);
	} else {
		print_warnings(&l);
		if (opts_has(&app->opts, "json"))
			print_json(l.profile);
		else
			print_text(l.profile);
		status = EXIT_OK;
	}
	learn_fini(&l);
	return status;
}

static const struct opt options[] = {
	{"name", "N", "name of the profile (default: the folder's)"},
	{"rig", "R", "keep the calibration of this rig's arm with it"},
	{"no-videos", NULL, "do not look at the cameras' videos"},
	{"json", NULL, "print the profile as JSON, without thumbnails"},
	{0},
};

const struct command command_learn = {
	.name = "learn",
	.operands = "DATASET…",
	.summary = "learn a training profile from datasets",
	.options = options,
	.run = run,
};
