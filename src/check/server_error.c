/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The policy server tells an error instead of actions: its own line is the message. A connection
 * that ends before the answer is a note, because a client that is stopped looks the same.
 */
#include <stdio.h>

#include "base/text.h"
#include "check/check.h"

static const struct check_param params[] = {{0}};

struct memory {
	uint64_t answered, failed, broken;
	char error[MESSAGE_BYTES]; /* of the last failure */
};

static void exchange(struct check *c, const struct exchange *x)
{
	struct memory *m = c->memory;
	struct finding f = {LEVEL_FAIL, SUBJECT_POLICY, 0, 1, "requests"};

	if (x->state == EXCHANGE_ANSWERED) {
		m->answered++;
	} else if (x->state == EXCHANGE_FAILED) {
		m->failed++;
		text_copy(m->error, sizeof(m->error), x->error ? x->error : "it does not say why");
		f.value = (double)m->failed;
		check_find(c, &f, "the policy server fails: %.150s", m->error);
	} else if (x->state == EXCHANGE_BROKEN) {
		m->broken++;
		f.level = LEVEL_NOTE;
		f.value = (double)m->broken;
		check_find(c, &f, "the connection ended before request %llu was answered",
			   (unsigned long long)x->number);
	}
}

static void show(const struct check *c, struct check_status *out)
{
	const struct memory *m = c->memory;
	unsigned long long all = m->answered + m->failed + m->broken;

	if (!all) {
		snprintf(out->why, sizeof(out->why), "no request was answered yet");
		return;
	}
	out->value = (double)m->failed;
	out->threshold = 1;
	snprintf(out->unit, sizeof(out->unit), "requests");
	if (m->failed)
		snprintf(out->why, sizeof(out->why), "%llu of %llu failed, last: %.120s",
			 (unsigned long long)m->failed, all, m->error);
	else if (m->broken)
		snprintf(out->why, sizeof(out->why), "%llu of %llu were not answered",
			 (unsigned long long)m->broken, all);
	else
		snprintf(out->why, sizeof(out->why), "all %llu requests were answered", all);
}

const struct check_class check_server_error = {
	.name = "server-error",
	.summary = "the policy server answers with an error",
	.needs = NEED_TRAFFIC,
	.params = params,
	.memory_size = sizeof(struct memory),
	.exchange = exchange,
	.show = show,
};
