/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What the viewers are told: the state of the run now, gathered from merged events and verdicts,
 * and built into a snapshot on demand. Never judges anything. Loop thread.
 */
#ifndef POLICYTOP_ENGINE_LIVE_H
#define POLICYTOP_ENGINE_LIVE_H

#include "check/judge.h"
#include "model/event.h"
#include "model/profile.h"
#include "view/snapshot.h"

struct live;

struct live *live_new(const struct profile *profile); /* NULL none; must outlive it */
void live_free(struct live *l);			      /* NULL is allowed */

/* Merged events, in order, after the judge had them; now_ns: the engine's clock. */
void live_hello(struct live *l, const struct hello *h, const struct judge *j);
void live_episode(struct live *l, const struct episode_mark *m, uint32_t number, int64_t now_ns);
void live_step(struct live *l, const struct step *s, int64_t now_ns);
void live_chunk(struct live *l, const struct chunk *c, int64_t last_seq, int64_t now_ns);
void live_executed(struct live *l, const struct executed *x);
void live_exchange(struct live *l, uint16_t source, const struct exchange *x, int64_t now_ns);
void live_frame(struct live *l, const struct frame *f, int64_t now_ns);
void live_motor(struct live *l, const struct motor *m, int64_t now_ns);
void live_bus(struct live *l, const struct bus *b, int64_t now_ns);
void live_camera(struct live *l, const struct camera *k, int64_t now_ns);
void live_reset(struct live *l); /* the policy was reset */
void live_verdict(struct live *l, const struct verdict *v, int64_t now_ns);
/* Why the first action of this episode lies where it does: its alarm says that from now on. */
void live_explained(struct live *l, const char *text);
void live_note(struct live *l, enum level level, const char *text, int64_t now_ns);

uint64_t live_steps(const struct live *l); /* of this segment */

/* Everything but rig, run, segment, dropped and sources, which the engine knows. */
void live_snapshot(const struct live *l, const struct judge *j, int64_t now_ns,
		   struct snapshot *out);

/*
 * See history_read(); with the plan and the chunks before it. Before the first step the past is empty.
 * False: no such joint.
 */
bool live_history(const struct live *l, unsigned joint, unsigned columns, double span_s,
		  int64_t now_ns, struct history *out);

/* The last thumbnail of a camera of the snapshot; none: its width is 0. */
void live_thumb(const struct live *l, unsigned camera, struct view_thumb *out);

/* A picture of training of the camera of that name; none: its width is 0, and why says so. */
void live_reference(const struct live *l, const char *camera, struct view_reference *out);

#endif
