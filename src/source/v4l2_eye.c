/* SPDX-License-Identifier: Apache-2.0 */
#include "source/v4l2_eye.h"

#include <errno.h>
#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>

#include "base/clock.h"
#include "base/text.h"
#include "source/v4l2_tell.h"
#include "source/v4l2_view.h"

static const int64_t again_ns = NS_PER_S;	/* to look for one that is not there */
static const int64_t restart_ns = 2 * NS_PER_S; /* to stream again after an error */
static const int64_t owners_ns = 2 * NS_PER_S;	/* to search all processes */

enum { FRAMES_PER_RUN = 8, CHANGES_PER_RUN = 16, SIGHTS = 64 };

int eye_init(struct eye *y, const struct eye_cfg *cfg, struct err *e)
{
	struct camera_place any;

	*y = (struct eye){.cfg = *cfg, .state = CAMERA_UNKNOWN};
	y->dev.fd = y->trace.fd = -1;
	y->place.number = -1;
	view_init(&y->view);
	/* Only whether such a name can be: it is looked for when the eye runs. */
	return camera_resolve(&any, "/nowhere", cfg->word, e);
}

void eye_fini(struct eye *y)
{
	camera_close(&y->dev);
	camera_trace_close(&y->trace);
	view_fini(&y->view);
}

static void note(struct eye *y, int64_t now_ns, const char *fmt, ...)
	__attribute__((format(printf, 3, 4)));

static void note(struct eye *y, int64_t now_ns, const char *fmt, ...)
{
	char raw[400], text[400];
	va_list ap;
	int n = snprintf(raw, sizeof(raw), "camera %s: ", y->cfg.name);

	va_start(ap, fmt);
	vsnprintf(raw + n, sizeof(raw) - (size_t)n, fmt, ap);
	va_end(ap);
	text_clean(text, sizeof(text), raw, strlen(raw));
	y->cfg.host.note(y->cfg.host.host, text, now_ns);
}

/* Told again every second; as an event only when it is new. */
static void trouble(struct eye *y, int64_t now_ns, const char *text)
{
	if (strcmp(y->trouble, text) != 0 && text[0])
		note(y, now_ns, "%s", text);
	text_copy(y->trouble, sizeof(y->trouble), text);
}

static void become(struct eye *y, enum camera_state state, int64_t now_ns)
{
	if (y->state == state)
		return;
	y->state = state;
	y->look_next_ns = now_ns; /* a change is told at once */
}

static void let_go(struct eye *y, enum camera_state state, int64_t now_ns)
{
	camera_close(&y->dev);
	camera_trace_close(&y->trace);
	y->owner = (struct camera_owner){0};
	y->open_next_ns = now_ns + again_ns;
	become(y, state, now_ns);
}

static void lose(struct eye *y, int64_t now_ns)
{
	if (y->state != CAMERA_GONE)
		note(y, now_ns, "unplugged (it was %s, %s)", y->place.node, y->place.stable);
	y->yielded = false;
	trouble(y, now_ns, "");
	let_go(y, CAMERA_GONE, now_ns);
}

/* An answer of the driver that ends the work with it. */
static void fail(struct eye *y, int64_t now_ns, int rc, const char *text)
{
	if (rc == -ENODEV || rc == -ENXIO || rc == -ENOENT) {
		lose(y, now_ns);
		return;
	}
	trouble(y, now_ns, text);
	let_go(y, CAMERA_FAILED, now_ns);
}

static int minor_of(const struct eye *y)
{
	char path[sizeof(y->cfg.root) + sizeof(y->place.node)];
	struct stat st;

	snprintf(path, sizeof(path), "%s%s", y->cfg.root, y->place.node);
	return stat(path, &st) == 0 && S_ISCHR(st.st_mode) ? (int)minor(st.st_rdev)
							   : y->place.number;
}

static void open_trace(struct eye *y, int64_t now_ns)
{
	struct err e = {0};

	if (y->cfg.no_trace || camera_trace_open(&y->trace, y->cfg.root, minor_of(y), &e) == 0)
		return;
	if (!y->trace_told)
		note(y, now_ns, "rate and age are not seen while another program streams it: %s",
		     e.msg);
	y->trace_told = true;
}

static void start(struct eye *y, int64_t now_ns)
{
	struct err e = {0};
	int rc = camera_start(&y->dev, &e);

	meter_init(&y->meter, now_ns);
	if (rc == 0) {
		trouble(y, now_ns, "");
		become(y, CAMERA_STREAMING, now_ns);
	} else if (rc == -EBUSY) {
		y->yielded = true;
		note(y, now_ns, "another program has it: it is watched only");
		open_trace(y, now_ns);
	} else if (rc == -ENODEV) {
		lose(y, now_ns);
	} else {
		trouble(y, now_ns, e.msg);
		y->open_next_ns = now_ns + restart_ns;
		become(y, rc == -ENOSPC ? CAMERA_CROWDED : CAMERA_FAILED, now_ns);
	}
}

static bool owns(const struct eye *y)
{
	return y->cfg.own && !y->yielded;
}

static bool find(struct eye *y)
{
	if (!y->resolved)
		camera_resolve(&y->place, y->cfg.root, y->cfg.word, NULL);
	else
		camera_where(&y->place, y->cfg.root);
	y->resolved = y->resolved || y->place.number >= 0;
	return y->place.number >= 0;
}

static void try_open(struct eye *y, int64_t now_ns)
{
	char path[sizeof(y->cfg.root) + sizeof(y->place.node)];
	struct err e = {0};
	int rc;

	y->open_next_ns = now_ns + again_ns;
	if (!find(y)) {
		become(y, y->ever ? CAMERA_GONE : CAMERA_MISSING, now_ns);
		return;
	}
	snprintf(path, sizeof(path), "%s%s", y->cfg.root, y->place.node);
	rc = camera_open(&y->dev, y->cfg.sys, path, &e);
	if (rc < 0) {
		/* A node that does not answer yet is one that comes or goes. */
		if (rc == -ENODEV || rc == -ENXIO || rc == -ENOENT)
			become(y, y->ever ? CAMERA_GONE : CAMERA_MISSING, now_ns);
		else
			fail(y, now_ns, rc, e.msg);
		return;
	}
	note(y, now_ns, "%s, %s%s (%s)", y->place.node, y->place.stable, y->ever ? " is back" : "",
	     y->dev.card);
	y->ever = true;
	y->state = CAMERA_UNKNOWN;
	trouble(y, now_ns, "");
	y->look_next_ns = y->owner_next_ns = now_ns;
	meter_init(&y->meter, now_ns);
	view_fini(&y->view);
	view_init(&y->view);
	if (owns(y))
		start(y, now_ns);
	else
		open_trace(y, now_ns);
}

static void take_changes(struct eye *y, int64_t now_ns)
{
	struct camera_change change;

	for (unsigned i = 0; i < CHANGES_PER_RUN && y->dev.fd >= 0; i++) {
		const struct camera_control *k = &y->dev.control[0];
		int rc = camera_changed(&y->dev, &change);

		if (rc < 0)
			fail(y, now_ns, rc, "it tells no events any more");
		if (rc <= 0)
			return;
		k += change.index;
		if (change.was_known)
			note(y, now_ns, "%s %lld -> %lld by another process", k->name,
			     (long long)change.was, (long long)k->value);
		else
			note(y, now_ns, "%s is %lld, set by another process", k->name,
			     (long long)k->value);
	}
}

static void look_at(struct eye *y, const struct camera_shot *shot, int64_t now_ns)
{
	struct frame f;
	struct err e = {0};
	int rc = view_frame(&y->view, &f, &y->dev.format, shot, now_ns, &e);

	if (rc < 0) {
		y->meter.errors++;
		trouble(y, now_ns, e.msg);
	}
	if (rc <= 0)
		return;
	trouble(y, now_ns, "");
	text_copy(f.camera, sizeof(f.camera), y->cfg.name);
	y->cfg.host.frame(y->cfg.host.host, &f, now_ns);
}

static void take_frames(struct eye *y, int64_t now_ns)
{
	struct camera_shot shot;
	int rc = 1;

	for (unsigned i = 0; i < FRAMES_PER_RUN && y->dev.streaming && rc > 0; i++) {
		bool damaged;

		rc = camera_take(&y->dev, &shot);
		if (rc <= 0)
			break;
		damaged = shot.damaged || shot.cut;
		meter_frame(
			&y->meter,
			&(struct meter_frame){shot.sequence, shot.t_ns, now_ns, shot.n, damaged},
			now_ns);
		if (!damaged)
			look_at(y, &shot, now_ns);
		rc = camera_give(&y->dev);
		rc = rc < 0 ? rc : 1;
	}
	if (rc >= 0)
		return;
	if (rc == -ENODEV) {
		lose(y, now_ns);
		return;
	}
	camera_stop(&y->dev);
	y->open_next_ns = now_ns + restart_ns;
	trouble(y, now_ns,
		rc == -EPROTO ? "the driver gave a buffer that is none"
			      : "the stream broke with a driver's error");
	become(y, CAMERA_FAILED, now_ns);
}

static void take_sights(struct eye *y, int64_t now_ns)
{
	struct camera_sight s[SIGHTS];
	int n = y->trace.fd < 0 ? 0 : camera_trace_read(&y->trace, s, SIGHTS);

	for (int i = 0; i < n; i++)
		meter_frame(&y->meter,
			    &(struct meter_frame){s[i].sequence, s[i].t_ns, s[i].taken_ns,
						  s[i].bytes, s[i].damaged},
			    now_ns);
	if (n < 0)
		camera_trace_close(&y->trace);
}

static void look_owner(struct eye *y, int64_t now_ns)
{
	long before = y->owner.pid;

	if (!before && now_ns < y->owner_next_ns)
		return;
	y->owner_next_ns = now_ns + owners_ns;
	camera_find_owner(&y->owner, y->cfg.root, y->place.node);
	if (y->owner.pid == before)
		return;
	meter_init(&y->meter, now_ns);
	if (y->owner.pid)
		note(y, now_ns, "%s (%ld) has it open", y->owner.program, y->owner.pid);
	else
		note(y, now_ns, "nobody has it open any more");
}

/* No picture for three periods, and at least a second. */
static bool silent(const struct eye *y, int64_t now_ns)
{
	double period_s = 1 / y->dev.format.fps;

	return meter_silence_s(&y->meter, now_ns) > fmax(1.0, 3 * period_s);
}

static enum camera_state watched_state(const struct eye *y, int64_t now_ns)
{
	if (y->trace.fd >= 0 && y->meter.any && !silent(y, now_ns))
		return CAMERA_STREAMING;
	if (y->trace.fd >= 0 && y->meter.any && y->owner.pid)
		return CAMERA_SILENT;
	if (y->owner.pid)
		return CAMERA_BUSY;
	return y->owner.known ? CAMERA_IDLE : CAMERA_UNKNOWN;
}

/* What is asked for once a second. */
static void look(struct eye *y, int64_t now_ns)
{
	int rc = camera_look(&y->dev);

	if (rc < 0) {
		fail(y, now_ns, rc, "it does not tell its format any more");
		return;
	}
	if (rc > 0 && y->state != CAMERA_UNKNOWN) {
		char fourcc[8];

		camera_fourcc(fourcc, y->dev.format.fourcc);
		note(y, now_ns, "%u x %u %s at %.3g fps now", y->dev.format.width,
		     y->dev.format.height, fourcc, y->dev.format.fps);
	}
	if (owns(y)) {
		if (y->dev.streaming)
			become(y, silent(y, now_ns) ? CAMERA_SILENT : CAMERA_STREAMING, now_ns);
		return;
	}
	look_owner(y, now_ns);
	become(y, watched_state(y, now_ns), now_ns);
}

/* It is closed, or ours and not streaming. */
static bool waits_to_open(const struct eye *y)
{
	return y->dev.fd < 0 || (owns(y) && !y->dev.streaming);
}

int64_t eye_run(struct eye *y, int64_t now_ns, bool poked)
{
	if (poked && y->dev.fd < 0)
		y->open_next_ns = now_ns;
	if (poked)
		y->look_next_ns = now_ns;
	if (waits_to_open(y) && now_ns >= y->open_next_ns) {
		if (y->dev.fd < 0)
			try_open(y, now_ns);
		else
			start(y, now_ns);
	}
	take_changes(y, now_ns);
	take_frames(y, now_ns);
	take_sights(y, now_ns);
	if (now_ns >= y->look_next_ns) {
		struct camera c;

		if (y->dev.fd >= 0)
			look(y, now_ns);
		eye_tell(y, &c, now_ns);
		y->cfg.host.camera(y->cfg.host.host, &c, now_ns);
		y->look_next_ns = now_ns + NS_PER_S;
	}
	return waits_to_open(y) && y->open_next_ns < y->look_next_ns ? y->open_next_ns
								     : y->look_next_ns;
}

unsigned eye_fds(const struct eye *y, struct pollfd out[EYE_FDS], int64_t now_ns)
{
	unsigned n = 0;

	if (now_ns < y->deaf_until_ns)
		return 0;
	if (y->dev.fd >= 0)
		out[n++] = (struct pollfd){
			.fd = y->dev.fd,
			.events = (short)(y->dev.streaming ? POLLIN | POLLPRI : POLLPRI)};
	if (y->trace.fd >= 0)
		out[n++] = (struct pollfd){.fd = y->trace.fd, .events = POLLIN};
	return n;
}

void eye_hang_up(struct eye *y, int64_t now_ns)
{
	y->deaf_until_ns = now_ns + NS_PER_S;
	y->look_next_ns = now_ns;
}
