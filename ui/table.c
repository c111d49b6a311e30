/* SPDX-License-Identifier: Apache-2.0 */
#include "ui/panel.h"

#include <stdio.h>

const struct panel_class *const panel_table[] = {
	&panel_header,	&panel_alarms,	&panel_task,   &panel_joints,
	&panel_motion,	&panel_plot,	&panel_chunk,  &panel_traffic,
	&panel_cadence, &panel_cameras, &panel_motors, &panel_checks,
	&panel_sources, &panel_events,	&panel_keys,   NULL,
};

int panel_page_first(int at, int visible, int total)
{
	int first;

	if (visible <= 0 || total <= visible)
		return 0;
	first = at / visible * visible;
	return first > total - visible ? total - visible : first;
}

const char *panel_unit(const char *word)
{
	enum unit u = unit_from_word(word);

	return u == UNIT_UNKNOWN ? word : unit_short(u);
}

const char *panel_got_word(const struct snapshot *s)
{
	return s->facts & FACT_SEEN && !(s->facts & FACT_GOT) ? "seen" : "got";
}

int panel_line(struct area a, int y, const char *label, enum role r, const char *text)
{
	enum { LABEL_W = 9 };

	area_text(a, 1, y, ROLE_DIM, label);
	area_fit(a, LABEL_W, y, a.w - LABEL_W - 1, r, FIT_LEFT, text);
	return y + 1;
}

void panel_position(struct area a, enum role r, int first, int visible, int total)
{
	char text[64];

	if (total <= visible)
		return;
	snprintf(text, sizeof(text), " %d-%d of %d", first + 1,
		 first + visible > total ? total : first + visible, total);
	area_text(a, a.w - text_width(a.c, text), 0, r, text);
}
