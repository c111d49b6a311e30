/* SPDX-License-Identifier: Apache-2.0 */
/* `feetech:DEV`: asks STS and SMS servos (SO-100, SO-101, LeKiwi) for positions and health. */
#include "wire/feetech.h"

#include "source/servo_poll.h"

static const struct servo_span once[] = {{0, 40}, {40, 1}, {0}};
static const struct servo_span health[] = {{56, 15}, {40, 1}, {0}};
static const struct servo_questions questions = {&feetech_wire, once, health};

static void *make(void (*emit)(void *host, const struct event *ev), void *host, const char *prefix,
		  struct uri *u, struct err *e)
{
	return servo_make(&feetech_wire, emit, host, prefix, u, e);
}

static int feetech_open(struct source *s, struct uri *u, struct err *e)
{
	return servo_poll_open(s, &questions, u, e);
}

static const struct decoder_class decoder = {.make = make, SERVO_CALLBACKS};
static const struct source_param params[] = {SERVO_POLL_PARAMS, {0}};

const struct source_class source_feetech = {
	.kind = "feetech",
	.rest = "DEV",
	.summary = "polls Feetech servos (SO-101) that nobody else uses",
	.facts = FACT_GOT | FACT_HEALTH,
	.decoder = &decoder,
	.params = params,
	.state_size = sizeof(struct servo_poll),
	.open = feetech_open,
	.run = servo_poll_run,
	.close = servo_poll_close,
};
