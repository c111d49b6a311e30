/* SPDX-License-Identifier: Apache-2.0 */
#include "cmd/watch_once.h"

#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/mem.h"
#include "base/text.h"
#include "cmd/cmd.h"
#include "engine/control.h"
#include "ui/json.h"
#include "ui/screen.h"

/* Rates need a few ticks; a source that says nothing for so long is reported as it is. */
enum {
	STEPS_FOR_RATES = 10,
	RATES_WAIT_MS = 3000,
	FIRST_STEP_WAIT_MS = 10000,
	POLL_MS = 50,
	STOP_WAIT_MS = 3000
};

struct once {
	const struct once_cfg *cfg;
	struct client *c;
	struct client_data in;
	struct snapshot s;
	struct history hist;
	struct view_thumb thumb[VIEW_CAMERAS];
	struct view_reference reference[CAMERA_ROWS];
	unsigned nreferences;
	struct ui_state ui;
	bool has_snapshot, has_history, ended;
	bool lacks;			 /* pictures that the page shows */
	int64_t began_ms, first_step_ms; /* first_step_ms < 0: none yet */
};

static int64_t now_ms(void)
{
	struct clock c = clock_real();

	return clock_now_ns(&c) / NS_PER_MS;
}

static struct scene scene_of(const struct once *o)
{
	return (struct scene){&o->s,	      o->has_history ? &o->hist : NULL,
			      &o->ui,	      o->thumb,
			      o->nreferences, o->reference};
}

static void ask_history(struct once *o)
{
	struct scene v = scene_of(o);
	struct canvas c;
	unsigned columns;
	double span_s;

	canvas_init(&c, o->cfg->w, o->cfg->h, o->cfg->symbols);
	columns = screen_history(&c, &v, &span_s);
	canvas_fini(&c);
	if (columns && o->s.njoints)
		client_history(o->c, o->ui.selected, columns, span_s);
	else
		o->has_history = true;
}

static void ask_thumbs(struct once *o)
{
	for (unsigned i = 0; i < o->s.nframes; i++) {
		if (o->thumb[i].count != o->s.frame[i].count)
			client_thumb(o->c, i);
	}
}

/* How many are missing; asks for them. */
static unsigned ask_references(struct once *o)
{
	struct camera_row row[CAMERA_ROWS];
	struct scene v = scene_of(o);
	unsigned n = camera_rows(&o->s, row), missing = 0;

	for (unsigned i = 0; i < n; i++) {
		if (camera_reference(&v, row[i].name))
			continue;
		missing++;
		client_reference(o->c, row[i].name);
	}
	return missing;
}

static void took_reference(struct once *o)
{
	struct scene v = scene_of(o);

	if (o->nreferences < CAMERA_ROWS && !camera_reference(&v, o->in.reference.camera))
		o->reference[o->nreferences++] = o->in.reference;
}

static void ask_pictures(struct once *o)
{
	o->lacks = ask_references(o) > 0;
	for (unsigned i = 0; i < o->s.nframes; i++)
		o->lacks = o->lacks || !o->thumb[i].count;
	ask_thumbs(o);
}

static void took_snapshot(struct once *o)
{
	unsigned selected = o->ui.selected;

	o->s = o->in.snapshot;
	o->has_snapshot = true;
	if (o->s.steps && o->first_step_ms < 0)
		o->first_step_ms = now_ms();
	state_follow(&o->ui, &o->s);
	if (o->ui.selected != selected)
		o->has_history = false;
	if (o->s.steps)
		ask_history(o);
	if (o->ui.page == PAGE_CAMERAS)
		ask_pictures(o);
}

static void read_all(struct once *o)
{
	while (!o->ended) {
		switch (client_read(o->c, &o->in)) {
		case CLIENT_NOTHING:
			return;
		case CLIENT_SNAPSHOT:
			took_snapshot(o);
			break;
		case CLIENT_HISTORY:
			o->hist = o->in.history;
			o->has_history = o->hist.joint == o->ui.selected;
			break;
		case CLIENT_BYE:
		case CLIENT_GONE:
			o->ended = true;
			break;
		case CLIENT_THUMB:
			o->thumb[o->in.thumb.camera] = o->in.thumb;
			break;
		case CLIENT_REFERENCE:
			took_reference(o);
			break;
		case CLIENT_VERDICT:
		case CLIENT_EVENT:
		case CLIENT_ANSWER:
			break;
		}
	}
}

static bool enough(const struct once *o)
{
	int64_t since = now_ms() - (o->first_step_ms < 0 ? o->began_ms : o->first_step_ms);

	if (o->ended)
		return true;
	if (o->first_step_ms < 0)
		return since > FIRST_STEP_WAIT_MS;
	if (since < (int64_t)(o->cfg->after_s * 1000))
		return false;
	return (o->s.steps >= STEPS_FOR_RATES && o->has_history && !o->lacks) ||
	       since > RATES_WAIT_MS;
}

static void print_screen(const struct once *o)
{
	const struct once_cfg *cfg = o->cfg;
	struct scene v = scene_of(o);
	struct buf b = {0};
	struct canvas c;

	if (cfg->format == ONCE_JSON) {
		json_snapshot(&b, &o->s);
	} else {
		canvas_init(&c, cfg->w, cfg->h,
			    cfg->format == ONCE_SVG ? SYMBOLS_BRAILLE : cfg->symbols);
		c.colourful = cfg->format == ONCE_SVG || cfg->colours == COLOURS_256;
		screen_draw(&c, &v);
		if (cfg->format == ONCE_SVG)
			output_svg(&b, &c, "policytop watching a robot policy");
		else if (cfg->colours == COLOURS_MONO)
			output_text(&b, &c);
		else
			output_ansi(&b, &c, cfg->colours);
		canvas_fini(&c);
	}
	fputs(buf_text(&b), stdout);
	buf_fini(&b);
}

static int status_of(const struct snapshot *s)
{
	if (s->steps == 0)
		return EXIT_UNSEEN;
	return s->worst == LEVEL_FAIL ? EXIT_FAIL : s->worst == LEVEL_WARN ? EXIT_WARN : EXIT_OK;
}

static void take_references(struct once *o, const struct control_host *now)
{
	struct camera_row row[CAMERA_ROWS];

	o->nreferences = camera_rows(&o->s, row);
	for (unsigned i = 0; i < o->nreferences; i++) {
		struct request r = {.kind = REQUEST_REFERENCE};

		text_copy(r.name, sizeof(r.name), row[i].name);
		now->reference(now->host, &r, &o->reference[i]);
	}
}

/* The end of a replay: everything can be asked at once. */
static void took_last(void *host, const struct control_host *now)
{
	struct once *o = host;
	struct scene v = scene_of(o);
	struct request r = {0};
	struct canvas c;

	now->snapshot(now->host, &o->s);
	state_follow(&o->ui, &o->s);
	canvas_init(&c, o->cfg->w, o->cfg->h, o->cfg->symbols);
	r.columns = screen_history(&c, &v, &r.span_s);
	canvas_fini(&c);
	r.joint = o->ui.selected;
	o->has_history = r.columns && now->history(now->host, &r, &o->hist);
	for (r.camera = 0; r.camera < o->s.nframes; r.camera++)
		now->thumb(now->host, &r, &o->thumb[r.camera]);
	take_references(o, now);
	print_screen(o);
}

int watch_replay(const struct engine_cfg *engine, const struct once_cfg *cfg)
{
	struct once *o = xcalloc(1, sizeof(*o));
	struct engine_cfg e = *engine;
	struct engine_result result;
	struct err why = {0};
	int status;

	o->cfg = cfg;
	state_init(&o->ui);
	o->ui.page = cfg->page;
	e.seconds = cfg->after_s;
	e.last = took_last;
	e.host = o;
	status = engine_run_virtual(&e, &result, &why) ? cmd_fail(&why) : status_of(&o->s);
	free(o);
	return status;
}

void watch_stop(struct client *c)
{
	struct pollfd p = {.fd = client_fd(c), .events = POLLIN};
	struct client_data *d = xcalloc(1, sizeof(*d));
	int64_t until_ms = now_ms() + STOP_WAIT_MS;
	enum client_kind kind = CLIENT_NOTHING;

	client_stop(c);
	while (kind != CLIENT_GONE && now_ms() < until_ms) { /* it commits, then hangs up */
		poll(&p, 1, POLL_MS);
		kind = client_read(c, d);
	}
	free(d);
}

int watch_once(struct client *c, const struct once_cfg *cfg)
{
	struct once *o = xcalloc(1, sizeof(*o));
	struct pollfd p = {.fd = client_fd(c), .events = POLLIN};
	int status;

	o->cfg = cfg;
	o->c = c;
	o->began_ms = now_ms();
	o->first_step_ms = -1;
	state_init(&o->ui);
	o->ui.page = cfg->page;
	while (!enough(o)) {
		poll(&p, 1, POLL_MS);
		read_all(o);
	}
	status = status_of(&o->s);
	if (o->has_snapshot) {
		print_screen(o);
	} else {
		struct err e;

		err_set(&e, ETIMEDOUT, "the engine of '%s' %s", client_engine(c)->rig,
			o->ended ? "ended before it said anything" : "says nothing");
		status = cmd_fail_status(&e, EXIT_UNSEEN);
	}
	free(o);
	return status;
}
