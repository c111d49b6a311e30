/* SPDX-License-Identifier: Apache-2.0 */
#include "source/v4l2_tell.h"

#include <math.h>
#include <stdio.h>

#include "base/text.h"
#include "source/v4l2_view.h"

static int64_t automatic(const struct camera_dev *d)
{
	static const unsigned bits[] = {
		[CAMERA_EXPOSURE_MODE] = AUTO_EXPOSURE, [CAMERA_RATE_SWITCH] = AUTO_RATE,
		[CAMERA_WHITE_SWITCH] = AUTO_WHITE,	[CAMERA_FOCUS_SWITCH] = AUTO_FOCUS,
		[CAMERA_GAIN_SWITCH] = AUTO_GAIN,	[CAMERA_PRIVACY] = 0,
	};
	int64_t on = 0;
	bool known = false;

	for (unsigned i = 0; i < d->ncontrols; i++) {
		const struct camera_control *k = &d->control[i];

		if (!k->known || k->role == CAMERA_SETTING || k->role == CAMERA_PRIVACY)
			continue;
		known = true;
		if (k->role == CAMERA_EXPOSURE_MODE ? k->value != 1 : k->value != 0)
			on |= bits[k->role];
	}
	return known ? on : -1;
}

/* Periodic transfers may have 80 % of a bus; what of that cameras reach is known to be less. */
static double capacity(unsigned mbit)
{
	return !mbit ? (double)NAN : mbit <= 480 ? mbit * 0.1 : mbit * 0.08;
}

static void tell_place(const struct eye *y, struct camera *c)
{
	const struct camera_place *p = &y->place;

	text_copy(c->name, sizeof(c->name), y->cfg.name);
	if (p->stable[0])
		snprintf(c->device, sizeof(c->device), "/dev/%s%s",
			 text_starts(p->stable, "by-") ? "v4l/" : "", p->stable);
	text_copy(c->serial, sizeof(c->serial), p->serial);
	if (p->bus)
		snprintf(c->bus, sizeof(c->bus), "usb%u", p->bus);
	c->bus_megabytes_s = capacity(p->port_mbit);
	if (y->owner.pid)
		snprintf(c->owner, sizeof(c->owner), "%s (%ld)", y->owner.program, y->owner.pid);
	text_copy(c->trouble, sizeof(c->trouble), y->trouble);
}

/* What nobody measures follows from the format, where frames have a fixed length. */
static double reckoned(const struct camera_format *f)
{
	return f->width && !camera_compressed(f->fourcc) ? f->size_bytes * f->fps / 1e6
							 : (double)NAN;
}

void eye_tell(struct eye *y, struct camera *c, int64_t now_ns)
{
	const struct camera_format *f = &y->dev.format;
	bool own = y->cfg.own && !y->yielded;

	camera_init(c);
	tell_place(y, c);
	c->mode = own ? CAMERA_OWN : CAMERA_WATCH;
	c->state = y->state;
	if (y->dev.fd < 0)
		return;
	if (f->width)
		camera_fourcc(c->format, f->fourcc);
	c->width = f->width;
	c->height = f->height;
	c->fps_set = f->fps;
	c->automatic = automatic(&y->dev);
	if (own || y->state == CAMERA_STREAMING || y->state == CAMERA_SILENT)
		meter_tell(&y->meter, c, now_ns);
	else if (y->state == CAMERA_BUSY)
		c->megabytes_s = reckoned(f);
	if (!own)
		return;
	c->frozen_s = view_frozen_s(&y->view, now_ns);
	c->dark = y->view.dark;
	c->sharpness = y->view.sharpness;
}
