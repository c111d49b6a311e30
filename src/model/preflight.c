/* SPDX-License-Identifier: Apache-2.0 */
#include "model/preflight.h"

#include <math.h>

#include "base/text.h"

void preflight_item_init(struct preflight_item *i, const char *group, const char *code)
{
	*i = (struct preflight_item){.level = LEVEL_UNKNOWN};
	text_copy(i->group, sizeof(i->group), group);
	text_copy(i->code, sizeof(i->code), code);
	i->value = i->threshold = i->age_s = (double)NAN;
}

const char *preflight_word(enum preflight_verdict v)
{
	static const char *const words[] = {"GO", "NO-GO", "NOT SEEN"};

	return words[v];
}

enum preflight_verdict preflight_judge(const struct preflight_item *item, size_t n, int *status)
{
	bool fail = false, unseen = false, warn = false;
	enum preflight_verdict v;

	for (size_t k = 0; k < n; k++) {
		const struct preflight_item *i = &item[k];

		fail |= i->level == LEVEL_FAIL && !i->waived;
		unseen |= i->level == LEVEL_UNKNOWN && i->required && !i->waived;
		warn |= i->level == LEVEL_WARN || i->waived;
	}
	v = fail ? PREFLIGHT_NO_GO : unseen ? PREFLIGHT_NOT_SEEN : PREFLIGHT_GO;
	if (status)
		*status = fail ? 2 : unseen ? 3 : warn ? 1 : 0;
	return v;
}
