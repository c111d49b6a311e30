/* SPDX-License-Identifier: Apache-2.0 */
/*
 * `dataset:PATH`: replays recorded episodes as if they were a deployment: seen is
 * observation.state, asked is action. The driver is unknown, not human, so that the checks judge a
 * replay at all.
 */
#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/text.h"
#include "source/speed.h"
#include "training/dataset.h"

enum { BITE = 256 /* steps a run() at most */, WARNINGS_TOLD = 8 };

/* Between two episodes, on the axis of the source. */
#define PAUSE_NS NS_PER_S

struct replay {
	struct dataset *dataset;
	struct episodes episodes;
	struct speed speed;
	struct hello hello;
	unsigned state_joint[MAX_JOINTS]; /* index in hello.joint, MAX_JOINTS: no room */
	unsigned action_joint[MAX_JOINTS];
	bool begun, inside, ended; /* inside: between start and end of an episode */
	size_t episode, frame;	   /* the next one; frame within its episode */
	int64_t seq;
	int64_t base_ns; /* of the episode's timestamps on the axis */
	int64_t last_ns; /* the axis at the last step */
	struct step step;
};

/* Index of a joint in the union, added when it is new. */
static unsigned place(struct hello *h, const struct joint *joint, unsigned before)
{
	for (unsigned i = 0; i < before; i++) {
		if (strcmp(h->joint[i].name, joint->name) == 0)
			return i;
	}
	if (h->joints == MAX_JOINTS)
		return MAX_JOINTS;
	h->joint[h->joints] = *joint;
	return h->joints++;
}

static void introduce(struct replay *r)
{
	const struct episodes *e = &r->episodes;
	struct hello *h = &r->hello;
	unsigned actions;

	text_copy(h->robot, sizeof(h->robot), e->robot);
	text_copy(h->policy, sizeof(h->policy), "dataset");
	if (e->count && e->span[0].task < e->ntasks)
		text_copy(h->task, sizeof(h->task), e->task[e->span[0].task]);
	h->fps = e->fps;
	h->facts = FACT_PROMPT | (e->naction ? FACT_ASKED : 0u) | (e->nstate ? FACT_SEEN : 0u);
	for (unsigned j = 0; j < e->naction; j++)
		r->action_joint[j] = place(h, &e->action_joint[j], 0);
	actions = h->joints;
	for (unsigned j = 0; j < e->nstate; j++)
		r->state_joint[j] = place(h, &e->state_joint[j], actions);
}

static int dataset_source_open(struct source *s, struct uri *u, struct err *e)
{
	const char *one = uri_param(u, "episode"), *some = uri_param(u, "episodes");
	const char *which = one ? one : some;
	struct replay *r = s->state;
	int rc = speed_open(&r->speed, u, e);

	if (rc < 0)
		return rc;
	if (!u->rest[0])
		return err_set(e, EINVAL, "%s: write dataset:PATH", u->word);
	if (which && strcmp(which, "all") == 0)
		which = NULL;
	rc = dataset_open_at(&r->dataset, u->rest, which, e);
	if (rc == 0)
		rc = dataset_load(r->dataset, &r->episodes, e);
	if (rc < 0)
		return rc;
	introduce(r);
	if (!r->hello.joints)
		return err_set(e, EBADMSG, "%s: has neither action nor observation.state", u->rest);
	return 0;
}

/* The time of a frame on the source's axis; a timestamp that is none is made from the fps. */
static int64_t frame_ns(const struct replay *r, const struct episode_span *span, size_t frame)
{
	double t = r->episodes.timestamp_s[span->first + frame];

	if (!(t >= 0 && t < 1e6)) /* NaN, too */
		t = r->episodes.fps > 0 ? (double)frame / r->episodes.fps : 0;
	return r->base_ns + llround(t * 1e9);
}

static void deliver_hello(struct source *s, struct replay *r, int64_t now_ns)
{
	struct event ev = {.kind = EVENT_HELLO, .t_ns = now_ns, .src_ns = TIME_UNKNOWN};
	size_t warnings = dataset_warnings(r->dataset);

	ev.hello = &r->hello;
	source_deliver(s, &ev);
	for (size_t i = 0; i < warnings && i < WARNINGS_TOLD; i++)
		source_note(s, now_ns, "%s", dataset_warning(r->dataset, i));
	if (warnings > WARNINGS_TOLD)
		source_note(s, now_ns, "and %zu more remarks on the data set",
			    warnings - WARNINGS_TOLD);
	r->begun = true;
}

static void deliver_mark(struct source *s, struct replay *r, bool start, int64_t now_ns,
			 int64_t src_ns)
{
	const struct episode_span *span = &r->episodes.span[r->episode];
	struct episode_mark mark = {.start = start, .boundary = "data set"};
	struct event ev = {.kind = EVENT_EPISODE, .t_ns = now_ns, .src_ns = src_ns};

	if (span->task < r->episodes.ntasks)
		text_copy(mark.task, sizeof(mark.task), r->episodes.task[span->task]);
	ev.episode = &mark;
	source_deliver(s, &ev);
	r->inside = start;
}

static void deliver_step(struct source *s, struct replay *r, int64_t now_ns, int64_t src_ns)
{
	const struct episodes *e = &r->episodes;
	size_t row = e->span[r->episode].first + r->frame;
	struct event ev = {.kind = EVENT_STEP, .t_ns = now_ns, .src_ns = src_ns};
	struct step *step = &r->step;

	step_init(step, r->hello.joints);
	step->seq = r->seq++;
	step->t_ns = now_ns;
	step->src_ns = src_ns;
	for (unsigned j = 0; j < e->nstate; j++) {
		if (r->state_joint[j] < MAX_JOINTS)
			vec_set(&step->vec[VEC_SEEN], r->state_joint[j],
				e->state[row * e->nstate + j]);
	}
	for (unsigned j = 0; j < e->naction; j++) {
		if (r->action_joint[j] < MAX_JOINTS)
			vec_set(&step->vec[VEC_ASKED], r->action_joint[j],
				e->action[row * e->naction + j]);
	}
	ev.step = step;
	source_deliver(s, &ev);
	r->frame++;
	r->last_ns = src_ns;
}

/* Nothing is left of the episode, which may have been empty. */
static void end_episode(struct source *s, struct replay *r, int64_t now_ns)
{
	if (r->inside)
		deliver_mark(s, r, false, now_ns, r->last_ns);
	r->episode++;
	r->frame = 0;
	/* Timestamps that lie could carry the axis away over thousands of episodes. */
	r->base_ns = r->last_ns < INT64_MAX / 2 ? r->last_ns + PAUSE_NS : 0;
}

static int64_t dataset_run(struct source *s, int64_t now_ns)
{
	struct replay *r = s->state;
	const struct episodes *e = &r->episodes;

	if (!r->begun)
		deliver_hello(s, r, now_ns);
	for (unsigned n = 0; r->episode < e->count && n < BITE; n++) {
		const struct episode_span *span = &e->span[r->episode];
		int64_t src_ns, due_ns;

		if (r->frame == span->frames) {
			end_episode(s, r, now_ns);
			continue;
		}
		src_ns = frame_ns(r, span, r->frame);
		due_ns = speed_due_ns(&r->speed, src_ns, now_ns);
		if (due_ns > now_ns)
			return due_ns;
		if (!r->inside)
			deliver_mark(s, r, true, now_ns, src_ns);
		deliver_step(s, r, now_ns, src_ns);
	}
	if (r->episode < e->count)
		return now_ns;
	if (!r->ended) {
		struct event end = {.kind = EVENT_END, .t_ns = now_ns, .src_ns = TIME_UNKNOWN};

		r->ended = true;
		source_deliver(s, &end);
	}
	return INT64_MAX;
}

static void dataset_source_close(struct source *s)
{
	struct replay *r = s->state;

	episodes_fini(&r->episodes);
	dataset_close(r->dataset);
}

static const struct source_param params[] = {
	{"episode", "", "all", "which episodes: 7, 0-15, 3,8-10 or all; episodes= is the same"},
	SPEED_PARAM,
	{0},
};

const struct source_class source_dataset = {
	.kind = "dataset",
	.rest = "PATH",
	.summary = "replay of a LeRobot data set (folder or cached repo id)",
	.facts = FACT_SEEN | FACT_ASKED | FACT_PROMPT,
	.waits = true,
	.rereads = true,
	.decoder = &decoder_lines,
	.params = params,
	.state_size = sizeof(struct replay),
	.open = dataset_source_open,
	.run = dataset_run,
	.close = dataset_source_close,
};
