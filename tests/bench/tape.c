/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/bench/tape.h"

#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <zlib.h>

#include "base/mem.h"
#include "check/check.h"
#include "sim/sim.h"
#include "wire/stream.h"

struct tape *tape_new(void)
{
	return xcalloc(1, sizeof(struct tape));
}

void tape_free(struct tape *t)
{
	free(t->actions);
	free(t);
}

static void add_chunk(struct tape *t, const struct chunk *c)
{
	size_t n = c->actions ? (size_t)c->horizon * c->dims : 0;

	if (t->nchunks == TAPE_CHUNKS)
		return;
	if (t->used + n > t->room) {
		t->room = 2 * (t->used + n);
		t->actions = xrealloc(t->actions, t->room, sizeof(double));
	}
	if (n)
		memcpy(t->actions + t->used, c->actions, n * sizeof(double));
	t->chunk[t->nchunks] = *c;
	t->at[t->nchunks++] = n ? t->used : SIZE_MAX;
	t->used += n;
}

void tape_add_chunk(struct tape *t, int64_t seq)
{
	struct chunk c = {.number = CHUNK_UNKNOWN, .seq = seq, .latency_s = NAN};

	c.request_ns = c.reply_ns = TIME_UNKNOWN;
	add_chunk(t, &c);
}

void tape_copy(struct tape *to, const struct tape *from)
{
	to->hello = from->hello;
	to->nsteps = from->nsteps;
	to->outcome = from->outcome;
	memcpy(to->step, from->step, from->nsteps * sizeof(from->step[0]));
	memcpy(to->task, from->task, sizeof(to->task));
	to->nchunks = 0;
	to->used = 0;
	for (unsigned i = 0; i < from->nchunks; i++) {
		struct chunk c = from->chunk[i];

		c.actions = from->at[i] == SIZE_MAX ? NULL : from->actions + from->at[i];
		add_chunk(to, &c);
	}
}

unsigned tape_code(const char *name)
{
	for (unsigned i = 0; check_table[i]; i++) {
		if (strcmp(check_table[i]->name, name) == 0)
			return i;
	}
	return TAPE_CODES;
}

static void take(void *host, const struct event *ev)
{
	struct tape *t = host;

	if (ev->kind == EVENT_HELLO) {
		t->hello = *ev->hello;
	} else if (ev->kind == EVENT_CHUNK) {
		add_chunk(t, ev->chunk);
	} else if (ev->kind == EVENT_EPISODE && ev->episode->start) {
		memcpy(t->task, ev->episode->task, sizeof(t->task));
	} else if (ev->kind == EVENT_EPISODE) {
		t->outcome = ev->episode->outcome;
	} else if (ev->kind == EVENT_STEP && t->nsteps < TAPE_STEPS) {
		t->step[t->nsteps] = *ev->step;
		t->step[t->nsteps].src_ns = ev->src_ns;
		t->step[t->nsteps].episode = 0;
		if (t->step[t->nsteps].seq == SEQ_UNKNOWN)
			t->step[t->nsteps].seq = t->nsteps;
		t->nsteps++;
	}
}

void tape_idle(struct tape *t, unsigned from, unsigned n)
{
	for (unsigned i = from; i < from + n && i < t->nsteps; i++) {
		t->step[i].driver = DRIVER_IDLE;
		t->step[i].vec[VEC_ASKED].present = false;
	}
}

int tape_read_gz(struct tape *t, const char *path, struct err *e)
{
	gzFile f = gzopen(path, "rb");
	struct stream *s;
	char buf[1 << 16];
	int n;

	if (!f)
		return err_set(e, ENOENT, "%s: cannot open", path);
	t->nsteps = t->nchunks = 0;
	t->used = 0;
	t->task[0] = '\0';
	t->outcome = OUTCOME_UNKNOWN;
	s = stream_new(take, t);
	while ((n = gzread(f, buf, sizeof(buf))) > 0)
		stream_bytes(s, buf, (size_t)n, SIZE_MAX, 0);
	stream_end(s, 0);
	stream_free(s);
	gzclose(f);
	return n < 0 ? err_set(e, EIO, "%s: broken gzip data", path) : 0;
}

void tape_from_episode(struct tape *t, const struct episodes *e, size_t i)
{
	const struct episode_span *span = &e->span[i];
	const struct joint *joint = e->naction ? e->action_joint : e->state_joint;

	t->nchunks = 0;
	t->used = 0;
	t->outcome = OUTCOME_UNKNOWN;
	snprintf(t->task, sizeof(t->task), "%s", span->task < e->ntasks ? e->task[span->task] : "");
	t->hello = (struct hello){.fps = e->fps, .joints = e->naction ? e->naction : e->nstate};
	memcpy(t->hello.joint, joint, t->hello.joints * sizeof(*joint));
	t->nsteps = span->frames < TAPE_STEPS ? (unsigned)span->frames : TAPE_STEPS;
	for (unsigned f = 0; f < t->nsteps; f++) {
		struct step *s = &t->step[f];
		size_t row = span->first + f;

		step_init(s, t->hello.joints);
		s->seq = f;
		s->src_ns = (int64_t)llround(f * 1e9 / e->fps);
		for (unsigned j = 0; j < e->naction; j++)
			vec_set(&s->vec[VEC_ASKED], j, e->action[row * e->naction + j]);
		for (unsigned j = 0; j < e->nstate && j < t->hello.joints; j++)
			vec_set(&s->vec[VEC_SEEN], j, e->state[row * e->nstate + j]);
	}
}

bool tape_is_seam(const struct tape *t, unsigned step)
{
	for (unsigned i = 0; i < t->nchunks; i++) {
		if (t->chunk[i].seq == t->step[step].seq)
			return true;
	}
	return false;
}

static void hear(void *host, const struct verdict *v)
{
	struct heard *h = host;
	unsigned code = tape_code(v->code);

	if (v->level > h->level[code])
		h->level[code] = v->level;
	if (v->level >= LEVEL_WARN && h->warn_seq[code] == SEQ_UNKNOWN)
		h->warn_seq[code] = v->seq;
	if (v->level > h->worst) {
		h->worst = v->level;
		snprintf(h->message, sizeof(h->message), "%.20s: %.170s", v->code, v->message);
	}
}

static void heard_init(struct heard *h)
{
	memset(h, 0, sizeof(*h));
	for (unsigned i = 0; i < TAPE_CODES; i++)
		h->warn_seq[i] = SEQ_UNKNOWN;
}

/* Which checks had something to judge: what is quiet because it is deaf does not count. */
static void hear_status(const struct judge *j, struct heard *h)
{
	struct check_status status[TAPE_CODES];
	size_t n = judge_status(j, status, TAPE_CODES);

	for (size_t i = 0; i < n; i++)
		h->judged[i] = isfinite(status[i].value);
}

void tape_play(const struct tape *t, const struct profile *p, struct heard *out)
{
	struct judge *j = judge_new(p, &(struct judge_host){out, hear});
	struct event ev = {.kind = EVENT_HELLO, .hello = &t->hello};
	struct episode_mark mark = {.start = true};
	unsigned chunk = 0;

	heard_init(out);
	memcpy(mark.task, t->task, sizeof(mark.task));
	judge_feed(j, &ev);
	ev = (struct event){.kind = EVENT_EPISODE, .episode = &mark};
	judge_feed(j, &ev);
	for (unsigned i = 0; i < t->nsteps; i++) {
		for (; chunk < t->nchunks && t->chunk[chunk].seq <= t->step[i].seq; chunk++) {
			struct chunk c = t->chunk[chunk];

			c.actions = t->at[chunk] == SIZE_MAX ? NULL : t->actions + t->at[chunk];
			ev = (struct event){.kind = EVENT_CHUNK, .chunk = &c};
			judge_feed(j, &ev);
		}
		ev = (struct event){.kind = EVENT_STEP, .step = &t->step[i]};
		judge_feed(j, &ev);
	}
	hear_status(j, out);
	judge_free(j);
}

/* Appends a step of the simulated teacher as one frame. */
static void add_frame(struct episodes *e, size_t *cap, const struct step *s)
{
	struct episode_span *span = &e->span[e->count - 1];

	if (e->frames == *cap) {
		*cap = *cap ? 2 * *cap : 4096;
		e->state = xrealloc(e->state, *cap, e->nstate * sizeof(double));
		e->action = xrealloc(e->action, *cap, e->naction * sizeof(double));
		e->timestamp_s = xrealloc(e->timestamp_s, *cap, sizeof(double));
	}
	memcpy(e->state + e->frames * e->nstate, s->vec[VEC_SEEN].v, e->nstate * sizeof(double));
	memcpy(e->action + e->frames * e->naction, s->vec[VEC_ASKED].v,
	       e->naction * sizeof(double));
	e->timestamp_s[e->frames] = (double)span->frames / e->fps;
	e->frames++;
	span->frames++;
}

void tape_sim_episodes(struct episodes *e, unsigned n, uint64_t seed)
{
	struct sim_cfg cfg = {.seed = seed, .teleop = true};
	struct sim *s = sim_new(&cfg);
	struct event ev;
	size_t cap = 0;

	memset(e, 0, sizeof(*e));
	e->span = xcalloc(n + 1, sizeof(*e->span));
	for (;;) {
		sim_next(s, &ev);
		if (ev.kind == EVENT_HELLO) {
			snprintf(e->robot, sizeof(e->robot), "%s", ev.hello->robot);
			e->fps = ev.hello->fps;
			e->nstate = e->naction = ev.hello->joints;
			memcpy(e->state_joint, ev.hello->joint, sizeof(e->state_joint));
			memcpy(e->action_joint, ev.hello->joint, sizeof(e->action_joint));
		} else if (ev.kind == EVENT_EPISODE && ev.episode->start) {
			if (e->count == n)
				break;
			e->span[e->count] = (struct episode_span){.index = (int64_t)e->count,
								  .first = e->frames};
			e->count++;
		} else if (ev.kind == EVENT_STEP && e->count && ev.step->driver != DRIVER_IDLE) {
			add_frame(e, &cap, ev.step);
		}
	}
	sim_free(s);
}

void tally_add(struct tally *y, const struct heard *h)
{
	y->n++;
	y->note += h->worst == LEVEL_NOTE;
	y->warn += h->worst >= LEVEL_WARN;
	y->fail += h->worst == LEVEL_FAIL;
	for (unsigned i = 0; i < TAPE_CODES; i++) {
		y->by_code[i] += h->level[i] >= LEVEL_WARN;
		y->fail_by_code[i] += h->level[i] == LEVEL_FAIL;
		y->judged_by_code[i] += h->judged[i];
	}
}

void tape_play_sim(const struct profile *p, unsigned n, uint64_t seed, struct tally *out)
{
	struct sim_cfg cfg = {.seed = seed};
	struct sim *s = sim_new(&cfg);
	struct heard heard;
	struct judge *j = judge_new(p, &(struct judge_host){&heard, hear});
	struct event ev;
	bool open = false;

	heard_init(&heard);
	for (unsigned done = 0; done < n;) {
		sim_next(s, &ev);
		if (ev.kind == EVENT_EPISODE && ev.episode->start && open) {
			if (heard.worst >= LEVEL_WARN && getenv("POLICYTOP_VERBOSE"))
				printf("  sim %u %s\n", done, heard.message);
			hear_status(j, &heard);
			tally_add(out, &heard);
			heard_init(&heard);
			done++;
		}
		open = open || ev.kind == EVENT_EPISODE;
		judge_feed(j, &ev);
	}
	judge_free(j);
	sim_free(s);
}
