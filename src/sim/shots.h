/* SPDX-License-Identifier: Apache-2.0 */
/*
 * When the cameras of a simulated world give a picture or tell of their health, and how a fault
 * changes that. They run at 30 pictures a second, of which five are looked at. Private to this room.
 */
#ifndef POLICYTOP_SIM_SHOTS_H
#define POLICYTOP_SIM_SHOTS_H

#include "model/event.h"
#include "sim/camera.h"

enum { SHOTS_HZ = 5, SHOTS_FPS = 30 };

struct sim;

/* How a camera is, and what a fault makes of it. */
struct sim_eye {
	enum sim_camera shows; /* whose picture comes under its name */
	double light;	       /* share of the usual */
	double fps;
	bool frozen, gone;
};

struct shots {
	struct paint room, paint;
	struct frame frame; /* of the last event, as is camera */
	struct camera camera;
	struct {
		int64_t picture_ns, health_ns; /* when the next is due */
		int64_t fresh_ns;	       /* when the picture was another one */
		struct frame frame;	       /* the last picture */
		uint8_t thumb[FRAME_THUMB_WIDTH * FRAME_THUMB_HEIGHT * 3];
		double lost; /* frames so far */
		bool away;   /* unplugged, as far as was told */
	} of[SIM_CAMERAS];
};

void shots_init(struct shots *s);

/* When the next event of a camera is due, simulated; INT64_MAX: this world has none. */
int64_t shots_due_ns(const struct sim *s);

/* Makes that event. False: it came to nothing, such as a picture of a camera that is gone. */
bool shots_next(struct sim *s, struct event *ev);

#endif
