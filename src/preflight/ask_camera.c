/* SPDX-License-Identifier: Apache-2.0 */
#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/mem.h"
#include "hal/camera_find.h"
#include "hal/camera_picture.h"
#include "preflight/ask.h"

/* A camera that was just started is dark: it exposes within a second or so. */
enum { WARM_FRAMES = 15 };
static const int64_t patience_ns = 3 * NS_PER_S;

static int keep(struct ask_picture *p, struct camera_picture *convert, const struct camera_dev *c,
		const struct camera_shot *shot, struct err *e)
{
	size_t bytes = (size_t)c->format.width * c->format.height * 3;
	const uint8_t *rgb = camera_picture_rgb(convert, &c->format, shot, e);

	if (!rgb)
		return -EPROTO;
	free(p->rgb);
	p->rgb = xcalloc(bytes + 1, 1);
	memcpy(p->rgb, rgb, bytes);
	p->width = c->format.width;
	p->height = c->format.height;
	return 0;
}

/* The last of some frames that can be understood. */
static int grab(struct ask_picture *p, struct camera_picture *convert, struct camera_dev *c,
		struct err *e)
{
	struct clock clock = clock_real();
	int64_t end_ns = clock_now_ns(&clock) + patience_ns;
	unsigned frames = 0;
	int rc = camera_start(c, e);

	while (rc >= 0 && frames < WARM_FRAMES && clock_now_ns(&clock) < end_ns) {
		struct pollfd ready = {.fd = c->fd, .events = POLLIN};
		struct camera_shot shot;

		rc = camera_take(c, &shot);
		if (rc == 0)
			poll(&ready, 1, 50);
		if (rc <= 0)
			continue;
		if (!shot.damaged && !shot.cut && ++frames == WARM_FRAMES)
			rc = keep(p, convert, c, &shot, e);
		else if (!shot.damaged && !shot.cut && clock_now_ns(&clock) > end_ns - NS_PER_S)
			keep(p, convert, c, &shot, NULL); /* it is slow: better than none */
		camera_give(c);
	}
	camera_stop(c);
	if (rc >= 0 && !p->rgb)
		return err_set(e, ETIMEDOUT, "no picture came");
	return rc < 0 ? rc : 0;
}

int ask_camera(struct ask_picture *p, const struct camera_sys *sys, const char *root,
	       const char *device, struct err *e)
{
	struct camera_picture *convert = camera_picture_new();
	struct camera_place place;
	struct camera_dev c;
	char node[128];
	int rc = camera_resolve(&place, root, device, e);

	if (!rc && place.number < 0)
		rc = err_set(e, ENODEV, "it is not there");
	if (!rc && !convert)
		rc = err_set(e, ENOMEM, "libv4lconvert does not start");
	if (!rc) {
		snprintf(node, sizeof(node), "%s%s", root, place.node);
		rc = camera_open(&c, sys, node, e);
		if (!rc)
			rc = grab(p, convert, &c, e);
		camera_close(&c);
	}
	camera_picture_free(convert);
	return rc;
}
