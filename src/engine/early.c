/* SPDX-License-Identifier: Apache-2.0 */
#include "engine/early.h"

#include "base/text.h"
#include "model/verdict.h"

void early_keep(struct early *e, const struct record *r)
{
	bool mark = r->kind == RECORD_EPISODE_START || r->kind == RECORD_EPISODE_END;
	struct early_record *k = &e->kept[e->count];

	if (e->count == EARLY_MAX || (!mark && r->kind != RECORD_NOTE))
		return;
	k->record = *r;
	if (mark)
		k->mark = *r->mark;
	else
		text_copy(k->text, sizeof(k->text), r->text);
	if (!mark && r->level >= LEVEL_WARN)
		e->serious = true;
	e->count++;
}

void early_put(struct early *e, struct recorder *r)
{
	for (unsigned i = 0; i < e->count; i++) {
		struct early_record *k = &e->kept[i];

		if (k->record.kind == RECORD_NOTE)
			k->record.text = k->text;
		else
			k->record.mark = &k->mark;
		recorder_put(r, &k->record);
	}
	e->count = 0;
}
