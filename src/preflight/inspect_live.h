/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What a rig's sources show within a moment, without an engine: where the arm is, how its motors,
 * buses and cameras are. A device that another program owns is not opened twice: an engine that
 * runs for the rig is asked instead, and how old its values are is kept. Main thread.
 */
#ifndef POLICYTOP_PREFLIGHT_INSPECT_LIVE_H
#define POLICYTOP_PREFLIGHT_INSPECT_LIVE_H

#include <stdbool.h>

#include "base/err.h"
#include "model/event.h"
#include "preflight/inspect_look.h"
#include "rig/rig.h"

enum { INSPECT_MOTORS = 64, INSPECT_BUSES = 8, INSPECT_CAMERAS = 16, INSPECT_SOURCES = 24 };

struct live_joint {
	struct joint joint;
	double value; /* got, else seen; NaN unknown */
	int64_t at_ns;
};

struct live_source {
	char word[RIG_WORD_BYTES];
	bool camera;	       /* else of the arm */
	char role[NAME_BYTES]; /* of a camera, "" unknown */
	bool open, heard;      /* it was opened; it told of something */
	char why[192];	       /* what is wrong with it, "" nothing */
};

struct live_picture {
	struct frame frame; /* thumb: NULL, or points at rgb */
	uint8_t rgb[FRAME_THUMB_WIDTH * FRAME_THUMB_HEIGHT * 3];
	int64_t at_ns;
};

struct inspect_live {
	bool hold;		/* sources stay open from look to look: set it before the first */
	struct live_ears *ears; /* that are open, NULL none */
	bool looked;
	bool engine; /* values are of a running engine */
	int64_t now_ns;
	unsigned joints, motors, buses, cameras, pictures, sources;
	struct live_joint joint[MAX_JOINTS];
	struct motor motor[INSPECT_MOTORS];
	int64_t motor_ns[INSPECT_MOTORS];
	struct bus bus[INSPECT_BUSES];
	struct camera camera[INSPECT_CAMERAS];
	int64_t camera_ns[INSPECT_CAMERAS];
	struct live_picture *picture; /* [INSPECT_CAMERAS], NULL until there is one */
	struct live_source source[INSPECT_SOURCES];
	struct inspect_look *look; /* NULL: there is nothing to compare pictures with */
};

/* The words of the sources that a rig means: its own list, or what its robot and cameras imply. */
void inspect_live_sources(struct inspect_live *l, const struct rig *r);

/*
 * Opens them, listens until all have told enough or patience_ns is over, closes them. What was known
 * before stays until it is told anew. Held open, the next look only waits until the arm has told where
 * it is: a port that is closed and opened for each look clicks relays and disturbs the bus.
 */
void inspect_live(struct inspect_live *l, const struct rig *r, const char *rig_name,
		  int64_t patience_ns);
void inspect_live_close(struct inspect_live *l); /* the sources; what is known stays */
void inspect_live_fini(struct inspect_live *l);

/* How old a value of that time is, NaN unknown. */
double inspect_live_age_s(const struct inspect_live *l, int64_t at_ns);

/* What keeps the arm, or its servos, from being seen, in the words of the source that failed. */
const char *inspect_live_blind(const struct inspect_live *l);

/* Of a camera by its role; NULL: not seen. */
const struct camera *inspect_live_camera(const struct inspect_live *l, const char *role);
const struct live_picture *inspect_live_picture(const struct inspect_live *l, const char *role);

#endif
