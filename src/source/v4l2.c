/* SPDX-License-Identifier: Apache-2.0 */
/*
 * `v4l2:DEV`: a camera of this computer. Watched beside the program that streams it, or, where
 * nobody does and the host allows it, streamed by ourselves.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/text.h"
#include "model/verdict.h"
#include "source/source.h"
#include "source/v4l2_thread.h"

struct v4l2 {
	struct eye_thread *thread;
	struct eye_news *news;
};

static int take_mode(const struct source *s, struct uri *u, bool *own, struct err *e)
{
	const char *text = uri_param(u, "mode");

	*own = text && strcmp(text, "own") == 0;
	if (text && !*own && strcmp(text, "watch") != 0)
		return err_set(e, EINVAL, "%s: mode is watch or own", u->word);
	if (*own && !s->host.takes)
		return err_set(e, EINVAL,
			       "%s: mode=own takes the camera from the policy: only check and look "
			       "may, before it starts",
			       u->word);
	return 0;
}

/* Its role: as it is said, else the last part of its word. */
static void take_name(char dst[NAME_BYTES], struct uri *u)
{
	const char *text = uri_param(u, "name"), *slash = strrchr(u->rest, '/');

	if (!text || !text[0])
		text = slash ? slash + 1 : u->rest;
	text_clean(dst, NAME_BYTES, text, strlen(text));
}

static int v4l2_open(struct source *s, struct uri *u, struct err *e)
{
	struct eye_cfg cfg = {.sys = &camera_kernel};
	struct v4l2 *v = s->state;
	int rc;

	if (!u->rest[0] || strlen(u->rest) >= sizeof(cfg.word))
		return err_set(e, EINVAL,
			       "%s: write v4l2:DEV, a name below /dev/v4l/by-id or a /dev/videoN",
			       u->word);
	rc = take_mode(s, u, &cfg.own, e);
	if (rc)
		return rc;
	text_copy(cfg.word, sizeof(cfg.word), u->rest);
	take_name(cfg.name, u);
	v->news = xcalloc(1, sizeof(*v->news));
	v->thread = eye_thread_start(&cfg, e);
	if (!v->thread) {
		err_prefix(e, "%s", u->word);
		return -e->code;
	}
	s->fd = eye_thread_fd(v->thread);
	return 0;
}

static void deliver_notes(struct source *s, const struct eye_news *n)
{
	struct event ev = {.kind = EVENT_NOTE, .src_ns = TIME_UNKNOWN, .level = LEVEL_NOTE};

	for (unsigned i = 0; i < n->notes; i++) {
		ev.t_ns = n->note[i].t_ns;
		ev.text = n->note[i].text;
		source_deliver(s, &ev);
	}
	if (n->dropped) {
		ev.kind = EVENT_GAP;
		ev.lost = n->dropped;
		ev.unit = "lines";
		ev.text = "more happened to the camera than could be told";
		source_deliver(s, &ev);
	}
}

static int64_t v4l2_run(struct source *s, int64_t now_ns)
{
	struct v4l2 *v = s->state;
	struct eye_news *n = v->news;
	struct event ev = {.src_ns = TIME_UNKNOWN};

	(void)now_ns;
	if (!eye_thread_take(v->thread, n))
		return INT64_MAX;
	deliver_notes(s, n);
	if (n->has_frame) {
		ev.kind = EVENT_FRAME;
		ev.t_ns = n->frame_ns;
		ev.frame = &n->frame;
		source_deliver(s, &ev);
	}
	if (n->has_camera) {
		ev.kind = EVENT_CAMERA;
		ev.t_ns = n->camera_ns;
		ev.camera = &n->camera;
		source_deliver(s, &ev);
	}
	return INT64_MAX;
}

static void v4l2_close(struct source *s)
{
	struct v4l2 *v = s->state;

	eye_thread_stop(v->thread);
	free(v->news);
}

static const struct source_param params[] = {
	{"name", "", "", "role of the camera, as training calls it: front"},
	{"mode", "", "watch", "watch beside its program, or own: stream it (only check and look)"},
	{0},
};

const struct source_class source_v4l2 = {
	.kind = "v4l2",
	.rest = "DEV",
	.summary = "a camera: presence, owner, rate, controls, pictures",
	.facts = FACT_FRAMES,
	.decoder = &decoder_lines,
	.params = params,
	.state_size = sizeof(struct v4l2),
	.open = v4l2_open,
	.run = v4l2_run,
	.close = v4l2_close,
};
