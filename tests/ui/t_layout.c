/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Every screen size from 1x1 to 300x120: panels lie inside and do not overlap, what must be there
 * is there, and drawing stays within the canvas (sanitizer builds prove that).
 */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "base/buf.h"
#include "tests/tap.h"
#include "tests/ui/world.h"
#include "ui/layout.h"
#include "ui/output.h"
#include "ui/screen.h"

enum { W_MAX = 300, H_MAX = 120 };

static const char *const worlds[] = {"seam",	"calm",	   "humanoid", "many",	  "empty",
				     "blind",	"odd",	   "notick",   "starved", "traffic28",
				     "chunk14", "cadence", "cameras",  "motors44"};

enum { WORLDS = sizeof(worlds) / sizeof(worlds[0]) };

static bool inside(const struct placed *p, int w, int h)
{
	return p->x >= 0 && p->y >= 0 && p->w >= 1 && p->h >= 1 && p->x + p->w <= w &&
	       p->y + p->h <= h;
}

static bool apart(const struct placed *a, const struct placed *b)
{
	return a->x + a->w <= b->x || b->x + b->w <= a->x || a->y + a->h <= b->y ||
	       b->y + b->h <= a->y;
}

static const struct panel_class *const pages[PAGE_N] = {
	&panel_joints, &panel_chunk, &panel_traffic, &panel_cadence, &panel_cameras, &panel_motors};

/* NULL or what is wrong. */
static const char *judge(const struct layout *l, int w, int h, const struct panel_class *must)
{
	int last = 0;

	if (w < LAYOUT_MIN_W || h < LAYOUT_MIN_H)
		return l->n ? "a layout under the minimum size" : NULL;
	for (unsigned i = 0; i < l->n; i++) {
		if (!inside(&l->at[i], w, h))
			return "outside";
		if (l->at[i].h < l->at[i].panel->min_h)
			return "under its minimum";
		last = l->at[i].y + l->at[i].h > last ? l->at[i].y + l->at[i].h : last;
		for (unsigned k = 0; k < i; k++) {
			if (!apart(&l->at[i], &l->at[k]))
				return "overlap";
		}
	}
	if (!layout_find(l, &panel_header) || !layout_find(l, &panel_keys) ||
	    !layout_find(l, &panel_alarms) || !layout_find(l, must) ||
	    !layout_find(l, &panel_sources))
		return "a panel that must be there is not";
	return last == h ? NULL : "lines left over";
}

static void test_world(struct tap *t, const char *name)
{
	static struct world w;
	const char *wrong = NULL;
	char at[64] = "every size";
	struct layout l;

	world_make(&w, name);
	for (int k = 0; k < FOCUS_N * PAGE_N && !wrong; k++) {
		struct scene v = world_scene(&w);

		w.ui.focus = (enum focus)(k % FOCUS_N);
		w.ui.page = (enum page)(k / FOCUS_N);
		for (int width = 1; width <= W_MAX && !wrong; width++) {
			for (int height = 1; height <= H_MAX && !wrong; height++) {
				layout_make(&l, &v, width, height);
				wrong = judge(&l, width, height, pages[w.ui.page]);
				if (wrong)
					snprintf(at, sizeof(at), "%dx%d focus %d page %d", width,
						 height, k % FOCUS_N, k / FOCUS_N);
			}
		}
	}
	ok(t, !wrong, "%s: %s%s%s", name, at, wrong ? ": " : "", wrong ? wrong : "");
}

/* All small sizes, and every size with another world and another symbol set in turn. */
static void test_draw(struct tap *t)
{
	static struct world w[WORLDS];
	unsigned drawn = 0;

	for (int i = 0; i < WORLDS; i++)
		world_make(&w[i], worlds[i]);
	w[0].s.length_q95_s = w[1].hist.plan_dt_s = (double)INFINITY;
	w[3].hist.chunk[0].start_s = w[5].s.cadence.bin_ms = (double)NAN;
	w[3].hist.plan_dt_s = w[8].hist.chunk[1].start_s = (double)INFINITY;
	w[6].s.chunk.seam_joint = w[6].s.chunk.off_joint = 1 << 30;
	w[9].hist.chunk[2].start_s = -1e300;
	w[10].s.cadence.bin_ms = 1e-300;
	w[1].hist.span_s = w[1].s.elapsed_s = w[2].s.joint[0].min = (double)NAN;
	for (int width = 1; width <= W_MAX; width++) {
		for (int height = 1; height <= H_MAX; height++) {
			struct world *one = &w[(width + height) % WORLDS];
			struct scene v = world_scene(one);
			struct canvas c;

			if (width > 20 && (width * 7 + height * 3) % 11)
				continue;
			one->ui.focus = (enum focus)(height % FOCUS_N);
			one->ui.units = (enum units)(width % UNITS_N);
			one->ui.page = (enum page)((width + height / 5) % PAGE_N);
			one->ui.mode = width % 13 == 0 ? MODE_HELP : MODE_VIEW;
			canvas_init(&c, width, height, (enum symbols)(height % 3));
			screen_draw(&c, &v);
			canvas_fini(&c);
			drawn++;
		}
	}
	ok(t, drawn > 5000, "%u screens drawn", drawn);
}

static void test_arm_and_hand(struct tap *t)
{
	static struct world w;
	struct layout l;
	struct scene v;

	world_make(&w, "seam");
	v = world_scene(&w);
	layout_make(&l, &v, 80, 24);
	ok(t, layout_find(&l, &panel_joints)->h == 7 && layout_find(&l, &panel_alarms)->h == 2,
	   "80x24: a whole arm and both alarms");
	ok(t, layout_find(&l, &panel_plot) && layout_find(&l, &panel_checks),
	   "and plot and checks");
	ok(t, layout_find(&l, &panel_motion), "and how it moves");
	layout_make(&l, &v, LAYOUT_MIN_W, LAYOUT_MIN_H);
	ok(t, layout_find(&l, &panel_motion), "even on the smallest screen");
	w.ui.page = PAGE_CHUNK;
	layout_make(&l, &v, 80, 24);
	ok(t, layout_find(&l, &panel_chunk)->h >= 16 && !layout_find(&l, &panel_joints),
	   "80x24: the chunk in the place of the joints");
	layout_make(&l, &v, 132, 43);
	ok(t, layout_find(&l, &panel_chunk)->h >= 16 && layout_find(&l, &panel_joints)->h >= 7,
	   "132x43: beside them");
	w.ui.page = PAGE_MAIN;
	layout_make(&l, &v, 132, 43);
	ok(t, layout_find(&l, &panel_cadence) && !layout_find(&l, &panel_traffic),
	   "and the cadence without being asked for; no traffic that nobody sees");
	w.ui.focus = FOCUS_CHECKS;
	layout_make(&l, &v, 80, 24);
	ok(t, layout_find(&l, &panel_checks)->h >= 8, "focused checks become a list");
	world_make(&w, "humanoid");
	layout_make(&l, &v, 200, 60);
	ok(t, layout_find(&l, &panel_joints)->h >= 40, "200x60: a humanoid's joints");
}

/* The text of one line of a screen. */
static void line_of(const struct scene *v, int w, int h, int y, char *dst, size_t size)
{
	struct canvas c;
	struct buf b = {0};
	const char *at;

	canvas_init(&c, w, h, SYMBOLS_ASCII);
	screen_draw(&c, v);
	output_text(&b, &c);
	for (at = b.p; y > 0 && at; y--)
		at = strchr(at, '\n') ? strchr(at, '\n') + 1 : NULL;
	snprintf(dst, size, "%.*s", at ? (int)strcspn(at, "\n") : 0, at ? at : "");
	buf_fini(&b);
	canvas_fini(&c);
}

static void test_alarms(struct tap *t)
{
	static struct world w;
	struct scene v;
	char line[256];

	world_make(&w, "seam");
	v = world_scene(&w);
	for (w.s.nalarms = 2; w.s.nalarms < VIEW_ALARMS; w.s.nalarms++)
		w.s.alarm[w.s.nalarms] = w.s.alarm[1];
	line_of(&v, 80, 24, 3, line, sizeof(line));
	ok(t, strstr(line, "~ +5 more"), "the count of further alarms cuts no word in two: %s",
	   line);
	for (unsigned i = 2; i < w.s.nalarms; i++) {
		w.s.alarm[i].level = LEVEL_NOTE;
		w.s.alarm[i].active = false;
	}
	line_of(&v, 80, 24, 2, line, sizeof(line));
	ok(t, strstr(line, "gripper") && !strstr(line, "more"), "notes that are over take no line");
	line_of(&v, 80, 24, 3, line, sizeof(line));
	ok(t, strstr(line, " task "), "nor leave one empty: %s", line);
}

static void test_selected_visible(struct tap *t)
{
	bool good = true;

	for (int total = 1; total <= 128; total++) {
		for (int visible = 1; visible < 50; visible++) {
			for (int at = 0; at < total; at++) {
				int first = panel_page_first(at, visible, total);

				good = good && first >= 0 && at >= first && at < first + visible &&
				       (total <= visible ? first == 0 : first + visible <= total);
			}
		}
	}
	ok(t, good, "the selected line is always visible, pages are full");
}

static void test_table(struct tap *t)
{
	for (size_t i = 0; panel_table[i]; i++) {
		const struct panel_class *p = panel_table[i];
		bool unique = true;

		for (size_t k = 0; k < i; k++)
			unique = unique && strcmp(panel_table[k]->name, p->name) != 0;
		ok(t,
		   unique && p->summary[0] && strlen(p->summary) <= 64 && p->min_h >= 1 && p->draw,
		   "panel %s", p->name);
	}
}

int main(void)
{
	struct tap t = {0};

	for (int i = 0; i < WORLDS; i++)
		test_world(&t, worlds[i]);
	test_draw(&t);
	test_arm_and_hand(&t);
	test_alarms(&t);
	test_selected_visible(&t);
	test_table(&t);
	return tap_done(&t);
}
