/* SPDX-License-Identifier: Apache-2.0 */
#include "engine/feeds.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/epoll.h>

#include "base/text.h"

static struct feed *feed_of(struct feeds *f, uint16_t index)
{
	for (unsigned i = 0; i < f->count; i++) {
		const struct source *s = f->feed[i].source;

		if (index >= s->index && index < s->index + s->span)
			return &f->feed[i];
	}
	return NULL;
}

static unsigned facts_of(const struct event *ev)
{
	unsigned facts = 0;

	if (ev->kind == EVENT_CHUNK)
		return FACT_CHUNK | (ev->chunk->prompt_known ? (unsigned)FACT_PROMPT : 0u) |
		       (ev->chunk->latency_s >= 0 ? (unsigned)FACT_LATENCY : 0u);
	if (ev->kind == EVENT_RESET)
		return FACT_RESET;
	if (ev->kind == EVENT_FRAME || ev->kind == EVENT_CAMERA)
		return FACT_FRAMES;
	if (ev->kind == EVENT_MOTOR)
		return FACT_HEALTH;
	for (unsigned k = 0; ev->kind == EVENT_STEP && k < VEC_N; k++)
		facts |= ev->step->vec[k].present ? (unsigned)FACT_SEEN << k : 0u;
	return facts;
}

static void on_event(void *host, const struct event *ev)
{
	struct feeds *f = host;
	struct feed *d = feed_of(f, ev->source);

	if (!d)
		return; /* a source may only use the indexes it said it would */
	d->heard = true;
	d->facts |= facts_of(ev);
	if (ev->kind == EVENT_END)
		d->ended = true;
	f->host.event(f->host.host, ev);
}

static void on_raw(void *host, uint16_t source, int direction, int64_t t_ns, const void *p,
		   size_t n)
{
	struct feeds *f = host;

	f->host.raw(f->host.host, source, direction, t_ns, p, n);
}

static bool is_crowded(void *host)
{
	struct feeds *f = host;

	return f->host.crowded && f->host.crowded(f->host.host);
}

int feeds_open(struct feeds *f, const char *const *word, unsigned words,
	       const struct feeds_host *host, struct clock *clock, struct err *e)
{
	struct source_host sh = {.host = f, .emit = on_event, .raw = host->raw ? on_raw : NULL};
	unsigned index = 0;

	sh.told_ns = host->told_ns;
	sh.crowded = is_crowded;
	*f = (struct feeds){.host = *host, .clock = clock};
	if (!words || words > ENGINE_SOURCES_MAX)
		return err_set(e, EINVAL, "1 to %d sources, please", ENGINE_SOURCES_MAX);
	for (unsigned i = 0; i < words; i++) {
		struct feed *d = &f->feed[i];

		d->feeds = f;
		d->word = word[i];
		d->source = source_open(word[i], (uint16_t)index, &sh, clock, e);
		if (!d->source)
			return e->code ? -e->code : -EINVAL;
		f->count++;
		index += d->source->span;
		if (index > ENGINE_SOURCES_MAX)
			return err_set(e, EINVAL, "%s: with it there are more than %d sources",
				       word[i], ENGINE_SOURCES_MAX);
	}
	return 0;
}

static unsigned slots_of(const char *word)
{
	const struct source_class *class = NULL;
	struct uri u;

	if (uri_parse(&u, word, NULL) == 0) {
		class = source_find(u.kind);
		uri_fini(&u);
	}
	return class && class->slots ? class->slots : 1;
}

unsigned feeds_words(const char **out, const char *const *word, unsigned words)
{
	unsigned n = 0;

	for (unsigned i = 0; i < words; i++) {
		for (unsigned k = slots_of(word[i]); k && n < ENGINE_SOURCES_MAX; k--)
			out[n++] = word[i];
	}
	return n;
}

void feeds_close(struct feeds *f)
{
	for (unsigned i = 0; i < f->count; i++) {
		struct feed *d = &f->feed[i];

		if (d->watched)
			loop_unwatch(f->loop, d->source->fd);
		loop_timer_remove(&d->timer);
		source_close(d->source);
	}
	f->count = 0;
}

static bool all_ended(const struct feeds *f)
{
	for (unsigned i = 0; i < f->count; i++) {
		if (!f->feed[i].ended)
			return false;
	}
	return true;
}

static void watch(struct feed *d, bool on);

/* One call of the source; when it wants the next one, INT64_MAX: its descriptor tells. */
static int64_t run_source(struct feed *d)
{
	int64_t next = d->source->class->run(d->source, clock_now_ns(d->feeds->clock));

	if (next < 0) {
		d->ended = true;
		d->error = d->source->error;
		d->feeds->host.failed(d->feeds->host.host, &d->error);
	}
	return d->ended ? INT64_MAX : next;
}

static void run_feed(struct feed *d)
{
	struct feeds *f = d->feeds;
	int64_t next;

	if (d->ended || d->paused)
		return;
	if (d->source->class->waits && f->host.crowded(f->host.host)) {
		d->paused = true;
		watch(d, false);
		loop_timer_set(f->loop, &d->timer, INT64_MAX);
		return;
	}
	next = run_source(d);
	loop_timer_set(f->loop, &d->timer, next);
	if (!d->ended)
		return;
	watch(d, false);
	if (all_ended(f))
		f->host.all_ended(f->host.host);
}

/* What a tap saw came before what the control loop made of it, and is taken first. */
static void run_taps(struct feeds *f, const struct feed *but)
{
	for (unsigned i = 0; i < f->count; i++) {
		if (&f->feed[i] != but && f->feed[i].source->class->slots)
			run_feed(&f->feed[i]);
	}
}

static void on_ready(void *arg, uint32_t events)
{
	struct feed *d = arg;

	(void)events;
	run_taps(d->feeds, d);
	run_feed(d);
}

static void on_time(void *arg, int64_t now_ns)
{
	struct feed *d = arg;

	(void)now_ns;
	if (!d->source->class->slots)
		run_taps(d->feeds, d);
	run_feed(d);
}

static void watch(struct feed *d, bool on)
{
	if (d->source->fd < 0 || on == d->watched)
		return;
	if (!on)
		loop_unwatch(d->feeds->loop, d->source->fd);
	d->watched = on && loop_watch(d->feeds->loop, d->source->fd, EPOLLIN, on_ready, d) == 0;
}

int feeds_start(struct feeds *f, struct loop *loop, struct err *e)
{
	f->loop = loop;
	for (unsigned i = 0; i < f->count; i++) {
		struct feed *d = &f->feed[i];

		loop_timer_init(&d->timer, on_time, d);
		watch(d, true);
		if (d->source->fd >= 0 && !d->watched)
			return err_set(e, EIO, "%s: cannot be watched", d->word);
		loop_timer_set(loop, &d->timer, 0);
	}
	return 0;
}

bool feeds_held(const struct feeds *f)
{
	bool held = false;

	for (unsigned i = 0; i < f->count; i++) {
		if (!f->feed[i].ended && !f->feed[i].paused)
			return false;
		held |= f->feed[i].paused && !f->feed[i].ended;
	}
	return held;
}

void feeds_resume(struct feeds *f)
{
	for (unsigned i = 0; i < f->count; i++) {
		struct feed *d = &f->feed[i];

		if (!d->paused)
			continue;
		d->paused = false;
		watch(d, true);
		loop_timer_set(f->loop, &d->timer, 0);
	}
}

unsigned feeds_rereads(const struct feeds *f)
{
	unsigned bits = 0;

	for (unsigned i = 0; i < f->count; i++) {
		const struct source *s = f->feed[i].source;

		for (unsigned k = 0; s->class->rereads && k < s->span; k++)
			bits |= 1u << (s->index + k);
	}
	return bits;
}

void feeds_tell_ready(const struct feeds *f, const struct engine_cfg *cfg)
{
	struct engine_source s[ENGINE_SOURCES_MAX];

	for (unsigned i = 0; i < f->count; i++)
		s[i] = (struct engine_source){f->feed[i].word, f->feed[i].source->address};
	if (cfg->ready)
		cfg->ready(cfg->host, s, f->count);
}

void feeds_bad(const struct feeds *f, struct engine_result *out)
{
	for (unsigned i = 0; i < f->count; i++) {
		const struct source *s = f->feed[i].source;
		char line[2 * sizeof(out->bad_line)], word[128];

		if (!s->bad_lines)
			continue;
		text_clean(word, sizeof(word), f->feed[i].word, strlen(f->feed[i].word));
		snprintf(line, sizeof(line), "%s %s", word, s->first_bad);
		if (!out->bad_lines)
			text_copy(out->bad_line, sizeof(out->bad_line), line);
		out->bad_lines += s->bad_lines;
	}
}

void feeds_show(const struct feeds *f, struct snapshot *out)
{
	out->nsources = f->count < VIEW_SOURCES ? f->count : VIEW_SOURCES;
	for (unsigned i = 0; i < out->nsources; i++) {
		const struct feed *d = &f->feed[i];
		struct view_source *v = &out->source[i];
		const char *state = d->ended ? "ended" : d->heard ? "connected" : "waiting";

		text_clean(v->word, sizeof(v->word), d->word, strlen(d->word));
		v->facts = d->facts;
		v->up = d->heard && !d->ended;
		text_copy(v->state, sizeof(v->state), d->error.code ? d->error.msg : state);
		v->bad_lines = d->source->bad_lines;
	}
}

int64_t feeds_run_due(struct feeds *f)
{
	int64_t now = clock_now_ns(f->clock), next = INT64_MAX;

	for (unsigned i = 0; i < f->count; i++) {
		struct feed *d = &f->feed[i];

		if (!d->ended && d->timer.at_ns <= now)
			d->timer.at_ns = run_source(d);
		if (!d->ended && d->timer.at_ns < next)
			next = d->timer.at_ns;
	}
	return next;
}
