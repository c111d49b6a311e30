/* SPDX-License-Identifier: Apache-2.0 */
#include <errno.h>
#include <string.h>

#include "base/text.h"
#include "engine/control.h"
#include "engine/core.h"
#include "engine/feeds.h"

struct virtual_run {
	struct core core;
	struct feeds feeds;
	const struct engine_cfg *cfg;
	struct clock clock;
};

static void on_event(void *host, const struct event *ev)
{
	core_feed(&((struct virtual_run *)host)->core, ev);
}

static bool is_crowded(void *host)
{
	(void)host;
	return false; /* the recorder writes within recorder_put() */
}

static void on_failed(void *host, const struct err *e)
{
	struct core *c = &((struct virtual_run *)host)->core;

	if (!c->result.failed.code)
		c->result.failed = *e;
	core_note(c, LEVEL_WARN, e->msg);
}

static void on_all_ended(void *host)
{
	(void)host; /* feeds_run_due() returns it */
}

static int open_feeds(struct virtual_run *v, const struct engine_cfg *cfg, struct clock *clock,
		      struct err *e)
{
	struct feeds_host host = {
		.host = v,
		.event = on_event,
		.crowded = is_crowded,
		.failed = on_failed,
		.all_ended = on_all_ended,
	};
	int rc = feeds_open(&v->feeds, cfg->source, cfg->sources, &host, clock, e);

	for (unsigned i = 0; !rc && i < v->feeds.count; i++) {
		if (v->feeds.feed[i].source->fd >= 0)
			rc = err_set(e, ENOTSUP, "%s: cannot run on virtual time", cfg->source[i]);
	}
	return rc;
}

/* What a viewer could ask. */

static void show(void *host, struct snapshot *out)
{
	struct virtual_run *v = host;

	live_snapshot(v->core.live, v->core.judge, clock_now_ns(&v->clock), out);
	text_copy(out->rig, sizeof(out->rig), v->cfg->rig ? v->cfg->rig : "");
	out->segment = 1;
	feeds_show(&v->feeds, out);
}

static bool show_history(void *host, const struct request *r, struct history *out)
{
	struct virtual_run *v = host;

	return live_history(v->core.live, r->joint, r->columns, r->span_s, clock_now_ns(&v->clock),
			    out);
}

static void show_thumb(void *host, const struct request *r, struct view_thumb *out)
{
	live_thumb(((struct virtual_run *)host)->core.live, r->camera, out);
}

static void show_reference(void *host, const struct request *r, struct view_reference *out)
{
	live_reference(((struct virtual_run *)host)->core.live, r->name, out);
}

static void look(struct virtual_run *v)
{
	struct control_host now = {
		.host = v,
		.snapshot = show,
		.history = show_history,
		.thumb = show_thumb,
		.reference = show_reference,
	};

	if (v->cfg->last)
		v->cfg->last(v->cfg->host, &now);
}

/* Time stands still while anything is due, then jumps to what comes next. */
static const char *run(struct virtual_run *v, const struct engine_cfg *cfg, struct clock *clock)
{
	int64_t end = cfg->seconds > 0 ? (int64_t)(cfg->seconds * 1e9) : INT64_MAX;

	for (;;) {
		int64_t next = feeds_run_due(&v->feeds);

		if (next == INT64_MAX)
			return "the sources ended";
		if (v->core.full)
			return "the number of steps is reached";
		if (next >= end) {
			clock->virtual_ns = end;
			return "the time is over";
		}
		if (next > clock->virtual_ns)
			clock->virtual_ns = next;
	}
}

int engine_run_virtual(const struct engine_cfg *cfg, struct engine_result *out, struct err *e)
{
	struct recorder_cfg rc = {
		.ops = cfg->sink, .sink = cfg->sink_state, .interval_ns = NS_PER_S / 4};
	struct recorder *recorder = recorder_new(&rc, e);
	struct virtual_run v = {.cfg = cfg};
	const char *why;
	int fail;

	memset(out, 0, sizeof(*out));
	if (!recorder)
		return -e->code;
	fail = open_feeds(&v, cfg, &v.clock, e);
	if (!fail) {
		core_init(&v.core, cfg, recorder, &v.clock, feeds_rereads(&v.feeds));
		feeds_tell_ready(&v.feeds, cfg);
		why = run(&v, cfg, &v.clock);
		look(&v);
		core_end(&v.core, why);
		recorder_finish(recorder, 0, &v.core.result.unsaved);
		core_result(&v.core, out);
		core_fini(&v.core);
	}
	feeds_close(&v.feeds);
	recorder_free(recorder);
	return fail;
}
