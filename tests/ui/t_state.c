/* SPDX-License-Identifier: Apache-2.0 */
/* Keys: what they do, and above all what they never do. */
#include <string.h>

#include "tests/tap.h"
#include "tests/ui/world.h"

static struct state_wish press(struct world *w, uint32_t key)
{
	return state_key(&w->ui, &w->s, key);
}

static void type(struct world *w, const char *text)
{
	for (; *text; text++)
		press(w, (unsigned char)*text);
}

static void test_table(struct tap *t)
{
	bool unique = true, order = true, told = true;

	for (unsigned i = 0; i < ACTION_N; i++) {
		const struct key_row *r = &key_table[i];

		order = order && r->action == (enum action)i;
		told = told && r->label[0] && r->help[0] && r->key[0];
		for (unsigned k = 0; k < 3 && r->key[k]; k++)
			unique = unique && key_lookup(r->set, r->key[k]) == r;
	}
	ok(t, order, "rows are in the order of the actions");
	ok(t, unique, "no key means two things");
	ok(t, told, "every row has keys, label and help");
	ok(t, !key_lookup(KEYS_VIEW, UI_KEY_ESC), "plain Esc does not quit");
}

static void test_move(struct tap *t)
{
	static struct world w;

	world_make(&w, "humanoid");
	w.ui.selected = 0;
	press(&w, 'k');
	ok(t, w.ui.selected == 0, "k at the top stays");
	press(&w, UI_KEY_DOWN);
	press(&w, 'j');
	ok(t, w.ui.selected == 2, "j and Down");
	press(&w, UI_KEY_PGDN);
	ok(t, w.ui.selected == 12, "PgDn");
	press(&w, UI_KEY_END);
	ok(t, w.ui.selected == 43, "End");
	press(&w, UI_KEY_PGDN);
	ok(t, w.ui.selected == 43, "PgDn at the end stays");
	press(&w, UI_KEY_HOME);
	ok(t, w.ui.selected == 0, "Home");
	press(&w, '/');
	type(&w, "FINGER_09");
	press(&w, UI_KEY_ENTER);
	ok(t, w.ui.selected == 18 && w.ui.mode == MODE_VIEW, "/ finds, letter case ignored");
	press(&w, '/');
	type(&w, "toe");
	press(&w, UI_KEY_ENTER);
	ok(t, w.ui.selected == 18 && strstr(w.ui.message, "toe"), "not found is said");
	press(&w, '\t');
	press(&w, 'j');
	ok(t, w.ui.selected == 18 && w.ui.scroll[FOCUS_CHECKS] == 1, "Tab: j moves the checks");
	world_make(&w, "empty");
	press(&w, '\t');
	press(&w, 'j');
	press(&w, 'k');
	ok(t, w.ui.selected == 0 && w.ui.scroll[FOCUS_CHECKS] == 0, "nothing to move in nothing");
}

static void test_outcome(struct tap *t)
{
	static const uint32_t harmless[] = {UI_KEY_LEFT, UI_KEY_RIGHT, UI_KEY_UP, UI_KEY_DOWN,
					    UI_KEY_PGUP, ' ',	       's',	  'f',
					    'x',	 'y',	       '\t'};
	static struct world w;
	struct state_wish wish;
	bool nothing = true;

	world_make(&w, "seam");
	press(&w, 'e');
	ok(t, w.ui.mode == MODE_OUTCOME, "e asks for the outcome");
	for (size_t i = 0; i < sizeof(harmless) / sizeof(harmless[0]); i++) {
		wish = press(&w, harmless[i]);
		nothing = nothing && wish.wish == WISH_NOTHING && w.ui.outcome == OUTCOME_UNKNOWN &&
			  w.ui.mode == MODE_OUTCOME;
	}
	ok(t, nothing, "arrows, small letters and others mean nothing");
	wish = press(&w, UI_KEY_ENTER);
	ok(t, wish.wish == WISH_NOTHING && w.ui.message[0],
	   "Enter without an outcome does nothing");
	press(&w, 'F');
	wish = press(&w, 'S');
	ok(t, wish.wish == WISH_NOTHING, "a letter alone does nothing");
	wish = press(&w, '\r');
	ok(t, wish.wish == WISH_EPISODE_END && wish.outcome == OUTCOME_SUCCESS && wish.episode == 7,
	   "S Enter ends episode 7 as a success");
	press(&w, 'e');
	press(&w, 'X');
	wish = press(&w, UI_KEY_ESC);
	ok(t, wish.wish == WISH_NOTHING && w.ui.mode == MODE_VIEW, "Esc leaves, nothing happens");
	wish = press(&w, UI_KEY_ENTER);
	ok(t, wish.wish == WISH_NOTHING, "and a later Enter finds nothing to confirm");
	press(&w, 'e');
	w.s.episode = 8; /* it ended by itself meanwhile */
	press(&w, 'S');
	wish = press(&w, UI_KEY_ENTER);
	ok(t, wish.episode == 7, "the wish names the episode that was asked about");
	w.s.in_episode = false;
	press(&w, 'e');
	ok(t, w.ui.mode == MODE_START && press(&w, UI_KEY_ENTER).wish == WISH_EPISODE_START,
	   "between episodes e starts one, after Enter");
}

static void test_note(struct tap *t)
{
	static struct world w;
	struct state_wish wish;

	world_make(&w, "seam");
	press(&w, 'm');
	type(&w, "q moved the cupp");
	press(&w, UI_KEY_BACKSPACE);
	press(&w, 0xe9);
	press(&w, UI_KEY_LEFT);
	press(&w, 0x01);
	wish = press(&w, UI_KEY_ENTER);
	ok(t, wish.wish == WISH_MARK && !strcmp(wish.note, "q moved the cup\xc3\xa9"), "note: %s",
	   wish.note);
	press(&w, 'm');
	for (int i = 0; i < 1000; i++)
		press(&w, 0x6f22);
	press(&w, UI_KEY_BACKSPACE);
	wish = press(&w, UI_KEY_ENTER);
	ok(t, strlen(wish.note) % 3 == 0 && strlen(wish.note) < TASK_BYTES,
	   "a long one is bounded");
	press(&w, 'm');
	ok(t, press(&w, UI_KEY_ESC).wish == WISH_NOTHING && w.ui.mode == MODE_VIEW, "Esc: no mark");
}

static void test_rest(struct tap *t)
{
	static struct world w;

	world_make(&w, "seam");
	ok(t, press(&w, 'q').wish == WISH_QUIT, "q leaves");
	press(&w, ' ');
	ok(t, w.ui.paused, "space pauses");
	press(&w, ' ');
	press(&w, 'b');
	ok(t, !w.ui.paused && !w.ui.bell, "and goes on; b turns the bell off");
	press(&w, 'u');
	press(&w, 'u');
	press(&w, 'u');
	ok(t, w.ui.units == UNITS_ROBOT, "three units, around");
	press(&w, '?');
	ok(t, w.ui.mode == MODE_HELP, "help");
	ok(t, press(&w, 'q').wish == WISH_NOTHING && w.ui.mode == MODE_VIEW, "any key leaves it");
	w.ui.selected = 0;
	state_follow(&w.ui, &w.s);
	ok(t, w.ui.selected == 1, "the joint that fails is selected");
	press(&w, 'k');
	state_follow(&w.ui, &w.s);
	ok(t, w.ui.selected == 0, "until the operator picks another");
}

/* Esc above all: LeRobot ends its recording by it, in whatever window it is pressed. */
static void test_pages(struct tap *t)
{
	static struct world w;

	world_make(&w, "seam");
	press(&w, 'c');
	ok(t, w.ui.page == PAGE_CHUNK, "c: the chunk");
	press(&w, 't');
	ok(t, w.ui.page == PAGE_TRAFFIC, "t: traffic in its place");
	press(&w, UI_KEY_ESC);
	ok(t, w.ui.page == PAGE_TRAFFIC, "Esc means nothing");
	press(&w, 't');
	ok(t, w.ui.page == PAGE_MAIN, "the same key goes back");
	press(&w, 'y');
	press(&w, 'j');
	ok(t, w.ui.page == PAGE_CADENCE && w.ui.selected == 2, "y: cadence; j is still the joint");
	press(&w, 'i');
	ok(t, w.ui.page == PAGE_CAMERAS, "i: images");
	press(&w, 'y');
	press(&w, 'e');
	press(&w, 'c');
	ok(t, w.ui.page == PAGE_CADENCE && w.ui.mode == MODE_OUTCOME, "no page in a question");
}

int main(void)
{
	struct tap t = {0};

	test_table(&t);
	test_move(&t);
	test_outcome(&t);
	test_note(&t);
	test_rest(&t);
	test_pages(&t);
	return tap_done(&t);
}
