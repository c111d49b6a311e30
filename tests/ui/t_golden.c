/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Screens against files that people can read: the text, then the role of every cell.
 * UPDATE=1 writes the files anew (look at the difference before committing it).
 * `t_golden show WORLD WxH [text|ascii|roles|ansi|svg]` prints one.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "tests/tap.h"
#include "tests/ui/world.h"
#include "ui/output.h"
#include "ui/screen.h"

struct shot {
	const char *world;
	int w, h;
	enum symbols symbols;
};

static const struct shot shots[] = {
	{"seam", 80, 24, SYMBOLS_BRAILLE},	 {"seam", 80, 24, SYMBOLS_ASCII},
	{"seam", 60, 16, SYMBOLS_BRAILLE},	 {"seam", 132, 43, SYMBOLS_BRAILLE},
	{"seam", 200, 60, SYMBOLS_ASCII},	 {"seam", 80, 24, SYMBOLS_BLOCK},
	{"calm", 80, 24, SYMBOLS_BRAILLE},	 {"calm", 132, 43, SYMBOLS_ASCII},
	{"humanoid", 80, 24, SYMBOLS_BRAILLE},	 {"humanoid", 200, 60, SYMBOLS_BRAILLE},
	{"many", 132, 43, SYMBOLS_BRAILLE},	 {"empty", 80, 24, SYMBOLS_BRAILLE},
	{"empty", 60, 16, SYMBOLS_ASCII},	 {"blind", 80, 24, SYMBOLS_BRAILLE},
	{"blind", 132, 43, SYMBOLS_BRAILLE},	 {"odd", 80, 24, SYMBOLS_BRAILLE},
	{"odd", 132, 43, SYMBOLS_ASCII},	 {"seam", 50, 10, SYMBOLS_ASCII},
	{"silent", 80, 24, SYMBOLS_BRAILLE},	 {"asked", 80, 24, SYMBOLS_ASCII},
	{"help", 80, 24, SYMBOLS_ASCII},	 {"help", 60, 16, SYMBOLS_ASCII},
	{"chunk", 80, 24, SYMBOLS_BRAILLE},	 {"chunk", 80, 24, SYMBOLS_ASCII},
	{"chunk", 132, 43, SYMBOLS_BRAILLE},	 {"chunk14", 200, 60, SYMBOLS_BRAILLE},
	{"chunk28", 80, 24, SYMBOLS_BLOCK},	 {"chunk44", 132, 43, SYMBOLS_ASCII},
	{"chunk", 40, 12, SYMBOLS_ASCII},	 {"chunk", 60, 16, SYMBOLS_BRAILLE},
	{"traffic", 80, 24, SYMBOLS_BRAILLE},	 {"traffic", 80, 24, SYMBOLS_ASCII},
	{"traffic14", 132, 43, SYMBOLS_BRAILLE}, {"traffic28", 200, 60, SYMBOLS_ASCII},
	{"traffic44", 80, 24, SYMBOLS_BRAILLE},	 {"traffic", 40, 12, SYMBOLS_ASCII},
	{"traffic", 60, 16, SYMBOLS_ASCII},	 {"cadence", 80, 24, SYMBOLS_BRAILLE},
	{"cadence", 80, 24, SYMBOLS_ASCII},	 {"cadence14", 80, 24, SYMBOLS_BLOCK},
	{"cadence28", 132, 43, SYMBOLS_BRAILLE}, {"cadence44", 200, 60, SYMBOLS_BRAILLE},
	{"cadence", 40, 12, SYMBOLS_ASCII},	 {"cadence", 60, 16, SYMBOLS_BRAILLE},
	{"cameras", 80, 24, SYMBOLS_BRAILLE},	 {"cameras14", 132, 43, SYMBOLS_ASCII},
	{"cameras", 200, 60, SYMBOLS_ASCII},	 {"cameras", 80, 24, SYMBOLS_ASCII},
	{"cameras", 60, 16, SYMBOLS_BLOCK},	 {"notick", 80, 24, SYMBOLS_BRAILLE},
	{"notick", 200, 60, SYMBOLS_BRAILLE},	 {"starved", 80, 24, SYMBOLS_BRAILLE},
	{"starved", 132, 43, SYMBOLS_ASCII},	 {"motors", 80, 24, SYMBOLS_BRAILLE},
	{"motors", 60, 16, SYMBOLS_ASCII},	 {"motors28", 132, 43, SYMBOLS_BRAILLE},
	{"motors44", 80, 24, SYMBOLS_ASCII},
};

/* With pictures in 256 colours. */
static const struct shot coloured[] = {
	{"cameras", 80, 24, SYMBOLS_BRAILLE},
	{"cameras", 200, 60, SYMBOLS_BRAILLE},
	{"difference", 80, 24, SYMBOLS_BRAILLE},
};

static const char *symbols_word(enum symbols s)
{
	return s == SYMBOLS_BRAILLE ? "utf8" : s == SYMBOLS_BLOCK ? "block" : "ascii";
}

static const char *shot_word(const struct shot *shot, bool colourful)
{
	return colourful ? "colour" : symbols_word(shot->symbols);
}

/* The palette entries of every cell with pixels: of its upper and of its lower half. */
static void add_colours(struct buf *b, const struct canvas *c)
{
	buf_str(b, "----\n");
	for (int y = 0; y < c->h; y++) {
		bool any = false;

		for (int x = 0; x < c->w; x++) {
			const struct cell *at = &c->cell[y * c->w + x];

			if (at->role != ROLE_PIXELS)
				continue;
			if (!any)
				buf_printf(b, "%d:", y);
			any = true;
			buf_printf(b, " %02x%02x", at->top, at->bottom);
		}
		buf_str(b, any ? "\n" : "");
	}
}

static void render(struct buf *b, const struct shot *shot, bool colourful)
{
	static struct world w; /* 70 kB */
	struct canvas c;
	struct scene v;

	world_make(&w, shot->world);
	v = world_scene(&w);
	canvas_init(&c, shot->w, shot->h, shot->symbols);
	c.colourful = colourful;
	screen_draw(&c, &v);
	output_text(b, &c);
	buf_str(b, "----\n");
	output_roles(b, &c);
	if (colourful)
		add_colours(b, &c);
	canvas_fini(&c);
}

static bool read_file(struct buf *b, const char *path)
{
	char block[4096];
	FILE *f = fopen(path, "r");
	size_t n;

	if (!f)
		return false;
	while ((n = fread(block, 1, sizeof(block), f)) > 0)
		buf_add(b, block, n);
	fclose(f);
	return true;
}

static void write_file(const char *path, const char *text)
{
	FILE *f = fopen(path, "w");

	if (f) {
		fputs(text, f);
		fclose(f);
	}
}

static void first_difference(const char *want, const char *have)
{
	int line = 1;

	while (*want && *want == *have) {
		line += *want == '\n';
		want++;
		have++;
	}
	printf("# first difference in line %d: want '%.40s', have '%.40s'\n", line, want, have);
}

static void test_shot(struct tap *t, const struct shot *shot, bool colourful, const char *top)
{
	struct buf have = {0}, want = {0};
	char path[1024];
	bool same;

	snprintf(path, sizeof(path), "%s/tests/ui/golden/%s-%dx%d-%s.txt", top, shot->world,
		 shot->w, shot->h, shot_word(shot, colourful));
	render(&have, shot, colourful);
	if (getenv("UPDATE"))
		write_file(path, buf_text(&have));
	same = read_file(&want, path) && strcmp(buf_text(&want), buf_text(&have)) == 0;
	if (!ok(t, same, "%s %dx%d %s", shot->world, shot->w, shot->h, shot_word(shot, colourful)))
		first_difference(buf_text(&want), buf_text(&have));
	buf_fini(&have);
	buf_fini(&want);
}

static int show(int argc, char **argv)
{
	static struct world w;
	const char *how = argc > 4 ? argv[4] : "text";
	struct buf b = {0};
	struct canvas c;
	struct scene v;
	int width, height;

	if (argc < 4 || !world_make(&w, argv[2]) || sscanf(argv[3], "%dx%d", &width, &height) != 2)
		return 2;
	v = world_scene(&w);
	canvas_init(&c, width, height, strcmp(how, "ascii") ? SYMBOLS_BRAILLE : SYMBOLS_ASCII);
	c.colourful = strcmp(how, "ansi") == 0 || strcmp(how, "svg") == 0;
	screen_draw(&c, &v);
	if (strcmp(how, "roles") == 0)
		output_roles(&b, &c);
	else if (strcmp(how, "ansi") == 0)
		output_ansi(&b, &c, COLOURS_256);
	else if (strcmp(how, "svg") == 0)
		output_svg(&b, &c, "policytop");
	else
		output_text(&b, &c);
	fputs(buf_text(&b), stdout);
	canvas_fini(&c);
	buf_fini(&b);
	return 0;
}

int main(int argc, char **argv)
{
	const char *top = getenv("TOP_SRCDIR");
	struct tap t = {0};

	if (argc > 1 && strcmp(argv[1], "show") == 0)
		return show(argc, argv);
	for (size_t i = 0; i < sizeof(shots) / sizeof(shots[0]); i++)
		test_shot(&t, &shots[i], false, top ? top : ".");
	for (size_t i = 0; i < sizeof(coloured) / sizeof(coloured[0]); i++)
		test_shot(&t, &coloured[i], true, top ? top : ".");
	return tap_done(&t);
}
