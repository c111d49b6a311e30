/* SPDX-License-Identifier: Apache-2.0 */
/* Packets on the viewer's end of the control socket. What is accepted must encode again. */
#include <stdint.h>
#include <stdlib.h>

#include "base/mem.h"
#include "view/message.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct snapshot *s = xcalloc(1, sizeof(*s));
	struct history *h = xcalloc(1, sizeof(*h));
	unsigned char *p = xcalloc(1, 2 * MESSAGE_SIZE_MAX);
	struct verdict v;
	struct view_event ev;
	struct view_thumb *t = xcalloc(1, sizeof(*t));
	struct view_reference *r = xcalloc(1, sizeof(*r));

	if (message_get_snapshot(s, data, size) == 0 &&
	    !message_put_snapshot(p, 2 * MESSAGE_SIZE_MAX, s))
		abort();
	if (message_get_history(h, data, size) == 0 &&
	    !message_put_history(p, 2 * MESSAGE_SIZE_MAX, h))
		abort();
	if (message_get_verdict(&v, data, size) == 0 &&
	    !message_put_verdict(p, MESSAGE_SIZE_MAX, &v))
		abort();
	if (message_get_event(&ev, data, size) == 0 && !message_put_event(p, MESSAGE_SIZE_MAX, &ev))
		abort();
	if (message_get_thumb(t, data, size) == 0 && !message_put_thumb(p, MESSAGE_SIZE_MAX, t))
		abort();
	if (message_get_reference(r, data, size) == 0 &&
	    !message_put_reference(p, MESSAGE_SIZE_MAX, r))
		abort();
	free(r);
	free(t);
	free(s);
	free(h);
	free(p);
	return 0;
}
