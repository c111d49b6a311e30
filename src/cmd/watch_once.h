/* SPDX-License-Identifier: Apache-2.0 */
/* `watch --once`: waits for data of a running engine and prints one screen. Main thread. */
#ifndef POLICYTOP_CMD_WATCH_ONCE_H
#define POLICYTOP_CMD_WATCH_ONCE_H

#include "engine/engine.h"
#include "ui/output.h"
#include "ui/state.h"
#include "view/client.h"

enum once_format { ONCE_TEXT, ONCE_SVG, ONCE_JSON };

struct once_cfg {
	enum once_format format;
	enum symbols symbols; /* of text; pictures have braille */
	enum colours colours; /* of text: COLOURS_MONO prints no escape sequence */
	int w, h;
	enum page page; /* what stands in the place of the plot */
	double after_s; /* let so much data arrive first */
};

/* The exit status: by the worst level, EXIT_UNSEEN when no step arrived, or of an error. */
int watch_once(struct client *c, const struct once_cfg *cfg);

/*
 * The same of captures, without an engine: what it would have shown cfg->after_s later, at their own
 * pace (0: when they end). Nothing waits, nothing is stored, and it is the same each time.
 */
int watch_replay(const struct engine_cfg *engine, const struct once_cfg *cfg);

/* Ends the engine, and waits (3 s at most) until it has committed and hung up. */
void watch_stop(struct client *c);

#endif
