/* SPDX-License-Identifier: Apache-2.0 */
/* Who answers at the policy server's address does not speak its protocol. */
#include <stdio.h>

#include "check/check.h"

static const struct check_param params[] = {{0}};

struct memory {
	uint64_t exchanges, strangers;
};

static void exchange(struct check *c, const struct exchange *x)
{
	struct memory *m = c->memory;
	struct finding f = {LEVEL_FAIL, SUBJECT_POLICY, 0, 1, "answers"};

	m->exchanges += x->state == EXCHANGE_ANSWERED || x->state == EXCHANGE_FAILED;
	if (x->state != EXCHANGE_STRANGER)
		return;
	f.value = (double)++m->strangers;
	check_find(c, &f, "who answers: %.170s",
		   x->error ? x->error : "something that speaks another protocol");
}

static void show(const struct check *c, struct check_status *out)
{
	const struct memory *m = c->memory;

	if (!m->exchanges && !m->strangers) {
		snprintf(out->why, sizeof(out->why), "nobody answered yet");
		return;
	}
	out->value = (double)m->strangers;
	out->threshold = 1;
	snprintf(out->unit, sizeof(out->unit), "answers");
	if (m->strangers)
		snprintf(out->why, sizeof(out->why), "%llu answers were of another protocol",
			 (unsigned long long)m->strangers);
	else
		snprintf(out->why, sizeof(out->why), "the server speaks the protocol");
}

const struct check_class check_wrong_port = {
	.name = "wrong-port",
	.summary = "who answers is no policy server of this kind",
	.needs = NEED_TRAFFIC,
	.params = params,
	.memory_size = sizeof(struct memory),
	.exchange = exchange,
	.show = show,
};
