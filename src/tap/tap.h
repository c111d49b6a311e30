/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The tap program: stands between policy clients and their server (struct wire: relay.c), or between
 * a program and a serial port (line.c), or beside one (overhear.c), passes bytes on unchanged, and copies them into memory that
 * an engine reads. It parses nothing, allocates nothing once it runs, and never waits for an engine.
 * One thread, one epoll loop. Only src/tap includes this.
 *
 * It ends when an engine told it to detach and the last client has left, when it is told to end
 * (TAP_END, or SIGTERM, which cuts clients off), or after `linger_ns` with neither engine nor client.
 */
#ifndef POLICYTOP_TAP_TAP_H
#define POLICYTOP_TAP_TAP_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/epoll.h>
#include <sys/types.h>

#include "base/clock.h"
#include "base/err.h"
#include "tap/door.h"
#include "tap/pump.h"
#include "tap/share.h"
#include "tap/tcp.h"

enum {
	TAP_CONNECTIONS = 1024, /* at once, copied or not; more wait to be accepted */
	TAP_GUESTS = 8,		/* at the door */
};

/* What an event of the epoll is about. */
enum watch_kind {
	WATCH_DOOR,
	WATCH_GUEST,
	WATCH_SIGNAL,
	WATCH_LISTENER, /* and what follows is the wire's */
	WATCH_LOOKUP,
	WATCH_END,
	WATCH_NODES,
};

struct connection {
	uint64_t id;	  /* 0: free */
	int fd[2];	  /* 0 of the server, 1 of the client; -1: not there */
	int slot;	  /* in the shared table, -1: not copied */
	unsigned address; /* of the server: tried next */
	bool connecting;  /* to the server */
	bool more;	  /* has something to do without an event */
	int last;	  /* direction of the bytes before, -1 none yet */
	uint64_t offset[2];
	struct way way[2]; /* way[d] is from end d to the other */
};

struct tap;
struct tap_cfg;

/* What kind of wire a tap is: what stands at its ends. */
struct wire {
	uint64_t ring_bytes[2]; /* of the rings by direction, powers of two */
	/* Makes the ends, with all the memory that they will ever use. 0 or -errno with e. */
	int (*open)(struct tap *t, const struct tap_cfg *cfg, struct err *e);
	void (*begin)(struct tap *t); /* everything is there: clients may come */
	void (*event)(struct tap *t, enum watch_kind kind, uint64_t which, uint32_t events);
	void (*busy)(struct tap *t);   /* goes on where there is more to do */
	int64_t (*due)(struct tap *t); /* does what is; when the next thing is, INT64_MAX never */
	void (*close)(struct tap *t);  /* also after a failed open */
};

extern const struct wire wire_tcp, wire_line, wire_usbmon;

struct guest {
	int fd; /* -1: free */
	int pid;
};

struct tap {
	const struct wire *wire;
	struct line *line;		   /* of wire_line, else NULL */
	struct overhear *overhear;	   /* of wire_usbmon, else NULL */
	int epoll, listener, door, lookup; /* lookup: -1 none under way */
	int signals;			   /* SIGTERM */
	int fd[TAP_FDS];
	struct tap_share share;
	struct tap_info info; /* what does not change of it */
	struct place upstream;
	struct tcp_address address[TCP_ADDRESSES];
	unsigned addresses;
	bool by_name;		       /* and looked up again when it cannot be reached */
	bool accepting;		       /* the listener is watched */
	struct connection *connection; /* [capacity] */
	unsigned capacity, live, busy; /* busy: of them with more to do */
	unsigned next_slot;
	uint64_t last_id, order;
	struct guest guest[TAP_GUESTS];
	int engine;	      /* its guest, -1 none */
	bool detached, ended; /* by an engine in order; by TAP_END */
	int64_t alone_ns;     /* since when it has neither engine nor client */
	int64_t linger_ns;
	char *door_path;
	struct clock clock;
	struct stage stage;
};

struct tap_cfg {
	const char *listen, *upstream; /* [HOST:]PORT and HOST:PORT */
	const char *link, *device;     /* or, of a serial line, NAME and its path, else NULL */
	const char *usbmon;	       /* or BUS-DEV */
	uid_t uid;		       /* with usbmon: whose it becomes, 0 stays as it is */
	gid_t gid;
	const char *source; /* word of the source that it is for, "" none */
	int64_t linger_ns;
};

/* Listens, and opens the door. NULL with e. */
struct tap *tap_new(const struct tap_cfg *cfg, struct err *e);
int tap_serve(struct tap *t); /* until it ends; 0 or -errno */
void tap_free(struct tap *t); /* NULL is allowed */

/* Between the files of the program. */
void tap_watch(struct tap *t, int fd, uint32_t events, enum watch_kind kind, uint64_t which);
void tap_record(struct tap *t, const struct connection *c, int direction, enum tap_kind kind,
		uint32_t length);
void tap_tell(struct tap *t, enum tap_kind kind); /* of the line, no connection */
void tap_wake(struct tap *t);			  /* the engine, if it sleeps */

int door_open(struct tap *t, struct err *e);
void door_accept(struct tap *t);
void door_hear(struct tap *t, unsigned guest);

/* A connection has its place in the shared memory from begin to end; c->id is set before. */
void copy_begin(struct tap *t, struct connection *c);
void copy_bytes(struct tap *t, struct connection *c, int direction, const unsigned char *p,
		size_t len, int64_t t_ns);
void copy_missed(struct tap *t, struct connection *c, int direction, uint64_t n);
void copy_stage(struct tap *t, struct connection *c, int direction); /* what it kept */
void copy_end(struct tap *t, struct connection *c);

#endif
