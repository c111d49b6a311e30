/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What the taps of servo buses share, between a program and its port (tap:) and beside it (usbmon:):
 * what the port itself does, which no byte tells. Loop thread only.
 */
#ifndef POLICYTOP_SOURCE_SERVOTAP_H
#define POLICYTOP_SOURCE_SERVOTAP_H

#include "model/motor.h"
#include "source/tap.h"

struct servotap {
	struct tapped tapped; /* first: it is the state of tap_open() */
	struct bus bus;	      /* as last told */
	struct holders *look; /* for others who have the port, under way, or NULL */
	bool opened;	      /* somebody has, since that look began */
	int64_t look_ns;      /* when to look again */
};

/* Members of a struct tapped_kind. */
void servotap_told(struct source *s, const struct tap_record *rec);
void servotap_amend(struct source *s, struct event *ev);

/* As tap_open(), of this kind. */
int servotap_open(struct source *s, const struct tapped_kind *kind, struct uri *u, struct err *e);

/*
 * A tap without an engine, of a source word of either kind: where programs find it is *place. user:
 * UID:GID of who it is for when root starts it, or NULL. Its process id, or -errno with e.
 */
int servotap_start(const char *word, const char *user, char place[TAP_ADDRESS_BYTES],
		   struct err *e);

extern const struct tapped_kind servotap_line, servotap_usbmon;

#endif
