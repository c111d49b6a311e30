/* SPDX-License-Identifier: Apache-2.0 */
/* Each position and each goal at the time of its bytes, beside the steps. */
#include "wire/servobus_impl.h"

#include <math.h>

/* Those of one time are one sample. */
static void tell(struct servobus *b)
{
	struct sample sample;
	struct event ev = {.kind = EVENT_SAMPLE, .sample = &sample};

	for (unsigned i = 0, end; i < b->passed; i = end) {
		for (end = i + 1; end < b->passed && b->passed_ns[end] == b->passed_ns[i];)
			end++;
		sample = (struct sample){.n = end - i, .v = b->value + i};
		servobus_emit(b, &ev, b->passed_ns[i]);
	}
	b->passed = 0;
}

void servobus_passed(struct servobus *b, enum vec_kind kind, const struct servo_state *m,
		     int32_t ticks, int64_t t_ns)
{
	double value = calibration_value(&m->as.scale, ticks);

	if (m->joint < 0 || isnan(value))
		return;
	if (b->passed == PASSED) {
		servobus_say_hello(b, t_ns);
		tell(b);
	}
	b->passed_ns[b->passed] = t_ns;
	b->value[b->passed++] = (struct sample_value){
		.value = value, .joint = (uint16_t)m->joint, .vector = (uint8_t)kind};
}

void servobus_tell_passed(struct servobus *b)
{
	if (!b->hello_due)
		tell(b);
}
