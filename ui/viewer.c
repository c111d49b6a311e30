/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Data arrives at the engine's rate and marks the screen dirty; drawing happens on the timer and
 * at once after a key. While paused, the picture is a copy, and the live data go on beside it.
 */
#include "ui/viewer.h"

#include <errno.h>
#include <math.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/signalfd.h>
#include <sys/timerfd.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/mem.h"
#include "base/text.h"
#include "ui/onfail.h"
#include "ui/pace.h"
#include "ui/screen.h"

enum { TICK_MS = 100, SILENT_AFTER_S = 1, AGAIN_AFTER_S = 1, MESSAGE_MS = 8000 };

/* Of one picture, where the system does not tell what was written. */
enum { PICTURE_BYTES = PIXELS_W * PIXELS_H * 25 };

struct picture {
	struct snapshot s;
	struct history hist;
	bool has_history;
	struct view_thumb thumb[VIEW_CAMERAS];
};

struct viewer {
	const struct viewer_cfg *cfg;
	struct client **client;
	struct tty *term;
	struct canvas canvas;
	struct ui_state ui;
	struct client_data in;
	struct picture live, held;
	unsigned nreferences, nasked;
	struct view_reference reference[CAMERA_ROWS];
	char asked[CAMERA_ROWS][NAME_BYTES]; /* for their references */
	struct pace pace;
	struct onfail onfail;
	int epoll_fd, signal_fd, timer_fd;
	int64_t heard_ns, tried_ns;
	int message_ticks; /* how long the line for the key bar has been there */
	unsigned camera;   /* whose thumbnail was looked for last */
	bool waits, fresh; /* for a thumbnail; one came and is not drawn yet */
	bool dirty, done, connected, gave_up;
	int stop_signal; /* that ended the loop, 0 none */
};

static int64_t now_ns(void)
{
	struct clock c = clock_real();

	return clock_now_ns(&c);
}

static const struct picture *shown(const struct viewer *v)
{
	return v->ui.paused ? &v->held : &v->live;
}

static struct scene scene_of(const struct viewer *v)
{
	const struct picture *p = shown(v);

	return (struct scene){&p->s,	      p->has_history ? &p->hist : NULL,
			      &v->ui,	      p->thumb,
			      v->nreferences, v->reference};
}

static void fit_canvas(struct viewer *v)
{
	int w, h;

	term_size(v->term, &w, &h);
	if (v->canvas.cell && v->canvas.w == w && v->canvas.h == h)
		return;
	canvas_fini(&v->canvas);
	canvas_init(&v->canvas, w, h, term_symbols(v->term));
	v->canvas.colourful = term_colourful(v->term);
}

static void draw(struct viewer *v)
{
	struct scene s;
	double bytes;

	fit_canvas(v);
	state_fit(&v->ui, &shown(v)->s);
	v->ui.bytes_s = pace_bytes_s(&v->pace, now_ns());
	s = scene_of(v);
	screen_draw(&v->canvas, &s);
	bytes = term_show(v->term, &v->canvas);
	if (!isnan(bytes))
		pace_spend(&v->pace, bytes, now_ns());
	else if (v->fresh)
		pace_spend(&v->pace, PICTURE_BYTES, now_ns());
	v->waits = v->waits && !v->fresh;
	v->fresh = v->dirty = false;
}

static void ask_history(struct viewer *v)
{
	struct scene s = scene_of(v);
	unsigned columns;
	double span_s;

	if (!v->connected || v->ui.paused || v->ui.selected >= v->live.s.njoints || !v->canvas.cell)
		return;
	columns = screen_history(&v->canvas, &s, &span_s);
	if (columns)
		client_history(*v->client, v->ui.selected, columns, span_s);
}

/* Once of every camera that is shown; also where the answer is that there is none. */
static void ask_reference(struct viewer *v, const char *name)
{
	for (unsigned i = 0; i < v->nasked; i++) {
		if (strcmp(v->asked[i], name) == 0)
			return;
	}
	if (v->nasked < CAMERA_ROWS && client_reference(*v->client, name) == 0)
		text_copy(v->asked[v->nasked++], NAME_BYTES, name);
}

/* One picture at a time, in turn, and only when the last is paid for. */
static void ask_pictures(struct viewer *v)
{
	struct camera_row row[CAMERA_ROWS];
	struct scene s = scene_of(v);
	unsigned n;

	if (!v->connected || v->ui.paused || v->ui.page != PAGE_CAMERAS || !v->canvas.cell)
		return;
	n = screen_cameras(&v->canvas, &s, row);
	for (unsigned i = 0; i < n; i++)
		ask_reference(v, row[i].name);
	for (unsigned i = 0; i < n && !v->waits && pace_may(&v->pace, now_ns()); i++) {
		const struct camera_row *r = &row[++v->camera % n];

		if (r->frame && v->live.thumb[r->index].count != r->frame->count)
			v->waits = client_thumb(*v->client, r->index) == 0;
	}
}

static void took_thumb(struct viewer *v)
{
	v->live.thumb[v->in.thumb.camera] = v->in.thumb;
	v->fresh = true;
}

static void took_reference(struct viewer *v)
{
	if (v->nreferences < CAMERA_ROWS)
		v->reference[v->nreferences++] = v->in.reference;
}

static void took_verdict(struct viewer *v, const struct verdict *verdict)
{
	struct err e = {0};

	if (verdict->level != LEVEL_FAIL)
		return;
	if (v->ui.bell)
		term_bell(v->term);
	if (onfail_run(&v->onfail, client_engine(*v->client)->rig, verdict, &e))
		state_say(&v->ui, true, e.msg);
}

static void lost(struct viewer *v, const char *why)
{
	text_copy(v->ui.gone, sizeof(v->ui.gone), why);
	epoll_ctl(v->epoll_fd, EPOLL_CTL_DEL, client_fd(*v->client), NULL);
	v->connected = false;
	v->ui.silent_s = (double)NAN;
	v->tried_ns = now_ns();
}

static void took_snapshot(struct viewer *v)
{
	v->live.s = v->in.snapshot;
	if (!v->ui.paused)
		state_follow(&v->ui, &v->live.s);
	v->heard_ns = now_ns();
	v->ui.silent_s = (double)NAN;
	ask_history(v);
	ask_pictures(v);
}

static void read_client(struct viewer *v)
{
	while (v->connected) {
		enum client_kind kind = client_read(*v->client, &v->in);

		if (kind == CLIENT_NOTHING)
			return;
		v->dirty = true;
		if (kind == CLIENT_SNAPSHOT) {
			took_snapshot(v);
		} else if (kind == CLIENT_HISTORY) {
			v->live.hist = v->in.history;
			v->live.has_history = true;
		} else if (kind == CLIENT_THUMB) {
			took_thumb(v);
		} else if (kind == CLIENT_REFERENCE) {
			took_reference(v);
		} else if (kind == CLIENT_VERDICT) {
			took_verdict(v, &v->in.verdict);
		} else if (kind == CLIENT_ANSWER) {
			state_say(&v->ui, v->in.error, v->in.text);
		} else if (kind == CLIENT_BYE) {
			v->gave_up = true;
			lost(v, v->in.text[0] ? v->in.text : "the engine ended");
		} else if (kind == CLIENT_GONE) {
			lost(v, "the engine died without a word");
		}
	}
}

static int add_fd(struct viewer *v, int fd)
{
	struct epoll_event ev = {.events = EPOLLIN, .data.fd = fd};

	return epoll_ctl(v->epoll_fd, EPOLL_CTL_ADD, fd, &ev);
}

/* After a death: another engine may come up under the same name. */
static void reconnect(struct viewer *v)
{
	struct err e = {0};
	struct client *c;

	if (v->connected || v->gave_up || !v->cfg->again ||
	    now_ns() - v->tried_ns < AGAIN_AFTER_S * NS_PER_S)
		return;
	v->tried_ns = now_ns();
	c = v->cfg->again(v->cfg->host, &v->gave_up, &e);
	v->dirty = true;
	if (!c) {
		if (e.code)
			text_copy(v->ui.gone, sizeof(v->ui.gone), e.msg);
		return;
	}
	client_close(*v->client);
	*v->client = c;
	v->ui.gone[0] = '\0';
	v->nreferences = v->nasked = 0;
	v->waits = false;
	v->heard_ns = now_ns();
	v->connected = add_fd(v, client_fd(c)) == 0;
	state_say(&v->ui, false, "a new engine goes on with the run");
}

static void save_picture(struct viewer *v)
{
	struct camera_row row[CAMERA_ROWS];
	struct scene s = scene_of(v);
	char said[sizeof(v->ui.message)] = "";
	struct viewer_image image = {.rig = client_engine(*v->client)->rig};
	struct err e = {0};

	if (!screen_cameras(&v->canvas, &s, row) || !v->cfg->save) {
		state_say(&v->ui, true, "there is no camera to save a picture of");
		return;
	}
	image.camera = row[0].name;
	image.live = camera_live(&s, &row[0]);
	image.trained = camera_trained(&s, &row[0]);
	if (v->cfg->save(v->cfg->host, &image, said, sizeof(said), &e))
		state_say(&v->ui, true, e.msg);
	else
		state_say(&v->ui, false, said);
}

static void grant(struct viewer *v, const struct state_wish *w)
{
	int rc = 0;

	if (w->wish == WISH_QUIT)
		v->done = true;
	if (w->wish == WISH_PICTURE)
		save_picture(v);
	if (w->wish == WISH_REDRAW)
		term_redraw(v->term);
	if (w->wish != WISH_EPISODE_START && w->wish != WISH_EPISODE_END && w->wish != WISH_MARK)
		return;
	if (!v->connected)
		rc = -ENOTCONN;
	else if (w->wish == WISH_EPISODE_START)
		rc = client_episode_start(*v->client, w->episode);
	else if (w->wish == WISH_EPISODE_END)
		rc = client_episode_end(*v->client, w->episode, w->outcome, "");
	else
		rc = client_mark(*v->client, w->episode, w->note);
	if (rc)
		state_say(&v->ui, true, "not done: the engine does not listen");
}

static void read_keys(struct viewer *v)
{
	uint32_t key;

	while (!v->done && (key = term_key(v->term)) != 0) {
		bool was_paused = v->ui.paused;
		unsigned was_selected = v->ui.selected;
		enum page was_page = v->ui.page;
		struct state_wish w = state_key(&v->ui, &shown(v)->s, key);

		if (v->ui.paused && !was_paused)
			v->held = v->live;
		if (v->ui.selected != was_selected || v->ui.page != was_page)
			ask_history(v);
		grant(v, &w);
		v->dirty = true;
	}
}

static void read_signals(struct viewer *v)
{
	struct signalfd_siginfo si;

	while (read(v->signal_fd, &si, sizeof(si)) == (ssize_t)sizeof(si)) {
		int sig = (int)si.ssi_signo;

		v->dirty = true;
		if (sig == SIGCHLD) {
			onfail_collect(&v->onfail);
		} else if (sig == SIGTSTP) {
			term_suspend(v->term);
			v->heard_ns = now_ns();
		} else if (sig == SIGCONT || sig == SIGWINCH) {
			term_redraw(v->term);
		} else {
			v->stop_signal = sig;
			v->done = true;
		}
	}
}

/* An answer that nobody dismissed gives the keys their line back. */
static void age_message(struct viewer *v)
{
	v->message_ticks = v->ui.message[0] ? v->message_ticks + 1 : 0;
	if (v->message_ticks * TICK_MS > MESSAGE_MS) {
		state_say(&v->ui, false, "");
		v->dirty = true;
	}
}

static void on_tick(struct viewer *v)
{
	double quiet_s = (double)(now_ns() - v->heard_ns) / (double)NS_PER_S;
	uint64_t n;

	if (read(v->timer_fd, &n, sizeof(n)) != (ssize_t)sizeof(n))
		return;
	reconnect(v);
	age_message(v);
	if (v->connected && quiet_s > SILENT_AFTER_S) {
		v->ui.silent_s = quiet_s;
		v->dirty = true;
	}
	if (v->dirty)
		draw(v);
}

static void turn(struct viewer *v)
{
	struct epoll_event ev[8];
	int n = epoll_wait(v->epoll_fd, ev, 8, -1);

	for (int i = 0; i < n && !v->done; i++) {
		int fd = ev[i].data.fd;

		if (fd == v->timer_fd) {
			on_tick(v);
		} else if (fd == v->signal_fd) {
			read_signals(v);
		} else if (fd == v->cfg->term.in_fd) {
			read_keys(v);
			if (ev[i].events & (EPOLLHUP | EPOLLERR))
				v->done = true;
			else if (!v->done)
				draw(v);
		} else {
			read_client(v);
		}
	}
}

static int make_fds(struct viewer *v, sigset_t *old)
{
	static const int signals[] = {SIGWINCH, SIGINT, SIGTERM, SIGHUP, SIGTSTP, SIGCONT, SIGCHLD};
	struct itimerspec every = {.it_interval.tv_nsec = TICK_MS * NS_PER_MS,
				   .it_value.tv_nsec = TICK_MS * NS_PER_MS};
	sigset_t set;

	sigemptyset(&set);
	for (size_t i = 0; i < sizeof(signals) / sizeof(signals[0]); i++)
		sigaddset(&set, signals[i]);
	sigprocmask(SIG_BLOCK, &set, old);
	v->epoll_fd = epoll_create1(EPOLL_CLOEXEC);
	v->signal_fd = signalfd(-1, &set, SFD_CLOEXEC | SFD_NONBLOCK);
	v->timer_fd = timerfd_create(CLOCK_MONOTONIC, TFD_CLOEXEC | TFD_NONBLOCK);
	if (v->epoll_fd < 0 || v->signal_fd < 0 || v->timer_fd < 0)
		return -errno;
	timerfd_settime(v->timer_fd, 0, &every, NULL);
	if (add_fd(v, v->signal_fd) || add_fd(v, v->timer_fd) || add_fd(v, v->cfg->term.in_fd) ||
	    add_fd(v, client_fd(*v->client)))
		return -errno;
	return 0;
}

static void close_fds(struct viewer *v, const sigset_t *old)
{
	int fds[] = {v->epoll_fd, v->signal_fd, v->timer_fd};

	for (size_t i = 0; i < sizeof(fds) / sizeof(fds[0]); i++) {
		if (fds[i] >= 0)
			close(fds[i]);
	}
	sigprocmask(SIG_SETMASK, old, NULL);
}

static void run(struct viewer *v, struct viewer_result *out)
{
	state_init(&v->ui);
	v->ui.bell = v->cfg->bell;
	v->heard_ns = now_ns();
	v->connected = true;
	draw(v);
	while (!v->done)
		turn(v);
	out->ended = !v->connected;
	out->worst = v->live.s.worst;
	text_copy(out->text, sizeof(out->text), v->ui.gone);
}

int viewer_run(struct client **c, const struct viewer_cfg *cfg, struct viewer_result *out,
	       struct err *e)
{
	struct viewer *v = xcalloc(1, sizeof(*v));
	sigset_t old;
	int rc;

	*out = (struct viewer_result){0};
	v->cfg = cfg;
	v->client = c;
	v->onfail.command = cfg->on_fail;
	v->epoll_fd = v->signal_fd = v->timer_fd = -1;
	v->live.s.hz = v->live.s.target_hz = v->live.s.latency.last_ms = (double)NAN;
	v->live.s.stalled_s = (double)NAN;
	v->live.s.length_q50_s = v->live.s.length_q95_s = (double)NAN;
	v->live.s.task_index = -2;
	v->term = term_open(&cfg->term, e);
	if (!v->term) {
		free(v);
		return -(e && e->code ? e->code : ENODEV);
	}
	rc = make_fds(v, &old);
	if (rc == 0)
		run(v, out);
	term_close(v->term);
	close_fds(v, &old);
	if (rc)
		err_set(e, -rc, "cannot wait for keys and data: %m");
	canvas_fini(&v->canvas);
	free(v);
	return rc;
}
