/* SPDX-License-Identifier: Apache-2.0 */
#include "cmd/look_live.h"

#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/mem.h"
#include "base/text.h"

/* Exposure settles in the first second; rates are told every second, and the first is of a part. */
static const int64_t warm_ns = NS_PER_S, rate_ns = 2500 * NS_PER_MS, settle_ns = 1500 * NS_PER_MS;

enum { PICTURES = 6, NODES_MAX = 64 };

void look_live_init(struct look_live *l, const struct profile *profile,
		    const struct camera_sys *sys, const char *root)
{
	*l = (struct look_live){.profile = profile, .sys = sys};
	text_copy(l->root, sizeof(l->root), root);
	l->lineup = profile ? lineup_new(profile) : NULL;
}

void look_live_fini(struct look_live *l)
{
	for (unsigned i = 0; i < l->eyes; i++) {
		if (l->eye[i]->open)
			eye_fini(&l->eye[i]->eye);
		free(l->eye[i]);
	}
	lineup_free(l->lineup);
	*l = (struct look_live){.eyes = 0};
}

static void on_camera(void *host, const struct camera *c, int64_t t_ns)
{
	struct look_eye *y = host;

	y->camera = *c;
	y->told = true;
	y->told_ns = t_ns;
	if (c->mode != CAMERA_OWN || c->state != CAMERA_STREAMING)
		y->stream_ns = TIME_UNKNOWN;
	else if (y->stream_ns == TIME_UNKNOWN)
		y->stream_ns = t_ns;
}

static void on_frame(void *host, const struct frame *f, int64_t t_ns)
{
	struct look_eye *y = host;
	size_t bytes = (size_t)f->thumb_width * f->thumb_height * 3;

	if (y->stream_ns == TIME_UNKNOWN)
		y->stream_ns = t_ns;
	if (!bytes || bytes > sizeof(y->thumb) || t_ns - y->stream_ns < warm_ns)
		return;
	y->frame = *f;
	memcpy(y->thumb, f->thumb, bytes);
	y->frame.thumb = y->thumb;
	y->seen = true;
	y->pictures++;
	if (y->live->lineup)
		y->at = lineup_see(y->live->lineup, y->name, (double)t_ns / (double)NS_PER_S, f);
}

/* What happens to a camera is in its state; the rest is for the events list of a run. */
static void on_note(void *host, const char *text, int64_t t_ns)
{
	(void)host;
	(void)text;
	(void)t_ns;
}

/* The last part of what a person wrote, and apart from those that are there. */
static void name_eye(const struct look_live *l, struct look_eye *y, const char *word)
{
	const char *slash = strrchr(word, '/');
	char again[24] = "";

	text_clean(y->name, sizeof(y->name), slash ? slash + 1 : word,
		   strlen(slash ? slash + 1 : word));
	for (unsigned i = 0; i < l->eyes; i++) {
		if (strcmp(l->eye[i]->name, y->name) == 0)
			snprintf(again, sizeof(again), "#%u", l->eyes + 1);
	}
	if (again[0]) {
		y->name[sizeof(y->name) - sizeof(again)] = '\0';
		snprintf(y->name + strlen(y->name), sizeof(again), "%s", again);
	}
}

int look_live_add(struct look_live *l, const char *word, const char *name, struct err *e)
{
	struct eye_cfg cfg = {.sys = l->sys, .own = true};
	struct look_eye *y;
	int rc;

	if (l->eyes == LINEUP_CAMERAS)
		return err_set(e, E2BIG, "at most %d cameras are looked at together",
			       LINEUP_CAMERAS);
	if (!word[0] || strlen(word) >= sizeof(cfg.word))
		return err_set(e, EINVAL, "'%s' is no camera", word);
	y = xcalloc(1, sizeof(*y));
	y->live = l;
	y->at = -1;
	y->stream_ns = TIME_UNKNOWN;
	camera_init(&y->camera);
	frame_init(&y->frame);
	name_eye(l, y, name[0] ? name : word);
	text_copy(cfg.root, sizeof(cfg.root), l->root);
	text_copy(cfg.word, sizeof(cfg.word), word);
	text_copy(cfg.name, sizeof(cfg.name), y->name);
	cfg.host = (struct eye_host){y, on_camera, on_frame, on_note};
	rc = eye_init(&y->eye, &cfg, e);
	if (rc) {
		free(y);
		return rc;
	}
	y->open = true;
	l->eye[l->eyes++] = y;
	return 0;
}

static bool gives_pictures(const struct look_live *l, const struct camera_place *p)
{
	char path[sizeof(l->root) + sizeof(p->node)];
	struct camera_dev dev;
	int rc;

	snprintf(path, sizeof(path), "%s%s", l->root, p->node);
	rc = camera_open(&dev, l->sys, path, NULL);
	camera_close(&dev);
	return rc != -ENOTTY;
}

int look_live_add_all(struct look_live *l, struct err *e)
{
	struct camera_place *place = xcalloc(NODES_MAX, sizeof(*place));
	size_t n = camera_list(place, NODES_MAX, l->root);
	int rc = 0;

	for (size_t i = 0; i < n && !rc; i++) {
		if (gives_pictures(l, &place[i]))
			rc = look_live_add(l, place[i].stable, "", e);
	}
	free(place);
	return rc ? rc : (int)l->eyes;
}

static enum look_state state_of(const struct look_eye *y, int64_t began_ns, int64_t now_ns)
{
	bool settled = y->told && y->told_ns - began_ns >= settle_ns;

	if (y->pictures >= PICTURES && now_ns - y->stream_ns >= rate_ns && !isnan(y->camera.fps))
		return LOOK_SEEN;
	if (!settled || y->camera.state == CAMERA_STREAMING || y->camera.state == CAMERA_UNKNOWN)
		return y->eye.yielded && settled && now_ns - began_ns >= rate_ns ? LOOK_WATCHED
										 : LOOK_WAITS;
	return y->camera.mode == CAMERA_WATCH && y->camera.state == CAMERA_BUSY ? LOOK_WATCHED
										: LOOK_BAD;
}

int64_t look_live_turn(struct look_live *l, int64_t now_ns, int64_t patience_ns)
{
	int64_t next_ns = now_ns + NS_PER_S;
	unsigned wait = 0;

	if (!l->began_ns)
		l->began_ns = now_ns;
	for (unsigned i = 0; i < l->eyes; i++) {
		struct look_eye *y = l->eye[i];
		int64_t due_ns = eye_run(&y->eye, now_ns, false);

		y->state = state_of(y, l->began_ns, now_ns);
		wait += y->state == LOOK_WAITS;
		next_ns = due_ns < next_ns ? due_ns : next_ns;
	}
	/* One that is unplugged may still come; the others do not wait for it for long. */
	return wait && now_ns - l->began_ns < patience_ns ? next_ns : 0;
}

static void wait_until(struct look_live *l, int64_t next_ns, int64_t now_ns)
{
	struct pollfd p[LINEUP_CAMERAS * EYE_FDS];
	unsigned owner[LINEUP_CAMERAS * EYE_FDS], n = 0;
	int64_t ms = (next_ns - now_ns + NS_PER_MS - 1) / NS_PER_MS;

	for (unsigned i = 0; i < l->eyes; i++) {
		unsigned more = eye_fds(&l->eye[i]->eye, p + n, now_ns);

		for (unsigned k = 0; k < more; k++)
			owner[n++] = i;
	}
	if (ms <= 0 || poll(p, n, (int)ms) <= 0)
		return;
	for (unsigned i = 0; i < n; i++) {
		if (p[i].revents & (POLLERR | POLLHUP | POLLNVAL))
			eye_hang_up(&l->eye[owner[i]]->eye, now_ns);
	}
}

void look_live_run(struct look_live *l, int64_t patience_ns)
{
	struct clock clock = clock_real();
	int64_t now_ns = clock_now_ns(&clock), next_ns;

	while ((next_ns = look_live_turn(l, now_ns, patience_ns)) != 0) {
		wait_until(l, next_ns, now_ns);
		now_ns = clock_now_ns(&clock);
	}
	look_live_judge(l);
}
