/* SPDX-License-Identifier: Apache-2.0 */
/*
 * ZMTP 3.x (ZeroMQ's protocol, https://rfc.zeromq.org/spec/23/) of one direction, seen from the
 * outside: greeting, then commands and the frames of messages, in pieces as they pass. Nothing is
 * kept but the greeting and the begin of a command. Everything that arrives is hostile.
 *
 * Any thread; one thread a struct.
 */
#ifndef POLICYTOP_WIRE_ZMTP_H
#define POLICYTOP_WIRE_ZMTP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { ZMTP_GREETING = 64, ZMTP_COMMAND_MAX = 512 };

struct zmtp_piece {
	const uint8_t *bytes; /* of the last frame's payload: the body of a request or reply */
	size_t len;
	bool body;    /* bytes are of a body, even when len is 0 */
	bool end;     /* of the body, and so of the message */
	bool command; /* a command is complete: zmtp.command */
};

struct zmtp {
	const char *error;    /* what is wrong, static; NULL while nothing is */
	bool greeted;	      /* the greeting is complete */
	bool ready;	      /* and so is a READY */
	char mechanism[21];   /* "NULL", "PLAIN", "CURVE"; not cleaned */
	char socket_type[16]; /* of READY: "REQ"; not cleaned, "" not told */
	bool in_frame;	      /* its head is complete */
	bool in_message;      /* a message is under way */
	/* private */
	uint64_t left; /* bytes to the end of the frame under way */
	uint8_t greeting[ZMTP_GREETING], head[9], heads, need;
	unsigned greetings;
	uint8_t command[ZMTP_COMMAND_MAX];
	unsigned command_len;
};

void zmtp_init(struct zmtp *z);

/*
 * Takes bytes until there is a piece or none are left; returns how many. After an error it takes
 * everything and gives nothing.
 */
size_t zmtp_take(struct zmtp *z, const void *p, size_t n, struct zmtp_piece *out);

/* Bytes to the end of the frame under way; 0: none is, or it does not end a message. */
uint64_t zmtp_left(const struct zmtp *z);

/* n bytes were not seen. False: they reach beyond the frame under way, and sync is lost. */
bool zmtp_lost(struct zmtp *z, uint64_t n);

/* Whatever was not seen, the next byte begins a message. */
void zmtp_resume(struct zmtp *z);

/* Whether the first n bytes of a connection can begin a greeting. */
bool zmtp_begins(const void *p, size_t n);

#endif
