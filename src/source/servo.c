/* SPDX-License-Identifier: Apache-2.0 */
#include "source/servo.h"

#include <errno.h>
#include <stdlib.h>

#include "base/mem.h"

void *servo_make(const struct servo_wire *wire, void (*emit)(void *host, const struct event *ev),
		 void *host, const char *prefix, struct uri *u, struct err *e)
{
	struct servobus_setup *setup = xcalloc(1, sizeof(*setup));
	struct servobus *b = NULL;

	if (servo_setup(setup, wire, prefix, u, e) == 0)
		b = servobus_new(setup, emit, host);
	free(setup);
	return b;
}

static void *make(void (*emit)(void *host, const struct event *ev), void *host, const char *prefix,
		  struct uri *u, struct err *e)
{
	return servo_make(NULL, emit, host, prefix, u, e);
}

void servo_free(void *state)
{
	servobus_free(state);
}

size_t servo_bytes(void *state, const void *p, size_t n, size_t most, int64_t t_ns)
{
	return servobus_bytes(state, 0, p, n, most, t_ns);
}

void servo_sent(void *state, const void *p, size_t n, int64_t t_ns)
{
	servobus_bytes(state, 1, p, n, SIZE_MAX, t_ns);
}

void servo_end(void *state, int64_t t_ns)
{
	servobus_end(state, t_ns);
}

uint64_t servo_count(const void *state)
{
	return servobus_count(state);
}

uint64_t servo_bad(const void *state)
{
	return servobus_bad(state);
}

const char *servo_first_bad(const void *state)
{
	return servobus_first_bad(state);
}

void servo_lost(void *state, int direction, uint64_t n, bool whole, int64_t t_ns)
{
	(void)whole; /* packets are found wherever they begin */
	servobus_lost(state, direction != 0, n, t_ns);
}

void servo_place(const void *state, int direction, struct decoder_place *out)
{
	*out = (struct decoder_place){.held = servobus_held(state, direction != 0)};
}

void servo_again(void *state, bool on)
{
	servobus_again(state, on);
}

int64_t servo_due(void *state, int64_t now_ns)
{
	return servobus_due(state, now_ns);
}

const struct decoder_class servo_decoder = {.make = make, SERVO_CALLBACKS};
