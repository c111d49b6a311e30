/* SPDX-License-Identifier: Apache-2.0 */
/*
 * `groot:[HOST:]PORT=UPSTREAM:PORT`: what passes between a GR00T inference server and its client.
 */
#include "wire/groot.h"

#include "source/policy.h"
#include "source/tap.h"

static void *make(void (*emit)(void *host, const struct event *ev), void *host, const char *prefix,
		  struct uri *u, struct err *e)
{
	return policy_make(&groot_wire, emit, host, prefix, u, e);
}

static const struct decoder_class decoder = {.make = make, POLICY_CALLBACKS};

const struct source_class source_groot = {
	.kind = "groot",
	.rest = TAP_REST,
	.summary = "between a GR00T inference server and its client",
	.facts = GROOT_FACTS,
	.decoder = &decoder,
	.params = policy_params,
	.slots = TAP_SLOTS,
	.state_size = sizeof(struct tapped),
	.open = tap_open,
	.run = tap_run,
	.close = tap_close,
};
