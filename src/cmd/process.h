/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A process that already runs, as /proc shows it: its words, its environment, what it has open.
 * Bounded; texts are as they are there, not cleaned. Nothing of it is touched. Main thread.
 */
#ifndef POLICYTOP_CMD_PROCESS_H
#define POLICYTOP_CMD_PROCESS_H

#include <stdbool.h>
#include <stddef.h>

#include "base/err.h"

enum {
	PROCESS_FILES_MAX = 64,
	PROCESS_SOCKETS_MAX = 64,
	PROCESS_WORDS_MAX = 512,
	PROCESS_BYTES_MAX = 1 << 18, /* of words, and of the environment */
	PROCESS_PATH_BYTES = 256,
};

enum process_kind {
	PROCESS_SERIAL, /* /dev/ttyACM0 … */
	PROCESS_CAMERA, /* /dev/video0 … */
	PROCESS_OUTPUT, /* a file that is its standard output or error */
	PROCESS_LOG,	/* a file named .log that it writes */
};

struct process_file {
	enum process_kind kind;
	char path[PROCESS_PATH_BYTES];
};

struct process_socket {
	bool listens; /* else: connected to address:port */
	char address[64];
	int port;
};

struct process {
	int pid, argc;
	char *words, *environ; /* owned */
	size_t environ_len;
	char *argv[PROCESS_WORDS_MAX + 1]; /* into words */
	struct process_file file[PROCESS_FILES_MAX];
	struct process_socket socket[PROCESS_SOCKETS_MAX];
	unsigned files, sockets;
	bool hidden; /* its files and environment are not ours to see */
};

/* 0, or -errno with e: no such process, or one without a command line. Then process_fini(). */
int process_look(struct process *p, int pid, struct err *e);
void process_fini(struct process *p);

const char *process_env(const struct process *p, const char *name); /* NULL: not set */
bool process_listens(const struct process *p, int port);

#endif
