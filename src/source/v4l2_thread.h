/* SPDX-License-Identifier: Apache-2.0 */
/*
 * An eye in a thread of its own, because a camera's driver may take seconds to answer. What it sees
 * lies in a box until the loop takes it: the newest state and picture, and the notes in order. All
 * calls from the loop thread; none blocks, but for the end.
 */
#ifndef POLICYTOP_SOURCE_V4L2_THREAD_H
#define POLICYTOP_SOURCE_V4L2_THREAD_H

#include "source/v4l2_eye.h"

enum { EYE_NOTES = 16, EYE_NOTE_BYTES = 256 };

struct eye_thread;

/* What is new since the last taking. */
struct eye_news {
	bool has_camera, has_frame;
	int64_t camera_ns, frame_ns;
	struct camera camera;
	struct frame frame; /* its thumb is the one below */
	uint8_t thumb[PICTURE_THUMB_BYTES];
	unsigned notes, dropped; /* dropped: more notes than there was room for */
	struct {
		int64_t t_ns;
		char text[EYE_NOTE_BYTES];
	} note[EYE_NOTES];
};

/* cfg's host is the thread's own. NULL with e: a word that is no camera's, or no thread. */
struct eye_thread *eye_thread_start(const struct eye_cfg *cfg, struct err *e);

/* Becomes readable when there is news. Belongs to the thread. */
int eye_thread_fd(const struct eye_thread *t);

/* Takes the news; false: there is none. */
bool eye_thread_take(struct eye_thread *t, struct eye_news *out);

/*
 * Ends it, and waits at most a second until the camera was given back: who starts next may want it.
 * A driver that does not answer for so long keeps its thread. NULL is allowed.
 */
void eye_thread_stop(struct eye_thread *t);

#endif
