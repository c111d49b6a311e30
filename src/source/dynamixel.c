/* SPDX-License-Identifier: Apache-2.0 */
/* `dynamixel:DEV`: asks Dynamixel servos (Koch, OMX, ALOHA) for positions and health. */
#include "wire/dynamixel.h"

#include "source/servo_poll.h"

static const struct servo_span once[] = {{0, 56}, {64, 7}, {0}};
static const struct servo_span health[] = {{122, 25}, {64, 7}, {0}};
static const struct servo_questions questions = {&dynamixel_wire, once, health};

static void *make(void (*emit)(void *host, const struct event *ev), void *host, const char *prefix,
		  struct uri *u, struct err *e)
{
	return servo_make(&dynamixel_wire, emit, host, prefix, u, e);
}

static int dynamixel_open(struct source *s, struct uri *u, struct err *e)
{
	return servo_poll_open(s, &questions, u, e);
}

static const struct decoder_class decoder = {.make = make, SERVO_CALLBACKS};
static const struct source_param params[] = {SERVO_POLL_PARAMS, {0}};

const struct source_class source_dynamixel = {
	.kind = "dynamixel",
	.rest = "DEV",
	.summary = "polls Dynamixel servos (Koch) that nobody else uses",
	.facts = FACT_GOT | FACT_HEALTH,
	.decoder = &decoder,
	.params = params,
	.state_size = sizeof(struct servo_poll),
	.open = dynamixel_open,
	.run = servo_poll_run,
	.close = servo_poll_close,
};
