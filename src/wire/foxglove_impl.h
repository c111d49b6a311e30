/* SPDX-License-Identifier: Apache-2.0 */
/* Shared by the files of the Foxglove client; nobody else includes it. */
#ifndef POLICYTOP_WIRE_FOXGLOVE_IMPL_H
#define POLICYTOP_WIRE_FOXGLOVE_IMPL_H

#include <stdbool.h>

#include "base/rng.h"
#include "wire/foxglove.h"
#include "wire/json.h"
#include "wire/websocket.h"

enum { FOXGLOVE_OTHERS = 8 /* topics that are told though not read, a connection */ };
enum { TOPIC_STATE, TOPIC_ACTION, TOPICS };

/* One of the two that are read. */
struct topic {
	bool live;	 /* advertised, and subscribed to by us */
	int64_t channel; /* the server's number */
	uint32_t subscription;
	bool refused;	  /* the server does not know yet what it offered: asked again */
	int64_t asked_ns; /* of the engine's clock, when it was subscribed to */
};

/* A camera: the number of its subscription is FOXGLOVE_CAMERA_0 + its index, also in a replay. */
enum { FOXGLOVE_CAMERAS = 8, FOXGLOVE_CAMERA_0 = 1 << 16 };
struct viewpoint {
	char name[NAME_BYTES]; /* cleaned */
	bool live;	       /* advertised, and not too large */
	bool raw;	       /* else compressed */
	bool open;	       /* subscribed to, until a picture comes */
	int64_t channel;
	int64_t next_ns; /* of the engine's clock: it is closed without one, or opened again */
	int64_t told_ns; /* when the last picture came, or TIME_UNKNOWN */
};

struct foxglove {
	void (*emit)(void *host, const struct event *ev);
	void *host;
	char prefix[NAME_BYTES];

	/* The connection. */
	char key[WEBSOCKET_KEY + 1]; /* "" before the handshake was sent */
	struct rng mask;
	struct buf head;  /* of the server's answer, until it is complete */
	bool open;	  /* the handshake is done */
	char broken[160]; /* why it ended, "" it has not */
	struct websocket socket;
	struct buf replies;
	struct topic topic[TOPICS];
	uint32_t subscriptions;
	unsigned others;
	bool pictures; /* are looked at */
	unsigned cameras;
	struct viewpoint camera[FOXGLOVE_CAMERAS];

	/* The joints. */
	struct hello hello;		   /* with prefixes; as emitted */
	char name[MAX_JOINTS][NAME_BYTES]; /* cleaned, without prefix */
	bool grown;			   /* and not told yet */

	/* The step under way: the topics that it has, of this log time. */
	struct step step;
	bool has[TOPICS];
	uint64_t log_time;

	/* Messages. */
	int64_t t_ns;
	char reason[160];    /* the first thing wrong with this one, "" none */
	char first_bad[192]; /* cleaned */
	uint64_t messages, bad, untold;
	int64_t told_ns; /* TIME_UNKNOWN: never */
};

/* Notes what is wrong with the message under work; the first reason stays. */
void foxglove_blame(struct foxglove *f, const char *fmt, ...) __attribute__((format(printf, 2, 3)));

void foxglove_tell(struct foxglove *f, const char *text);

/* Sends a text, of at most 127 bytes. */
void foxglove_say(struct foxglove *f, const char *fmt, ...) __attribute__((format(printf, 2, 3)));

/* Asks for what topic[which] is on. */
void foxglove_subscribe(struct foxglove *f, unsigned which);

/* foxglove_text.c: a JSON text message: what the server offers. */
void foxglove_take_text(struct foxglove *f, const char *text, size_t len);

/* foxglove_step.c: a message of topic[which], and steps that are complete. */
void foxglove_take_data(struct foxglove *f, unsigned which, uint64_t log_time, const char *text,
			size_t len);
void foxglove_flush(struct foxglove *f);

/* foxglove_image.c: cameras, one picture of each a second. */
/* A channel. False: no picture that is looked at. */
bool foxglove_offer_picture(struct foxglove *f, const char *topic, const char *encoding,
			    const char *schema, int64_t channel);
void foxglove_withdraw_picture(struct foxglove *f, int64_t channel);
bool foxglove_refuse_picture(struct foxglove *f, int64_t channel); /* false: it is none */
void foxglove_refuse_large(struct foxglove *f); /* what was stepped over does not come again */
bool foxglove_take_picture(struct foxglove *f, uint64_t subscription, uint64_t log_time,
			   const uint8_t *bytes, size_t n); /* false: of no camera */
int64_t foxglove_due_picture(struct foxglove *f);	    /* as foxglove_due(), at f->t_ns */

#endif
