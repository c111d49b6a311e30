/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What the sources that stand in the path share: a tap (see src/tap) between policy clients and
 * their server, started or found again here, whose copies go through one decoder per connection.
 * A class names its decoder (with lost, place and again), `.slots = TAP_SLOTS` (or fewer),
 * `.state_size = sizeof(struct tapped)`, `.waits = false` and these three functions. Loop thread
 * only.
 *
 * The k-th connection at once has the source's index + k. One more is passed on and not decoded.
 * Closing in order (not after a crash) tells the tap to end with its last client; whoever opens the
 * same word before that goes on where this engine was.
 */
#ifndef POLICYTOP_SOURCE_TAP_H
#define POLICYTOP_SOURCE_TAP_H

#include "source/source.h"
#include "tap/client.h"
#include "tap/tcp.h"

enum { TAP_SLOTS = 4, TAP_MARKS = 128 };

#define TAP_REST "[HOST:]PORT=UPSTREAM:PORT"

/* A connection that is decoded. By direction: 0 from the server, 1 to it. */
struct tapped_slot {
	struct source *source;
	uint16_t index; /* of its events */
	struct decoder decoder;
	uint64_t connection;   /* 0: none */
	unsigned entry;	       /* in the tap's table */
	bool again;	       /* what comes now has been told before */
	uint64_t next[2];      /* offset of the byte to be decoded next */
	uint64_t captured[2];  /* and to be captured next */
	uint64_t blind[2];     /* so many before next it has not seen: it waits for a message */
	uint64_t resume_at[2]; /* the end of a frame, as the engine before knew it; 0 unknown */
	uint64_t held_from[2]; /* position of the record that a message under way began in */
};

/* Where all connections stood at a time: where the next engine may go on. */
struct tapped_mark {
	int64_t t_ns;
	uint64_t tail[2];
	struct {
		uint64_t connection;
		unsigned entry;
		uint64_t boundary[2], end[2];
	} slot[TAP_SLOTS];
};

struct tapped;

/* What differs between taps of policy servers and of serial ports. */
struct tapped_kind {
	int (*parse)(struct tapped *t, struct uri *u, struct err *e);
	bool (*same)(const struct tapped *t, const struct tap_info *info); /* is it ours? */
	struct tap_ends (*ends)(const struct tapped *t);
	void (*introduce)(struct source *s, int64_t now_ns);
	const char *loss; /* what its clients have lost when it died; NULL: nothing */
	/* A record of a serial line; NULL: there are none. */
	void (*told)(struct source *s, const struct tap_record *rec);
	/* Does what is due; when the next thing is. NULL: never anything. */
	int64_t (*due)(struct source *s, int64_t now_ns);
	/* Adds to an event of a decoder what only the source knows; NULL: nothing. */
	void (*amend)(struct source *s, struct event *ev);
};

extern const struct tapped_kind tapped_tcp;

struct tapped {
	const struct tapped_kind *kind; /* set before tap_open(), NULL: tapped_tcp */
	unsigned slots;			/* of the class, at most TAP_SLOTS */
	struct tapped_slot slot[TAP_SLOTS];
	struct tap_link link;
	int epoll;
	bool up;		      /* attached */
	bool introduced;	      /* where clients connect has been told */
	bool failing;		      /* no new tap can be started, and that was told */
	int64_t retry_ns, crowded_ns; /* since when the recorder has been; 0: it is not */
	int64_t told_ns;	      /* see struct source_host */
	uint64_t at[2];		      /* positions in the rings */
	uint64_t ignored[TAP_COPIED]; /* connections that no slot was left for, by entry */
	int refused; /* why clients are turned away, as was told; 0: they are not */
	struct tapped_mark mark[TAP_MARKS];
	unsigned marks, first_mark;
	char word[TAP_WORD_BYTES];
	char listen[TAP_ADDRESS_BYTES],
		upstream[TAP_ADDRESS_BYTES]; /* addresses, or name and path */
	char place[TAP_ADDRESS_BYTES];	     /* where clients connect, for people */
};

int tap_open(struct source *s, struct uri *u, struct err *e);
int64_t tap_run(struct source *s, int64_t now_ns);
void tap_close(struct source *s);

/* Between the files of this. */

/* The word and its two halves, when they are not too long. 0, or -EINVAL with e. */
int tapped_words(struct tapped *t, const struct uri *u, const char *listen, size_t n,
		 const char *upstream, struct err *e);

/* Decodes a record, in bites: false when some of it is left. direction: its ring. */
bool tapped_feed(struct tapped *t, const struct tap_record *rec, int direction);
void tapped_end(struct tapped *t, struct tapped_slot *k, int64_t t_ns); /* its connection is over */
void tapped_reap(struct tapped *t, int64_t now_ns); /* those whose end was lost; rings are empty */
void tapped_count_bad(struct source *s);

/* Lets go of what was decoded some time ago; all: of everything, in order. */
void tapped_publish(struct tapped *t, int64_t now_ns, bool all);
int64_t tapped_due(const struct tapped *t); /* when there is something to publish */

#endif
