/* SPDX-License-Identifier: Apache-2.0 */
/* A TCP connection with a deadline for everything. Main thread; these calls wait. */
#ifndef POLICYTOP_HAL_DIAL_H
#define POLICYTOP_HAL_DIAL_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

enum { DIAL_HOST_BYTES = 512, DIAL_WHY_BYTES = 128 };

/* "tcp://host:5555", "host:8000" into host and port (in it). False: it is no HOST:PORT. */
bool dial_split(char host[DIAL_HOST_BYTES], const char **port, const char *address);

/* A connected socket that does not block, after a second at most; -1: why. */
int dial(const char *host, const char *port, char why[DIAL_WHY_BYTES]);

/* True: it can be read (POLLIN) or written (POLLOUT) within ms. */
bool dial_wait(int fd, short events, int ms);

/* Reads what comes within ms and terminates it. Bytes, 0 the other end closed, -1 nothing came. */
ssize_t dial_hear(int fd, char *dst, size_t size, int ms);

#endif
