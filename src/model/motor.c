/* SPDX-License-Identifier: Apache-2.0 */
#include "model/motor.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

const char *motor_fault_word(unsigned bit_index)
{
	static const char *const words[MOTOR_FAULT_N] = {"voltage", "sensor",	"hot",
							 "current", "overload", "shock",
							 "lost",    "other",	"garbled"};

	return words[bit_index];
}

void motor_faults_text(char *dst, size_t size, unsigned faults)
{
	size_t at = 0;

	snprintf(dst, size, "%s", faults ? "" : "ok");
	for (unsigned i = 0; i < MOTOR_FAULT_N && at + 1 < size; i++) {
		int n = 0;

		if (faults >> i & 1)
			n = snprintf(dst + at, size - at, "%s%s", at ? ", " : "",
				     motor_fault_word(i));
		at += n > 0 ? (size_t)n : 0;
	}
}

void motor_init(struct motor *m)
{
	*m = (struct motor){.id = -1, .torque = -1, .faults = -1, .calibrated = -1};
	m->temp_degc = m->rotor_degc = m->limit_degc = (double)NAN;
	m->voltage_v = m->min_v = m->max_v = (double)NAN;
	m->load = m->current_ma = (double)NAN;
}

static const char *const state_words[BUS_STATE_N] = {NULL,	"ok",  "warning",
						     "passive", "off", "gone"};

const char *bus_state_word(enum bus_state s)
{
	return s < BUS_STATE_N ? state_words[s] : NULL;
}

enum bus_state bus_state_from_word(const char *word)
{
	for (int i = BUS_OK; i < BUS_STATE_N; i++) {
		if (strcmp(state_words[i], word) == 0)
			return (enum bus_state)i;
	}
	return BUS_UNKNOWN;
}

void bus_init(struct bus *b)
{
	*b = (struct bus){.behind = -1, .openers = -1, .tx_errors = -1, .rx_errors = -1};
	b->reply_ms = b->worst_ms = b->latency_timer_ms = (double)NAN;
}
