/* SPDX-License-Identifier: Apache-2.0 */
/*
 * WebSocket (RFC 6455) from the outside: the client's opening handshake, the small frames that a
 * client sends, and an incremental decoder for the frames of either direction, so that what
 * passes by can be read as well as what was asked for. No extensions: nobody here offers one.
 *
 * Bytes in, messages out; everything that arrives is hostile. A decoder keeps one message, of at
 * most its limit; what is longer is stepped over and only its size is told. Any thread, one
 * thread a struct.
 */
#ifndef POLICYTOP_WIRE_WEBSOCKET_H
#define POLICYTOP_WIRE_WEBSOCKET_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include "base/buf.h"
#include "base/err.h"

enum {
	WEBSOCKET_KEY = 24,	   /* characters of a Sec-WebSocket-Key: base64 of 16 bytes */
	WEBSOCKET_ACCEPT = 28,	   /* characters of a Sec-WebSocket-Accept: base64 of 20 bytes */
	WEBSOCKET_HEAD_MAX = 8192, /* bytes of a handshake */
	WEBSOCKET_CONTROL_MAX = 125,
};

enum websocket_opcode {
	WEBSOCKET_TEXT = 1,
	WEBSOCKET_BINARY = 2,
	WEBSOCKET_CLOSE = 8,
	WEBSOCKET_PING = 9,
	WEBSOCKET_PONG = 10,
};

/* The key of a handshake: key is the base64 of nonce, with its '\0'. */
void websocket_key(char key[WEBSOCKET_KEY + 1], const uint8_t nonce[16]);

/*
 * Appends a client's opening handshake for "/". host is what stands after "Host: "; protocol NULL:
 * no subprotocol is asked for.
 */
void websocket_request(struct buf *b, const char *host, const char *key, const char *protocol);

/* What a server answers to a key. */
void websocket_accept(char accept[WEBSOCKET_ACCEPT + 1], const char *key);

/* Appends the answer of a server that agrees to a handshake with this key; without subprotocol. */
void websocket_welcome(struct buf *b, const char *key);

/* Finds the key in a client's handshake. False: there is none. */
bool websocket_request_key(char key[WEBSOCKET_KEY + 1], const void *p, size_t n);

/*
 * Reads the server's answer to a handshake with this key, which asked for this subprotocol (NULL:
 * for none). Returns the bytes it took, 0 when more are needed (never after WEBSOCKET_HEAD_MAX), or -EPROTO and why.
 */
ssize_t websocket_answer(const void *p, size_t n, const char *key, const char *protocol,
			 struct err *e);

/* Appends one whole frame: a client's, masked with mask, or with mask NULL a server's. */
void websocket_frame(struct buf *b, enum websocket_opcode opcode, const void *p, size_t n,
		     const uint8_t mask[4]);

/* A complete message, or a control frame. */
struct websocket_message {
	enum websocket_opcode opcode;
	const uint8_t *bytes; /* unmasked, until the next call; NULL when len is 0 */
	size_t len;
	uint64_t size; /* more than len: longer than the limit, and stepped over (len 0) */
};

struct websocket {
	bool from_client;  /* whose frames: a client masks every one, a server none */
	size_t limit;	   /* bytes of a message that are kept; more is stepped over */
	const char *error; /* what is wrong, static; NULL while nothing is */
	/* private */
	uint8_t head[14], heads, need; /* bytes of a frame's head, so far and in all */
	bool in_frame;		       /* its head is complete */
	uint8_t opcode;		       /* of the message under way, 0 none */
	uint64_t left, size;	       /* of the frame; of the message so far */
	uint32_t masked;	       /* bytes of the frame so far, modulo 4 */
	uint8_t mask[4];	       /* of the newest frame from a client */
	uint8_t control[WEBSOCKET_CONTROL_MAX];
	unsigned control_len;
	struct buf message;
};

void websocket_init(struct websocket *w, bool from_client, size_t limit);
void websocket_fini(struct websocket *w);

/*
 * Takes bytes until a message or control frame is complete (then *out is set and *whole is true)
 * or none are left. Returns how many it took. After an error it takes everything and gives
 * nothing: there is no way to find the next frame.
 */
size_t websocket_take(struct websocket *w, const void *p, size_t n, struct websocket_message *out,
		      bool *whole);

/* Some bytes of a data message as they pass, or a whole control frame. */
struct websocket_piece {
	enum websocket_opcode opcode;
	const uint8_t *bytes; /* as on the wire; of a control frame unmasked */
	size_t len;
	uint32_t phase; /* for websocket_unmask() */
	bool end;	/* of the message */
};

/*
 * The same without keeping messages, for whoever only wants some of their bytes: takes bytes until
 * there is a piece (then *any is true) or none are left. A struct is used in one way or the other.
 */
size_t websocket_pieces(struct websocket *w, const void *p, size_t n, struct websocket_piece *out,
			bool *any);

/* n bytes of a piece, from its byte `at` on, as they were meant. */
void websocket_unmask(const struct websocket *w, const struct websocket_piece *piece, size_t at,
		      uint8_t *dst, size_t n);

/* Bytes to the end of the frame under way; 0: none is, or it does not end a message. */
uint64_t websocket_left(const struct websocket *w);

/* The next byte begins a message, as far as is known. */
bool websocket_between(const struct websocket *w);

/* n bytes were not seen. False: they reach beyond the frame under way, and sync is lost. */
bool websocket_lost(struct websocket *w, uint64_t n);

/* Whatever was not seen, the next byte begins a message. */
void websocket_resume(struct websocket *w);

#endif
