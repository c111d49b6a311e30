/* SPDX-License-Identifier: Apache-2.0 */
#include "cmd/look_text.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "cmd/look.h"
#include "ui/theme.h"

/* As large as a thumbnail has pixels, where there is room for two. */
enum { WIDE = FRAME_THUMB_WIDTH, WIDE_H = FRAME_THUMB_HEIGHT / 2, MARGIN = 2, GAP = 2 };

struct pixels look_picture(const struct look_eye *y)
{
	struct pixels none = {0, 0, NULL};

	return y->seen ? (struct pixels){y->frame.thumb_width, y->frame.thumb_height, y->thumb}
		       : none;
}

struct pixels look_trained(const struct look_eye *y)
{
	struct pixels none = {0, 0, NULL};

	return y->reference ? (struct pixels){FRAME_THUMB_WIDTH, FRAME_THUMB_HEIGHT,
					      y->reference->rgb[0]}
			    : none;
}

/* Foreground and background of a cell's two pixels. */
static void add_colours(struct buf *b, const uint8_t top[3], const uint8_t bottom[3],
			enum look_depth depth)
{
	if (depth == LOOK_TRUE)
		buf_printf(b, "\x1b[38;2;%u;%u;%u;48;2;%u;%u;%um", top[0], top[1], top[2],
			   bottom[0], bottom[1], bottom[2]);
	else
		buf_printf(b, "\x1b[38;5;%u;48;5;%um", theme_nearest(top), theme_nearest(bottom));
	buf_str(b, "\xe2\x96\x80"); /* the upper half */
}

struct place {
	struct pixels p;
	int w, h; /* cells; 0 no picture */
};

/* Line y of a picture, in w columns. */
static void add_line(struct buf *b, const struct place *at, int y, int w, enum look_depth depth)
{
	uint8_t top[3], bottom[3];

	for (int x = 0; x < at->w && y < at->h; x++) {
		if (depth == LOOK_LETTERS) {
			pixels_spot(top, &at->p, x, y, at->w, at->h);
			buf_printf(b, "%c", pixels_letter(pixels_brightness(top)));
			continue;
		}
		pixels_spot(top, &at->p, x, 2 * y, at->w, 2 * at->h);
		pixels_spot(bottom, &at->p, x, 2 * y + 1, at->w, 2 * at->h);
		add_colours(b, top, bottom, depth);
	}
	if (depth != LOOK_LETTERS && y < at->h && at->w)
		buf_str(b, "\x1b[0m");
	buf_printf(b, "%*s", w - (y < at->h ? at->w : 0), "");
}

static void add_pictures(struct buf *b, const struct look_eye *y, enum look_depth depth,
			 int columns)
{
	struct place live = {.p = look_picture(y)}, trained = {.p = look_trained(y)};
	bool wide = columns >= MARGIN + 2 * WIDE + GAP;
	int room = (columns - MARGIN - GAP) / 2, w = wide ? WIDE : PIXELS_W;
	int h = wide ? WIDE_H : PIXELS_H, lines;
	char caption[NAME_BYTES + 64] = "";

	w = room < w ? room : w;
	pixels_fit(&live.p, w, h, &live.w, &live.h);
	pixels_fit(&trained.p, w, h, &trained.w, &trained.h);
	lines = live.h > trained.h ? live.h : trained.h;
	if (!lines)
		return;
	if (trained.w)
		snprintf(caption, sizeof(caption), "training: %s, %u episode%s", y->role,
			 y->reference->episodes, y->reference->episodes == 1 ? "" : "s");
	buf_printf(b, "%*s%-*.*s%*s%s\n", MARGIN, "", w, w, live.w ? "now" : "no picture", GAP, "",
		   caption);
	for (int line = 0; line < lines; line++) {
		buf_printf(b, "%*s", MARGIN, "");
		add_line(b, &live, line, w, depth);
		if (trained.w) {
			buf_printf(b, "%*s", GAP, "");
			add_line(b, &trained, line, trained.w, depth);
		}
		buf_str(b, "\n");
	}
}

/* ", label 12.3 unit" where it is known. */
static void add_fact(struct buf *b, const char *label, double v, int decimals, const char *unit)
{
	if (!isnan(v))
		buf_printf(b, ", %s%.*f%s", label, decimals, v, unit);
}

static double known(int64_t n)
{
	return n < 0 ? (double)NAN : (double)n;
}

/* A grey picture has one channel. */
static double brightness(const struct frame *f)
{
	return f->channels == 1 ? f->mean[0] : (f->mean[0] + f->mean[1] + f->mean[2]) / 3;
}

static void add_facts(struct buf *b, const struct look_eye *y)
{
	const struct camera *c = &y->camera;

	buf_printf(b, "  %s, %s", camera_mode_word((enum camera_mode)c->mode),
		   camera_state_word((enum camera_state)c->state)
			   ? camera_state_word((enum camera_state)c->state)
			   : "state unknown");
	if (c->owner[0])
		buf_printf(b, " by %s", c->owner);
	if (c->width > 0)
		buf_printf(b, ", %lldx%lld %s", (long long)c->width, (long long)c->height,
			   c->format);
	add_fact(b, "", c->fps, 1, " fps");
	add_fact(b, "set to ", c->fps_set, 1, "");
	add_fact(b, "lost ", known(c->lost), 0, "");
	add_fact(b, "errors ", known(c->errors), 0, "");
	buf_str(b, "\n");
	if (!y->seen)
		return;
	buf_printf(b, "  dark %.0f %%, bright %.0f %%", 100 * y->frame.dark, 100 * y->frame.bright);
	add_fact(b, "brightness ", brightness(&y->frame), 2, "");
	add_fact(b, "sharpness ", y->frame.sharpness, 0, "");
	add_fact(b, "frozen ", c->frozen_s, 1, " s");
	buf_str(b, "\n");
}

static void add_identity(struct buf *b, const struct look_live *l, const struct look_eye *y)
{
	const struct lineup_answer *a = &y->answer;
	const char *word = a->is == IS_ROLE	  ? lineup_role(l->lineup, a->role)
			   : a->is == IS_STRANGER ? "unknown"
						  : "?";

	if (!y->judged)
		return;
	buf_printf(b, "  is %s", word);
	if (!isnan(a->margin))
		buf_printf(b, ", %.3g %s", a->margin, lineup_method_unit(a->method));
	if (a->is == IS_OPEN && a->says[0] && strcmp(a->says, y->why) != 0)
		buf_printf(b, ": %s", a->says);
	buf_str(b, "\n");
}

void look_text(struct buf *b, const struct look_live *l, enum look_depth depth, int columns)
{
	for (unsigned i = 0; i < l->eyes; i++) {
		const struct look_eye *y = l->eye[i];

		buf_printf(b, "%s%s  %s%s%s%s\n", i ? "\n" : "", y->name, y->camera.device,
			   y->camera.serial[0] ? " (" : "", y->camera.serial,
			   y->camera.serial[0] ? ")" : "");
		buf_printf(b, "  %s%s%s: %s\n",
			   y->level == LEVEL_UNKNOWN ? "not seen" : level_word(y->level),
			   y->code[0] ? " " : "", y->code, y->why);
		add_facts(b, y);
		add_identity(b, l, y);
		add_pictures(b, y, depth, columns);
	}
}

static void add_json(struct buf *b, const struct look_live *l, const struct look_eye *y)
{
	const struct camera *c = &y->camera;

	buf_str(b, "{\"camera\":");
	buf_json_str(b, y->name);
	look_json_is(b, l->profile, y->judged ? &y->answer : NULL);
	buf_json_text(b, "level", level_word(y->level));
	buf_json_text(b, "code", y->code);
	buf_json_text(b, "message", y->why);
	buf_json_text(b, "mode", y->told ? camera_mode_word((enum camera_mode)c->mode) : NULL);
	buf_json_text(b, "state", camera_state_word((enum camera_state)c->state));
	buf_json_text(b, "device", c->device);
	buf_json_text(b, "serial", c->serial);
	buf_json_text(b, "owner", c->owner);
	buf_json_text(b, "format", c->format);
	buf_json_number(b, "width", c->width > 0 ? (double)c->width : (double)NAN);
	buf_json_number(b, "height", c->height > 0 ? (double)c->height : (double)NAN);
	buf_json_number(b, "fps_set", c->fps_set);
	buf_json_number(b, "fps", c->fps);
	buf_json_number(b, "jitter_ms", c->jitter_ms);
	buf_json_number(b, "age_ms", c->age_ms);
	buf_json_number(b, "lost", known(c->lost));
	buf_json_number(b, "errors", known(c->errors));
	buf_json_number(b, "frozen_s", c->frozen_s);
	buf_json_number(b, "dark", y->frame.dark);
	buf_json_number(b, "bright", y->frame.bright);
	buf_json_number(b, "sharpness", y->frame.sharpness);
	buf_printf(b, ",\"pictures\":%u}", y->pictures);
}

void look_json(struct buf *b, const struct look_live *l)
{
	buf_str(b, "{\"schema\":1");
	buf_json_text(b, "profile", l->profile ? l->profile->name : NULL);
	buf_str(b, ",\"cameras\":[");
	for (unsigned i = 0; i < l->eyes; i++) {
		buf_str(b, i ? "," : "");
		add_json(b, l, l->eye[i]);
	}
	buf_str(b, "],\"windows\":[]}\n");
}
