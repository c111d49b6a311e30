/* SPDX-License-Identifier: Apache-2.0 */
/* Shared by the files of the policy session; nobody else includes it. */
#ifndef POLICYTOP_WIRE_TRAFFIC_IMPL_H
#define POLICYTOP_WIRE_TRAFFIC_IMPL_H

#include "wire/picture.h"
#include "wire/traffic.h"

enum {
	TRAFFIC_PARTS = 16,
	TRAFFIC_CAMERAS = 16,
	TRAFFIC_PERIODS = 15,	/* of requests, for their median */
	TRAFFIC_REQUESTED = 24, /* tensors of a request; the reply has room for the rest */
	TRAFFIC_META = 200,	/* characters of metadata in the note */
};

/* Joints in groups, as a message has them. */
struct traffic_parts {
	unsigned n, dims; /* dims: of all */
	struct {
		char name[NAME_BYTES];
		unsigned dims;
	} part[TRAFFIC_PARTS];
};

/* What a request was found to hold. */
struct traffic_request {
	bool exact; /* it has a TRAFFIC_STATE: no guesses */
	struct traffic_parts state;
	double value[MAX_JOINTS]; /* [state.dims] */
	bool prompt_known;
	char prompt[TASK_BYTES];
	char endpoint[NAME_BYTES];
};

struct traffic_reply {
	struct traffic_parts action;
	unsigned horizon;
	double *column; /* each part's [horizon][dims], one after the other */
	double *row;	/* [horizon][dims of all] */
	size_t columns, column_room, row_room;
	bool odd;	/* parts of different horizons, or more than can be kept */
	uint64_t bytes; /* of the message */
	char *error;	/* owned, NULL none */
	size_t error_len;
	double server_ms, policy_ms;
};

struct traffic_camera {
	char name[NAME_BYTES];
	int64_t last_ns; /* TIME_UNKNOWN: not in this episode */
};

struct traffic_shot {
	struct frame frame;
	uint8_t thumb[PICTURE_THUMB_BYTES];
};

struct traffic {
	const struct traffic_protocol *protocol;
	void (*emit)(void *host, const struct event *ev);
	void *host;
	char prefix[NAME_BYTES];
	bool again;
	int64_t t_ns; /* of the message under work */

	/* Messages. */
	enum traffic_message what; /* of the server, the one under way */
	struct payload_host hosts[2];
	struct payload reader[2]; /* of requests, and of what the server says */
	struct traffic_request request;
	struct traffic_reply reply;
	struct tensor tensor[TENSORS_MAX];
	unsigned requested, replied; /* tensors: the request's, then the reply's */
	char meta[TRAFFIC_META];
	struct traffic_camera camera[TRAFFIC_CAMERAS];
	unsigned cameras;
	struct traffic_shot *shot; /* [TRAFFIC_CAMERAS] of the request under way */
	unsigned shots;

	/* The exchange under way. */
	bool connected, stranger;
	bool awaits, acting; /* a reply; and it should hold actions */
	uint64_t number;     /* of the connection */
	int64_t request_ns;
	uint64_t request_bytes;

	/* The episode. */
	bool in_episode, resumed;
	int64_t ended_ns; /* the last end, when that was not told; TIME_UNKNOWN */
	char ended_why[NAME_BYTES];
	uint64_t asked;	     /* requests for actions in it */
	int64_t last_ns;     /* traffic */
	int64_t acted_ns;    /* the last reply with actions, TIME_UNKNOWN not in this episode */
	unsigned executable; /* its horizon */
	int64_t asked_ns;    /* the last request for actions */
	int64_t period_ns[TRAFFIC_PERIODS];
	uint64_t periods;

	/* The joints. */
	struct hello hello;
	bool told;		   /* a hello */
	uint16_t seen[MAX_JOINTS]; /* the joint of each value of the state; MAX_JOINTS no room */
	unsigned dims;		   /* joints that are the actions', the first ones */
	char (*name)[NAME_BYTES];  /* [names] that the user gave them */
	unsigned names;
	bool misnamed; /* they are not as many, and that was told */
	struct step step;

	uint64_t messages, bad, untold;
	int64_t told_bad_ns; /* TIME_UNKNOWN: never */
	char first_bad[192];
};

/* traffic.c */
void traffic_emit(struct traffic *p, struct event *ev, int64_t t_ns);
void traffic_exchange(struct traffic *p, enum exchange_state state, int64_t t_ns, uint64_t bytes,
		      const char *error, bool acted);

/* traffic_message.c: what a message holds, while it passes. */
void traffic_message_init(struct traffic *p);
void traffic_message_fini(struct traffic *p);
void traffic_message_begin(struct traffic *p, enum traffic_message what);

/* traffic_joints.c: a reply with actions, as exchange, hello, chunk and step. */
void traffic_act(struct traffic *p, int64_t t_ns);
void traffic_tell_hello(struct traffic *p, int64_t t_ns);

/* traffic_episode.c */
void traffic_asked(struct traffic *p, int64_t t_ns);
void traffic_reset(struct traffic *p, int64_t t_ns);
void traffic_episode_begin(struct traffic *p, const char *why, bool guessed, int64_t t_ns);
void traffic_episode_end(struct traffic *p, const char *why, int64_t t_ns);
void traffic_episode_again(struct traffic *p); /* what comes is news from now on */

/* traffic_error.c */
void traffic_tell_error(struct traffic *p, const char *text, size_t n, int64_t t_ns, uint64_t size);

#endif
