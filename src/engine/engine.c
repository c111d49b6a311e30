/* SPDX-License-Identifier: Apache-2.0 */
#include "engine/engine.h"

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <unistd.h>

#include "base/loop.h"
#include "base/mem.h"
#include "base/text.h"
#include "engine/capture_file.h"
#include "engine/control.h"
#include "engine/core.h"
#include "engine/explainer.h"
#include "engine/feeds.h"
#include "engine/journal.h"
#include "engine/lock.h"
#include "view/client.h"

static const int64_t minute_ns = 60 * NS_PER_S, look_ns = NS_PER_S / 2;
static const int64_t patience_ns = NS_PER_S, held_max_ns = 5 * NS_PER_S;

struct engine {
	const struct engine_cfg *cfg;
	struct clock clock;
	struct loop *loop;
	struct core core;
	struct feeds feeds;
	struct recorder *recorder;
	struct capture_file capture;
	struct control *control;     /* NULL without a rig */
	struct explainer *explainer; /* NULL without a profile */
	struct journal journal;
	int lock; /* -1 none */
	struct loop_timer minute, look, limit;
	int64_t held_ns; /* since when no source may go on and nothing can be stored; 0: not so */
	bool behind, capture_lost;
	const char *why; /* it ends; NULL: it does not */
	bool stopped;
};

static void stop(struct engine *g, const char *why, bool stopped)
{
	if (!g->why) {
		g->why = why;
		g->stopped = stopped;
	}
	loop_stop(g->loop);
}

static void on_signal(void *arg, int signo)
{
	stop(arg, signo == SIGINT ? "interrupted" : "told to end", true);
}

/* What the core tells at once. */

static void on_verdict(void *host, const struct verdict *v)
{
	struct engine *g = host;

	if (g->control)
		control_verdict(g->control, v);
	if (v->level >= LEVEL_WARN)
		journal_line(&g->journal, "%s %s: %s", level_word(v->level), v->code, v->message);
}

static void on_note(void *host, enum level level, const char *text)
{
	struct engine *g = host;

	if (g->control)
		control_event(g->control, level, text);
	journal_line(&g->journal, "%s", text);
}

static void on_explain(void *host, struct outset_case *c)
{
	explainer_give(((struct engine *)host)->explainer, c);
}

static void on_explained(void *arg, uint32_t events)
{
	struct engine *g = arg;
	struct explainer_answer a;

	(void)events;
	while (explainer_answer(g->explainer, &a))
		core_explained(&g->core, a.episode, a.level, a.text);
}

/* What the feeds tell. */

static void on_event(void *host, const struct event *ev)
{
	struct engine *g = host;

	core_feed(&g->core, ev);
	if (g->core.full)
		stop(g, "the number of steps is reached", false);
}

static void on_raw(void *host, uint16_t source, int direction, int64_t t_ns, const void *p,
		   size_t n)
{
	struct engine *g = host;

	recorder_raw(g->recorder, source, direction, t_ns, p, n);
}

static bool is_crowded(void *host)
{
	struct engine *g = host;

	return recorder_crowded(g->recorder);
}

static void on_failed(void *host, const struct err *e)
{
	struct engine *g = host;

	if (!g->core.result.failed.code)
		g->core.result.failed = *e;
	core_note(&g->core, LEVEL_WARN, e->msg);
}

static void on_all_ended(void *host)
{
	stop(host, "the sources ended", false);
}

static void on_space(void *arg, uint32_t events)
{
	struct engine *g = arg;

	(void)events;
	recorder_space_seen(g->recorder);
	feeds_resume(&g->feeds);
}

/* What viewers ask. */

static int64_t host_run(void *host)
{
	return recorder_run(((struct engine *)host)->recorder);
}

static void host_snapshot(void *host, struct snapshot *out)
{
	struct engine *g = host;

	live_snapshot(g->core.live, g->core.judge, clock_now_ns(&g->clock), out);
	text_copy(out->rig, sizeof(out->rig), g->cfg->rig);
	out->run = recorder_run(g->recorder);
	out->segment = g->cfg->resume.run ? g->cfg->resume.segments + 1 : 1;
	out->steps += g->cfg->resume.steps;
	out->dropped = recorder_dropped(g->recorder);
	if ((int)out->worst < g->cfg->resume.worst)
		out->worst = (enum level)g->cfg->resume.worst;
	feeds_show(&g->feeds, out);
}

static bool host_history(void *host, const struct request *r, struct history *out)
{
	struct engine *g = host;

	return live_history(g->core.live, r->joint, r->columns, r->span_s, clock_now_ns(&g->clock),
			    out);
}

static void host_thumb(void *host, const struct request *r, struct view_thumb *out)
{
	live_thumb(((struct engine *)host)->core.live, r->camera, out);
}

static void host_reference(void *host, const struct request *r, struct view_reference *out)
{
	live_reference(((struct engine *)host)->core.live, r->name, out);
}

static int mark(struct engine *g, const struct request *r, char text[MESSAGE_BYTES])
{
	char line[MESSAGE_BYTES];

	snprintf(line, sizeof(line), "mark: %s", r->note[0] ? r->note : "(no note)");
	core_note(&g->core, LEVEL_OK, line);
	text_copy(text, MESSAGE_BYTES, "marked");
	return 0;
}

static int act_on_episode(struct engine *g, const struct request *r, char text[MESSAGE_BYTES],
			  struct err *e)
{
	struct boundary *b = merge_boundary(g->core.merge);
	int64_t now = clock_now_ns(&g->clock);
	const char *outcome = outcome_word(r->outcome);

	if (!merge_hello(g->core.merge)->joints)
		return err_set(e, ENODATA, "no source has said anything yet");
	if (r->kind == REQUEST_EPISODE_START) {
		if (boundary_operator_start(b, now))
			return err_set(e, EALREADY, "episode %u is under way", b->number);
		snprintf(text, MESSAGE_BYTES, "episode %u began", b->number);
		return 0;
	}
	if (boundary_operator_end(b, r->outcome, r->note, now))
		return err_set(e, EALREADY, "episode %u has ended already", b->number);
	snprintf(text, MESSAGE_BYTES, "episode %u ended: %s", b->number,
		 outcome ? outcome : "outcome unknown");
	return 0;
}

static int host_act(void *host, const struct request *r, char text[MESSAGE_BYTES], struct err *e)
{
	struct engine *g = host;
	uint32_t now = merge_boundary(g->core.merge)->number;

	if (r->kind == REQUEST_STOP) {
		text_copy(text, MESSAGE_BYTES, "stopping");
		stop(g, "stopped by a request", true);
		return 0;
	}
	if (r->episode != now)
		return err_set(e, ESTALE, "it is episode %u now, not %u: nothing was done", now,
			       r->episode);
	return r->kind == REQUEST_MARK ? mark(g, r, text) : act_on_episode(g, r, text, e);
}

/* Timers. */

static void on_minute(void *arg, int64_t now_ns)
{
	struct engine *g = arg;

	core_clock_pair(&g->core);
	loop_timer_set(g->loop, &g->minute, now_ns + minute_ns);
}

/* What the writer thread cannot say itself. */
static void on_look(void *arg, int64_t now_ns)
{
	struct engine *g = arg;
	char text[MESSAGE_BYTES];
	struct err why;
	bool behind = recorder_behind(g->recorder, &why);

	if (behind && !g->behind) {
		snprintf(text, sizeof(text), "recording behind: %s", why.msg);
		core_note(&g->core, LEVEL_WARN, text);
	} else if (!behind && g->behind) {
		core_note(&g->core, LEVEL_OK, "recording has caught up");
	}
	g->behind = behind;
	if (!behind || !feeds_held(&g->feeds))
		g->held_ns = 0;
	else if (!g->held_ns)
		g->held_ns = now_ns;
	else if (now_ns - g->held_ns > held_max_ns)
		stop(g, "nothing can be stored, and the sources wait", false);
	if (!g->capture_lost && recorder_capture_failed(g->recorder, &why)) {
		g->capture_lost = true;
		core_note(&g->core, LEVEL_WARN, why.msg);
	}
	loop_timer_set(g->loop, &g->look, now_ns + look_ns);
}

static void on_limit(void *arg, int64_t now_ns)
{
	(void)now_ns;
	stop(arg, "the time is over", false);
}

static void set_timers(struct engine *g)
{
	int64_t now = clock_now_ns(&g->clock);

	loop_timer_init(&g->minute, on_minute, g);
	loop_timer_init(&g->look, on_look, g);
	loop_timer_init(&g->limit, on_limit, g);
	loop_timer_set(g->loop, &g->minute, now + minute_ns);
	loop_timer_set(g->loop, &g->look, now + look_ns);
	if (g->cfg->seconds > 0)
		loop_timer_set(g->loop, &g->limit, now + (int64_t)(g->cfg->seconds * 1e9));
}

/* Start and end. */

static int open_loop(struct engine *g, struct err *e)
{
	sigset_t set;
	int rc;

	g->loop = loop_new(e);
	if (!g->loop)
		return -e->code;
	signal(SIGPIPE, SIG_IGN);
	sigemptyset(&set);
	sigaddset(&set, SIGINT);
	sigaddset(&set, SIGTERM);
	rc = loop_signals(g->loop, &set, on_signal, g);
	return rc ? err_set(e, -rc, "cannot watch signals: %s", strerror(-rc)) : 0;
}

static int open_recorder(struct engine *g, struct err *e)
{
	struct recorder_cfg rc = {
		.ops = g->cfg->sink,
		.sink = g->cfg->sink_state,
		.threaded = true,
		.dropped = g->cfg->resume.dropped,
		.samples = g->cfg->full_rate,
		.interval_ns = g->cfg->slow_disk ? NS_PER_S : NS_PER_S / 4,
	};
	const char *word[ENGINE_SOURCES_MAX];
	int fail;

	if (g->cfg->capture) {
		unsigned words = feeds_words(word, g->cfg->source, g->cfg->sources);

		fail = capture_file_open(&g->capture, g->cfg->capture, word, words,
					 g->cfg->resume.run != 0, e);
		if (fail)
			return fail;
		rc.capture = &g->capture;
	}
	g->recorder = recorder_new(&rc, e);
	if (!g->recorder)
		return -e->code;
	return loop_watch(g->loop, recorder_space_fd(g->recorder), EPOLLIN, on_space, g);
}

static int open_control(struct engine *g, struct err *e)
{
	struct control_host host = {
		.host = g,
		.run = host_run,
		.snapshot = host_snapshot,
		.history = host_history,
		.thumb = host_thumb,
		.reference = host_reference,
		.act = host_act,
	};
	char *path = rig_socket_dup(g->cfg->rig, e);

	if (path)
		g->control = control_new(g->loop, path, geteuid(), &host, e);
	free(path);
	return g->control ? 0 : -e->code;
}

static int64_t later(int64_t a, int64_t b)
{
	return a > b ? a : b;
}

/*
 * Until when a source need not tell again what an earlier segment has stored, at least 1. The last
 * chunk is told again while no step came after it: its own may not have been stored. Times after
 * now are of another boot.
 */
static int64_t stored_until(const struct resume_point *r, int64_t now_ns)
{
	int64_t t_ns = r->last_chunk_ns > r->last_t_ns ? r->last_chunk_ns - 1 : r->last_t_ns;

	return t_ns > now_ns ? 1 : later(1, t_ns);
}

static int open_feeds(struct engine *g, struct err *e)
{
	struct feeds_host host = {
		.host = g,
		.event = on_event,
		.raw = g->cfg->capture ? on_raw : NULL,
		.crowded = is_crowded,
		.failed = on_failed,
		.all_ended = on_all_ended,
	};
	struct core_host ch = {.host = g, .verdict = on_verdict, .note = on_note};
	const struct resume_point *resume = &g->cfg->resume;
	int rc;

	if (resume->run)
		host.told_ns = stored_until(resume, clock_now_ns(&g->clock));
	rc = feeds_open(&g->feeds, g->cfg->source, g->cfg->sources, &host, &g->clock, e);

	if (rc)
		return rc;
	core_init(&g->core, g->cfg, g->recorder, &g->clock, feeds_rereads(&g->feeds));
	if (g->explainer)
		ch.explain = on_explain;
	g->core.host = ch;
	return feeds_start(&g->feeds, g->loop, e);
}

static int open_explainer(struct engine *g, struct err *e)
{
	if (!g->cfg->profile)
		return 0;
	g->explainer = explainer_new(e);
	if (!g->explainer)
		return -e->code;
	return loop_watch(g->loop, explainer_fd(g->explainer), EPOLLIN, on_explained, g);
}

static bool has_rig(const struct engine_cfg *cfg)
{
	return cfg->rig && cfg->rig[0];
}

static int start(struct engine *g, struct err *e)
{
	int rc = open_loop(g, e);

	if (!rc && has_rig(g->cfg)) {
		g->lock = lock_rig(g->cfg->rig, e);
		rc = g->lock < 0 ? g->lock : 0;
	}
	if (!rc)
		rc = open_recorder(g, e);
	if (!rc)
		rc = open_explainer(g, e);
	if (!rc)
		rc = open_feeds(g, e);
	if (!rc && has_rig(g->cfg))
		rc = open_control(g, e);
	return rc;
}

static void finish(struct engine *g, struct engine_result *out)
{
	struct err why = {0};

	if (g->explainer) {
		explainer_finish(g->explainer);
		on_explained(g, 0);
	}
	g->core.host.explain = NULL; /* what ends now is explained before the run does */
	core_end(&g->core, g->why);
	if (recorder_finish(g->recorder, patience_ns, &why)) {
		journal_line(&g->journal, "not everything was recorded: %s", why.msg);
		g->core.result.unsaved = why;
	}
	if (!g->core.result.unsaved.code)
		recorder_capture_failed(g->recorder, &g->core.result.unsaved);
	core_result(&g->core, out);
	feeds_bad(&g->feeds, out);
	out->stopped = g->stopped;
	journal_line(&g->journal, "ended: %s", g->why);
}

static void close_all(struct engine *g)
{
	control_free(g->control, g->why ? g->why : "it could not start");
	feeds_close(&g->feeds);
	explainer_free(g->explainer);
	recorder_free(g->recorder);
	capture_file_close(&g->capture);
	core_fini(&g->core);
	loop_timer_remove(&g->minute);
	loop_timer_remove(&g->look);
	loop_timer_remove(&g->limit);
	loop_free(g->loop);
	if (g->lock >= 0)
		close(g->lock);
}

int engine_run(const struct engine_cfg *cfg, struct engine_result *out, struct err *e)
{
	struct engine *g = xcalloc(1, sizeof(*g));
	int rc;

	g->cfg = cfg;
	g->clock = clock_real();
	g->lock = g->capture.fd = -1;
	memset(out, 0, sizeof(*out));
	journal_open(&g->journal, cfg->log);
	rc = start(g, e);
	if (!rc) {
		journal_line(&g->journal, "policytop " PACKAGE_VERSION " runs as '%s'",
			     has_rig(cfg) ? cfg->rig : "");
		set_timers(g);
		feeds_tell_ready(&g->feeds, cfg);
		rc = loop_run(g->loop);
		if (rc)
			stop(g, "the event loop failed", false);
		finish(g, out);
	}
	close_all(g);
	free(g);
	return rc;
}
