/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What speaks at an address where another protocol was expected, by its first bytes, in words for
 * the person who mistook a port. Pure; any thread.
 */
#ifndef POLICYTOP_WIRE_STRANGER_H
#define POLICYTOP_WIRE_STRANGER_H

#include <stdbool.h>
#include <stddef.h>

enum { STRANGER_LEAST = 5, STRANGER_LOOK = 8 /* bytes that tell something, and enough of them */ };

/* "a ZeroMQ server", "a TLS server" …, static; "something else" when no protocol is known. */
const char *stranger_look(const void *p, size_t n);

/* A TLS handshake begins. */
bool stranger_is_tls(const void *p, size_t n);

/* What is wrong with the zip and pickle of old GR00T versions: they are never read. */
bool stranger_is_pickle(const void *p, size_t n);

#endif
