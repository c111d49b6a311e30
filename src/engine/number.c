/* SPDX-License-Identifier: Apache-2.0 */
#include "engine/number.h"

#include <stdio.h>

#include "base/text.h"

static const int64_t seq_max = 1ll << 53;

void number_init(struct number *n, const struct resume_point *resume)
{
	*n = (struct number){.last = SEQ_UNKNOWN, .stored = SEQ_UNKNOWN};
	if (!resume->run)
		return;
	n->last = n->stored = resume->last_seq;
	n->offset = n->stored_offset = resume->seq_offset;
	n->restarted = true;
	n->segments = resume->segments;
}

bool number_usable(int64_t seq)
{
	return seq >= 0 && seq < seq_max;
}

static int64_t next_of(const struct number *n)
{
	return n->last == SEQ_UNKNOWN ? 0 : n->last + 1;
}

/* A number that does not go on means that the source has begun anew. */
static int64_t count(struct number *n, int64_t seq, bool *anew)
{
	int64_t next = next_of(n);

	*anew = number_usable(seq) && seq + n->offset < next;
	if (*anew)
		n->offset = next - seq;
	return n->last = number_usable(seq) ? seq + n->offset : next;
}

int64_t number_step(struct number *n, int64_t seq, bool fresh, struct number_gap *gap)
{
	int64_t before, next;
	bool anew;

	if (n->rereading) { /* but now another source makes the tick, and goes on */
		n->rereading = false;
		n->last = n->stored;
		n->offset = n->stored_offset;
	}
	before = n->last;
	next = next_of(n);
	count(n, seq, &anew);
	if (!number_usable(seq))
		gap->lost = fresh || n->restarted ? -1 : 0;
	else
		gap->lost = anew || before == SEQ_UNKNOWN ? -1 : n->last - next;
	gap->is = n->restarted || (gap->lost && before != SEQ_UNKNOWN);
	if (n->restarted)
		snprintf(gap->why, sizeof(gap->why), "the engine restarted (segment %u)",
			 n->segments + 1);
	else
		text_copy(gap->why, sizeof(gap->why),
			  anew	  ? "the source began anew"
			  : fresh ? "the source was connected again"
				  : "the source skipped step numbers");
	n->restarted = false;
	return n->last;
}

bool number_again(struct number *n, int64_t seq, bool *done)
{
	bool anew;

	if (!n->rereading) {
		n->last = SEQ_UNKNOWN;
		n->offset = 0;
	}
	count(n, seq, &anew);
	n->rereading = n->last < n->stored;
	*done = !n->rereading;
	if (n->last <= n->stored)
		return true;
	n->last = n->stored; /* for number_step(), with the offset that was found */
	return false;
}

void number_hand_over(struct number *n, int64_t seq)
{
	if (number_usable(seq))
		n->offset = next_of(n) - seq;
}

int64_t number_ahead(const struct number *n, int64_t seq, bool fresh)
{
	if (!number_usable(seq))
		return SEQ_UNKNOWN;
	if ((fresh || n->restarted) && seq + n->offset < next_of(n))
		return next_of(n); /* it began anew, and has not yet said so by a step */
	return seq + n->offset;
}

int64_t number_ahead_again(const struct number *n, int64_t seq)
{
	return number_usable(seq) ? seq + (n->rereading ? n->offset : 0) : SEQ_UNKNOWN;
}
