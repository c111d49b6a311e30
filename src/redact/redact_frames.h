/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What passed between a policy and its client, redacted in place: each frame keeps its length and its
 * mask, so that a capture of it replays to the same steps, with other words and black pictures. Pure;
 * the bytes are hostile. One thread at a time.
 */
#ifndef POLICYTOP_REDACT_REDACT_FRAMES_H
#define POLICYTOP_REDACT_REDACT_FRAMES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "redact/redact.h"

enum redact_framing { REPORT_NO_FRAMES, REPORT_WEBSOCKET, REPORT_ZMTP };

enum { REPORT_LARGE_BYTES = 1024 }; /* what --redact drops; a prompt and a state are less */

struct redact_frames {
	struct redact *redact;
	bool asks; /* of who asks: with pictures, which become black, and prompts, which go */
	/* it asks: its pictures become black, its prompts known */ /* large binaries become zeros */
	uint64_t dropped, dropped_bytes;			    /* such, so far */
};

/*
 * Goes through the bytes of one direction from the beginning of its connection. Returns how many of
 * them it understood: what follows is as it was.
 */
size_t redact_frames(struct redact_frames *f, enum redact_framing framing, char *p, size_t n);

#endif
