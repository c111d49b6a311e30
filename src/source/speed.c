/* SPDX-License-Identifier: Apache-2.0 */
#include "source/speed.h"

#include <errno.h>
#include <string.h>

#include "base/text.h"

int speed_open(struct speed *p, struct uri *u, struct err *e)
{
	const char *text = uri_param(u, "speed");

	*p = (struct speed){.factor = 1};
	if (text && strcmp(text, "max") == 0)
		p->factor = 0;
	else if (text &&
		 !(text_to_double(text, &p->factor) && p->factor >= 0.01 && p->factor <= 1000))
		return err_set(e, EINVAL, "%s: speed is a number from 0.01 to 1000, or max",
			       u->word);
	return 0;
}

int64_t speed_due_ns(struct speed *p, int64_t at_ns, int64_t now_ns)
{
	int64_t passed;

	if (p->factor == 0)
		return now_ns;
	if (!p->running) {
		p->running = true;
		p->from_ns = at_ns;
		p->start_ns = now_ns;
	}
	/* Times from a file may lie anywhere: what cannot be waited for is due at once. */
	if (__builtin_sub_overflow(at_ns, p->from_ns, &passed) || passed < 0 ||
	    (double)passed / p->factor > 1e18)
		return now_ns;
	return p->start_ns + (int64_t)((double)passed / p->factor);
}
