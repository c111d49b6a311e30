/* SPDX-License-Identifier: Apache-2.0 */
#include <errno.h>

#include "view/message.h"
#include "view/message_impl.h"

static const struct field thumb_fields[] = {
	ROW(4, view_thumb, camera, 0),
	ROW(8, view_thumb, count, 0),
	ROW(4, view_thumb, width, 0),
	ROW(4, view_thumb, height, 0),
	END,
};

static const struct field reference_fields[] = {
	TEXT(view_reference, camera),	  ROW(4, view_reference, episodes, 0),
	ROW(4, view_reference, width, 0), ROW(4, view_reference, height, 0),
	TEXT(view_reference, why),	  END,
};

static bool is_size(unsigned width, unsigned height)
{
	return width <= FRAME_THUMB_WIDTH && height <= FRAME_THUMB_HEIGHT;
}

size_t message_put_thumb(void *dst, size_t size, const struct view_thumb *t)
{
	struct cursor c = message_begin_put(dst, size, MESSAGE_THUMB);

	fields_put(&c, thumb_fields, t);
	cursor_put(&c, t->rgb, (size_t)3 * t->width * t->height);
	return message_end_put(&c, size);
}

int message_get_thumb(struct view_thumb *t, const void *p, size_t len)
{
	struct cursor c = message_begin_get(p, len, MESSAGE_THUMB);

	fields_get(&c, thumb_fields, t);
	if (c.failed || t->camera >= VIEW_CAMERAS || !is_size(t->width, t->height))
		return -EBADMSG;
	cursor_get(&c, t->rgb, (size_t)3 * t->width * t->height);
	return message_end_get(&c);
}

size_t message_put_reference(void *dst, size_t size, const struct view_reference *r)
{
	struct cursor c = message_begin_put(dst, size, MESSAGE_REFERENCE);

	fields_put(&c, reference_fields, r);
	cursor_put(&c, r->rgb, (size_t)3 * r->width * r->height);
	return message_end_put(&c, size);
}

int message_get_reference(struct view_reference *r, const void *p, size_t len)
{
	struct cursor c = message_begin_get(p, len, MESSAGE_REFERENCE);

	fields_get(&c, reference_fields, r);
	if (c.failed || !is_size(r->width, r->height))
		return -EBADMSG;
	cursor_get(&c, r->rgb, (size_t)3 * r->width * r->height);
	return message_end_get(&c);
}
