/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What the sources between a policy and its client share: a decoder of one connection. A class has
 * a `make` of its own, which names its protocol, and POLICY_CALLBACKS for the rest. Loop thread only.
 */
#ifndef POLICYTOP_SOURCE_POLICY_H
#define POLICYTOP_SOURCE_POLICY_H

#include "base/uri.h"
#include "source/source.h"
#include "wire/traffic.h"

extern const struct source_param policy_params[]; /* key NULL ends */

/* The state of a struct decoder_class; NULL with e: a parameter of the word is wrong. */
void *policy_make(const struct traffic_wire *wire, void (*emit)(void *host, const struct event *ev),
		  void *host, const char *prefix, struct uri *u, struct err *e);

/* Members of a struct decoder_class, see source/decoder.h. */
void policy_free(void *state);
size_t policy_bytes(void *state, const void *p, size_t n, size_t most, int64_t t_ns);
void policy_end(void *state, int64_t t_ns);
uint64_t policy_count(const void *state);
uint64_t policy_bad(const void *state);
const char *policy_first_bad(const void *state);
void policy_sent(void *state, const void *p, size_t n, int64_t t_ns);
void policy_lost(void *state, int direction, uint64_t n, bool whole, int64_t t_ns);
void policy_place(const void *state, int direction, struct decoder_place *out);
void policy_again(void *state, bool on);
int64_t policy_due(void *state, int64_t now_ns);

#define POLICY_CALLBACKS                                                                           \
	.free = policy_free, .bytes = policy_bytes, .end = policy_end, .count = policy_count,      \
	.bad = policy_bad, .first_bad = policy_first_bad, .sent = policy_sent,                     \
	.lost = policy_lost, .place = policy_place, .again = policy_again, .due = policy_due

#endif
