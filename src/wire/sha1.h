/* SPDX-License-Identifier: Apache-2.0 */
/*
 * SHA-1 (FIPS 180-4), for the one thing that still asks for it: the WebSocket handshake, where it
 * tells a server that speaks WebSocket from one that echoes, and protects nothing. A library for
 * one digest of 60 bytes a connection would be a dependency more. Pure, any thread.
 */
#ifndef POLICYTOP_WIRE_SHA1_H
#define POLICYTOP_WIRE_SHA1_H

#include <stddef.h>
#include <stdint.h>

enum { SHA1_BYTES = 20 };

void sha1(uint8_t digest[SHA1_BYTES], const void *p, size_t n);

#endif
