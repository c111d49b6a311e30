/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What unix:, tcp: and foxglove: share: a connection that bytes come from, made by us (and made again, with
 * growing pauses) or by the robot's program (listen=1, one client at a time). Losing it is a state
 * and a note, not an end. Part of the source's state; loop thread only.
 *
 * The source's descriptor is an epoll of its own, which holds whatever there is to wait for.
 */
#ifndef POLICYTOP_SOURCE_NET_H
#define POLICYTOP_SOURCE_NET_H

#include "source/lookup.h"
#include "source/reader.h"

enum net_state { NET_PAUSE, NET_LOOKUP, NET_CONNECTING, NET_LISTENING, NET_UP };

struct net {
	struct reader reader;
	enum net_state state;
	bool listens, once;
	bool was_up;	   /* there was a connection before */
	bool told_up;	   /* its peer is understood, and that was told */
	bool exposed;	   /* listens not only to this machine, and that is still to be told */
	char where[128];   /* for messages: "10.0.0.5:5555" */
	char *host, *port; /* tcp: to look up; NULL: the address is known */
	struct address address[LOOKUP_MAX];
	int addresses, next; /* next: to be tried */
	struct lookup *lookup;
	int epoll, watched; /* watched: the one descriptor in the epoll, -1 none */
	int sock, listener;
	int64_t due_ns;	  /* end of the pause, or of the patience with a connect or a greeting */
	int64_t pause_ns; /* the next one */
	int told;	  /* the failure that was told last, 0 none */
};

#define NET_PARAMS                                                                                 \
	{"listen", "", "0", "1: wait for the robot's program to connect, one at a time"},          \
	{                                                                                          \
		"once", "", "0", "1: end with the first connection, do not connect again"          \
	}

/* Before anything else; then net_params() and the class's addresses, then net_start(). */
int net_init(struct source *s, struct uri *u, struct err *e);
int net_params(struct source *s, struct uri *u, struct err *e);

/* The address from HOST:PORT of the word; n->where, too. 0 or -EINVAL. */
int net_host_port(struct net *n, const struct uri *u, struct err *e);

/* Connects to (soon), or listens at, address[0..addresses). 0 or -errno. */
int net_start(struct source *s, struct err *e);

/*
 * Whether a connected socket is its own peer: where nobody listens at a port that the kernel gives
 * to clients, it may give that very port to us, and then nobody else can listen there.
 */
bool net_is_own_peer(int sock);

int64_t net_run(struct source *s, int64_t now_ns);
void net_close(struct source *s);

#endif
