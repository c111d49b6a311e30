/* SPDX-License-Identifier: Apache-2.0 */
/* A wall clock that stepped between two looks is told, as long as the looking goes on. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/mem.h"
#include "preflight/inspect.h"
#include "tests/tap.h"

static const struct preflight_item *look(struct inspect *l)
{
	const struct preflight_item *found = NULL;

	l->n = 0;
	inspect_machine(l);
	for (size_t i = 0; i < l->n; i++) {
		if (!strcmp(l->item[i].code, "host") && !strcmp(l->item[i].subject, "clock"))
			found = &l->item[i];
	}
	return found;
}

int main(void)
{
	struct rig *rig = xcalloc(1, sizeof(*rig));
	struct inspect l = {.rig_name = "r", .rig = rig, .db = "", .hours = NAN};
	const struct preflight_item *i;
	struct tap t = {0};

	rig_init(rig);
	i = look(&l);
	ok(&t, l.clock_seen && l.clock_step_s < 0.1 && (!i || !strstr(i->message, "stepped")),
	   "a first look has nothing to compare with");
	l.clock_ns -= 5 * NS_PER_S;
	i = look(&l);
	ok(&t, i && i->level == LEVEL_NOTE && strstr(i->message, "stepped by 5 s"),
	   "five seconds ahead at once: %s", i ? i->message : "nothing");
	i = look(&l);
	ok(&t, i && strstr(i->message, "stepped by 5 s"), "and that is said from then on");
	ok(&t, preflight_judge(l.item, l.n, NULL) != PREFLIGHT_NO_GO, "a note stops nobody");
	free(l.item);
	free(rig);
	return tap_done(&t);
}
