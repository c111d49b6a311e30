/* SPDX-License-Identifier: Apache-2.0 */
/* The TCP ends of a tap: addresses, listening, connecting, and ending as the other end did. */
#ifndef POLICYTOP_TAP_TCP_H
#define POLICYTOP_TAP_TCP_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/socket.h>

#include "base/err.h"
#include "tap/door.h"

enum { TCP_ADDRESSES = 8 };

/* Where something listens, as a person writes it. */
struct place {
	char host[128]; /* without brackets; "" not said */
	char port[8];
};

struct tcp_address {
	struct sockaddr_storage sa;
	socklen_t len;
};

/* "[HOST:]PORT", an IPv6 address in brackets. False: it is none. */
bool place_parse(struct place *p, const char *text, size_t len);

/* The address when its host is one in digits. */
bool tcp_in_digits(struct tcp_address *a, const struct place *p);

/*
 * Listens there; without a host on 127.0.0.1. address is where it really is. The descriptor, or
 * -errno with e.
 */
int tcp_listen(const struct place *p, char address[TAP_ADDRESS_BYTES], struct err *e);
bool tcp_exposed(int listener); /* other machines can reach it */

/*
 * Looks a name up in a process of its own, as that may take many seconds. A descriptor that can be
 * read when the answer is there, or -errno.
 */
int tcp_ask(const struct place *p);
unsigned tcp_answer(int fd, struct tcp_address out[TCP_ADDRESSES]); /* how many; 0: no such name */

/* A socket on its way to a (EPOLLOUT: look at tcp_connected()), or -errno. */
int tcp_connect(const struct tcp_address *a);
int tcp_connected(int fd); /* 0, or the errno why not */

void tcp_tune(int fd);	/* no delay; a peer without a word is asked whether it lives */
void tcp_end(int fd);	/* no more bytes to it */
void tcp_abort(int fd); /* closed as a reset */

#endif
