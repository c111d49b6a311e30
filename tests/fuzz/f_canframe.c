/* SPDX-License-Identifier: Apache-2.0 */
/* Records of a CAN bus that say anything, in one piece and byte by byte: the same events. */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/text.h"
#include "wire/canframe.h"
#include "wire/damiao_bus.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void harmless(const char *text)
{
	size_t len = strlen(text), n;
	uint32_t rune;

	for (size_t i = 0; i < len; i += n) {
		n = text_rune(text + i, len - i, &rune);
		if (!n || text_hostile(rune))
			abort();
	}
}

static void take(void *host, const struct event *ev)
{
	const char *text = ev->kind == EVENT_NOTE ? ev->text : "";

	harmless(text);
	buf_printf(host, "%d %lld %s", (int)ev->kind, (long long)ev->t_ns, text);
	for (unsigned k = 0; ev->kind == EVENT_STEP && k < VEC_N; k++) {
		for (unsigned i = 0; ev->step->vec[k].present && i < ev->step->joints; i++)
			buf_printf(host, " %g", ev->step->vec[k].v[i]);
	}
	if (ev->kind == EVENT_MOTOR)
		buf_printf(host, " %s %lld %lld", ev->motor->joint, (long long)ev->motor->faults,
			   (long long)ev->motor->missed);
	if (ev->kind == EVENT_BUS)
		buf_printf(host, " %lld %lld", (long long)ev->bus->state,
			   (long long)ev->bus->transactions);
	buf_str(host, "\n");
}

static struct damiao_bus *make(struct buf *log)
{
	struct damiao_setup s = {.robot = "yam", .bus = "can0", .joints = 2};

	for (unsigned i = 0; i < 2; i++) {
		struct damiao_joint *j = &s.joint[i];

		text_copy(j->name, sizeof(j->name), i ? "joint_2" : "joint_1");
		text_copy(j->model, sizeof(j->model), "dm4310");
		j->id = i + 1;
		j->answer_id = i + 0x11;
		j->range = (struct damiao_range){12.5, 30, 10};
		j->gain = 1;
		j->unit = UNIT_RAD;
		j->turns = i;
		j->low_rad = -1;
		j->high_rad = 1;
	}
	return damiao_bus_new(&s, take, log);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct buf whole = {0}, cut = {0};
	struct damiao_bus *a = make(&whole), *b = make(&cut);

	if (size)
		damiao_bus_bytes(a, data, size, SIZE_MAX, NS_PER_S);
	damiao_bus_due(a, 4 * NS_PER_S);
	damiao_bus_end(a, 5 * NS_PER_S);
	for (size_t i = 0; i < size;)
		i += damiao_bus_bytes(b, data + i, 1, 1, NS_PER_S);
	if (size)
		damiao_bus_due(b, 4 * NS_PER_S);
	damiao_bus_end(b, 5 * NS_PER_S);
	if (strcmp(buf_text(&whole), buf_text(&cut)) != 0)
		abort();
	damiao_bus_free(a);
	damiao_bus_free(b);
	buf_fini(&whole);
	buf_fini(&cut);
	return 0;
}
