/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What the decoder of servo buses makes of a log of packets: standard input has a line a read, as
 * simbus --log writes it (seconds, > to the servos or < from them, hexadecimal bytes). Prints a JSON
 * object a line for each event. Nothing is known of the robot: values are ticks.
 */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "wire/servobus.h"

enum { LINE = 8192 };

static void put_vector(struct buf *b, const struct step *s, enum vec_kind kind)
{
	buf_printf(b, ",\"%s\":[", vec_word(kind));
	for (unsigned i = 0; i < s->joints; i++) {
		double v = NAN;

		buf_str(b, i ? "," : "");
		vec_value(&s->vec[kind], i, &v);
		buf_json_num(b, v);
	}
	buf_str(b, "]");
}

static void put_motor(struct buf *b, const struct motor *m)
{
	buf_printf(b, ",\"id\":%lld,\"faults\":%lld,\"torque\":%lld,\"missed\":%lld",
		   (long long)m->id, (long long)m->faults, (long long)m->torque,
		   (long long)m->missed);
}

static void put_bus(struct buf *b, const struct bus *s)
{
	buf_printf(b,
		   ",\"transactions\":%lld,\"retries\":%lld,\"timeouts\":%lld,\"corrupt\":%lld,"
		   "\"late\":%lld,\"behind\":%lld,\"stray\":%lld",
		   (long long)s->transactions, (long long)s->retries, (long long)s->timeouts,
		   (long long)s->corrupt, (long long)s->late, (long long)s->behind,
		   (long long)s->stray);
}

static void take(void *host, const struct event *ev)
{
	static const char *const names[] = {
		[EVENT_HELLO] = "hello", [EVENT_STEP] = "step", [EVENT_NOTE] = "note",
		[EVENT_MOTOR] = "motor", [EVENT_BUS] = "bus",	[EVENT_GAP] = "gap",
	};
	struct buf b = {0};

	(void)host;
	if (ev->kind == EVENT_SAMPLE) /* the positions and goals of the steps */
		return;
	buf_printf(&b, "{\"kind\":\"%s\",\"t_ns\":%lld", names[ev->kind], (long long)ev->t_ns);
	if (ev->kind == EVENT_STEP) {
		put_vector(&b, ev->step, VEC_SENT);
		put_vector(&b, ev->step, VEC_GOT);
	} else if (ev->kind == EVENT_MOTOR) {
		put_motor(&b, ev->motor);
	} else if (ev->kind == EVENT_BUS) {
		put_bus(&b, ev->bus);
	} else if (ev->kind == EVENT_NOTE) {
		buf_str(&b, ",\"text\":");
		buf_json_str(&b, ev->text);
	}
	printf("%s}\n", buf_text(&b));
	buf_fini(&b);
}

int main(void)
{
	struct servobus_setup setup = {.name = "bus"};
	struct servobus *b = servobus_new(&setup, take, NULL);
	char line[LINE], way;
	double seconds = 0;
	int at;

	while (fgets(line, sizeof(line), stdin)) {
		unsigned char p[LINE / 3];
		size_t n = 0;

		if (sscanf(line, "%lf %c %n", &seconds, &way, &at) != 2)
			continue;
		for (char *end, *hex = line + at; n < sizeof(p); hex = end) {
			unsigned long v = strtoul(hex, &end, 16);

			if (end == hex)
				break;
			p[n++] = (unsigned char)v;
		}
		servobus_bytes(b, way == '>', p, n, SIZE_MAX, (int64_t)(seconds * 1e9));
	}
	servobus_end(b, (int64_t)(seconds * 1e9) + 1);
	servobus_free(b);
	return 0;
}
