/* SPDX-License-Identifier: Apache-2.0 */
/*
 * `openpi:[HOST:]PORT=UPSTREAM:PORT`: what passes between an openpi policy server and its client.
 */
#include "wire/openpi.h"

#include "source/policy.h"
#include "source/tap.h"

static void *make(void (*emit)(void *host, const struct event *ev), void *host, const char *prefix,
		  struct uri *u, struct err *e)
{
	return policy_make(&openpi_wire, emit, host, prefix, u, e);
}

static const struct decoder_class decoder = {.make = make, POLICY_CALLBACKS};

const struct source_class source_openpi = {
	.kind = "openpi",
	.rest = TAP_REST,
	.summary = "between an openpi policy server and its client",
	.facts = OPENPI_FACTS,
	.decoder = &decoder,
	.params = policy_params,
	.slots = TAP_SLOTS,
	.state_size = sizeof(struct tapped),
	.open = tap_open,
	.run = tap_run,
	.close = tap_close,
};
