/* SPDX-License-Identifier: Apache-2.0 */
#include "ui/state.h"

#include <ctype.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "base/text.h"

enum { PAGE = 10, HELP_STEP = 5 };

void state_init(struct ui_state *u)
{
	*u = (struct ui_state){.bell = true, .silent_s = (double)NAN, .bytes_s = (double)NAN};
}

bool page_from_word(const char *word, enum page *out)
{
	static const char *const words[PAGE_N] = {"",	     "chunk",	"traffic",
						  "cadence", "cameras", "motors"};

	for (unsigned i = PAGE_CHUNK; i < PAGE_N; i++) {
		if (strcmp(words[i], word) == 0) {
			*out = (enum page)i;
			return true;
		}
	}
	return false;
}

void state_say(struct ui_state *u, bool bad, const char *text)
{
	text_copy(u->message, sizeof(u->message), text);
	u->message_bad = bad;
}

static int clamp(int v, int max)
{
	v = v > max ? max : v;
	return v < 0 ? 0 : v;
}

void state_fit(struct ui_state *u, const struct snapshot *s)
{
	if (u->selected >= s->njoints)
		u->selected = s->njoints ? s->njoints - 1 : 0;
	u->scroll[FOCUS_CHECKS] = clamp(u->scroll[FOCUS_CHECKS], (int)s->nchecks - 1);
	u->scroll[FOCUS_EVENTS] = clamp(u->scroll[FOCUS_EVENTS], (int)s->nevents - 1);
}

void state_follow(struct ui_state *u, const struct snapshot *s)
{
	state_fit(u, s);
	for (unsigned i = 0; !u->chosen && i < s->njoints; i++) {
		if (s->joint[i].level >= LEVEL_WARN &&
		    s->joint[i].level > s->joint[u->selected].level)
			u->selected = i;
	}
}

static void move(struct ui_state *u, const struct snapshot *s, int by)
{
	int joint = clamp((int)u->selected + by, (int)s->njoints - 1);

	if (u->focus == FOCUS_JOINTS) {
		u->selected = (unsigned)joint;
		u->chosen = true;
	} else {
		u->scroll[u->focus] += by;
	}
	state_fit(u, s);
}

/* Part of the name, letter case ignored. */
static bool name_has(const char *name, const char *part)
{
	size_t n = strlen(part);

	for (; *name; name++) {
		size_t i = 0;

		while (i < n && tolower((unsigned char)name[i]) == tolower((unsigned char)part[i]))
			i++;
		if (i == n)
			return true;
	}
	return false;
}

/* The first match from the joint after the selected one on, around the end. */
static void find(struct ui_state *u, const struct snapshot *s)
{
	char text[TASK_BYTES + 32];

	for (unsigned i = 1; i <= s->njoints; i++) {
		unsigned at = (u->selected + i) % s->njoints;

		if (name_has(s->joint[at].joint.name, u->input)) {
			u->selected = at;
			u->focus = FOCUS_JOINTS;
			u->chosen = true;
			return;
		}
	}
	snprintf(text, sizeof(text), "no joint is called like '%s'", u->input);
	state_say(u, true, text);
}

static void ask_episode(struct ui_state *u, const struct snapshot *s)
{
	u->mode = s->in_episode ? MODE_OUTCOME : MODE_START;
	u->outcome = OUTCOME_UNKNOWN;
	u->episode = s->episode;
}

static void ask_line(struct ui_state *u, const struct snapshot *s, enum mode mode)
{
	u->mode = mode;
	u->input[0] = '\0';
	u->episode = s->episode;
}

/* The same key again goes back. Esc does not: LeRobot ends its recording by it, in any window. */
static bool turn(struct ui_state *u, enum action action)
{
	static const enum page to[ACTION_N] = {[ACTION_CHUNK] = PAGE_CHUNK,
					       [ACTION_TRAFFIC] = PAGE_TRAFFIC,
					       [ACTION_CADENCE] = PAGE_CADENCE,
					       [ACTION_CAMERAS] = PAGE_CAMERAS,
					       [ACTION_MOTORS] = PAGE_MOTORS};

	if (to[action] == PAGE_MAIN)
		return false;
	u->page = u->page == to[action] ? PAGE_MAIN : to[action];
	return true;
}

static void turn_bell(struct ui_state *u)
{
	u->bell = !u->bell;
	state_say(u, false, u->bell ? "bell on" : "bell off");
}

static enum wish view_action(struct ui_state *u, const struct snapshot *s, enum action action)
{
	static const int lines[ACTION_N] = {[ACTION_DOWN] = 1,
					    [ACTION_UP] = -1,
					    [ACTION_PAGE_DOWN] = PAGE,
					    [ACTION_PAGE_UP] = -PAGE,
					    [ACTION_FIRST] = -MAX_JOINTS,
					    [ACTION_LAST] = MAX_JOINTS};

	if (turn(u, action))
		return WISH_NOTHING;
	if (lines[action]) {
		move(u, s, lines[action]);
		return WISH_NOTHING;
	}
	switch ((int)action) {
	case ACTION_FOCUS:
		u->focus = (enum focus)((u->focus + 1) % FOCUS_N);
		break;
	case ACTION_FIND:
	case ACTION_MARK:
		ask_line(u, s, action == ACTION_FIND ? MODE_FIND : MODE_NOTE);
		break;
	case ACTION_UNITS:
		u->units = (enum units)((u->units + 1) % UNITS_N);
		break;
	case ACTION_NEXT_CAMERA:
		u->camera++; /* camera_rows() brings it within */
		break;
	case ACTION_DIFFERENCE:
		u->difference = !u->difference;
		break;
	case ACTION_PICTURE:
		if (u->page == PAGE_CAMERAS)
			return WISH_PICTURE;
		state_say(u, true, "first i: the images of the cameras");
		break;
	case ACTION_PAUSE:
		u->paused = !u->paused;
		break;
	case ACTION_EPISODE:
		ask_episode(u, s);
		break;
	case ACTION_BELL:
		turn_bell(u);
		break;
	case ACTION_HELP:
		u->mode = MODE_HELP;
		u->help_first = 0;
		break;
	case ACTION_REDRAW:
		return WISH_REDRAW;
	case ACTION_QUIT:
		return WISH_QUIT;
	default: /* keys of a question */
		break;
	}
	return WISH_NOTHING;
}

static enum wish confirm(struct ui_state *u)
{
	if (u->mode == MODE_OUTCOME && u->outcome == OUTCOME_UNKNOWN) {
		state_say(u, true, "first S (success), F (failure) or X (discard)");
		return WISH_NOTHING;
	}
	if (u->mode == MODE_START) {
		u->mode = MODE_VIEW;
		return WISH_EPISODE_START;
	}
	u->mode = MODE_VIEW;
	return WISH_EPISODE_END;
}

/* Keys without a meaning here (arrows above all) leave the question as it is. */
static enum wish question_key(struct ui_state *u, uint32_t key)
{
	const struct key_row *r = key_lookup(KEYS_QUESTION, key);

	if (!r)
		return WISH_NOTHING;
	if (r->action == ACTION_CONFIRM)
		return confirm(u);
	if (r->action == ACTION_CANCEL) {
		u->mode = MODE_VIEW;
		state_say(u, false, "nothing changed");
	} else if (u->mode == MODE_OUTCOME) {
		u->outcome = r->action == ACTION_SUCCESS   ? OUTCOME_SUCCESS
			     : r->action == ACTION_FAILURE ? OUTCOME_FAILURE
							   : OUTCOME_DISCARD;
	}
	return WISH_NOTHING;
}

static void erase_rune(char *s)
{
	size_t n = strlen(s);

	while (n > 0 && ((unsigned char)s[--n] & 0xc0) == 0x80)
		;
	s[n] = '\0';
}

static void add_rune(char *s, size_t size, uint32_t r)
{
	char utf8[5] = {0};
	size_t n = strlen(s);

	if (r < 0x20 || (r >= 0x7f && r < 0xa0) || r >= 0x110000)
		return;
	if (r < 0x80) {
		utf8[0] = (char)r;
	} else if (r < 0x800) {
		utf8[0] = (char)(0xc0 | r >> 6);
		utf8[1] = (char)(0x80 | (r & 0x3f));
	} else if (r < 0x10000) {
		utf8[0] = (char)(0xe0 | r >> 12);
		utf8[1] = (char)(0x80 | (r >> 6 & 0x3f));
		utf8[2] = (char)(0x80 | (r & 0x3f));
	} else {
		utf8[0] = (char)(0xf0 | r >> 18);
		utf8[1] = (char)(0x80 | (r >> 12 & 0x3f));
		utf8[2] = (char)(0x80 | (r >> 6 & 0x3f));
		utf8[3] = (char)(0x80 | (r & 0x3f));
	}
	if (n + strlen(utf8) < size)
		text_copy(s + n, size - n, utf8);
}

static enum wish line_key(struct ui_state *u, const struct snapshot *s, uint32_t key)
{
	const struct key_row *r = key < 0x20 || key >= UI_KEY_UP ? key_lookup(KEYS_QUESTION, key)
								 : NULL;
	enum mode mode = u->mode;

	if (key == UI_KEY_BACKSPACE || key == 0x7f || key == 8) {
		erase_rune(u->input);
	} else if (r && r->action == ACTION_CANCEL) {
		u->mode = MODE_VIEW;
	} else if (r && r->action == ACTION_CONFIRM) {
		u->mode = MODE_VIEW;
		if (mode == MODE_NOTE)
			return WISH_MARK;
		if (u->input[0])
			find(u, s);
	} else {
		add_rune(u->input, sizeof(u->input), key);
	}
	return WISH_NOTHING;
}

/* Scrolls a help that does not fit; any other key leaves it. */
static void help_key(struct ui_state *u, uint32_t key)
{
	const struct key_row *r = key_lookup(KEYS_VIEW, key);

	if (r && (r->action == ACTION_DOWN || r->action == ACTION_PAGE_DOWN))
		u->help_first = clamp(u->help_first + HELP_STEP, ACTION_N - 1);
	else if (r && (r->action == ACTION_UP || r->action == ACTION_PAGE_UP))
		u->help_first = clamp(u->help_first - HELP_STEP, ACTION_N - 1);
	else
		u->mode = MODE_VIEW;
}

struct state_wish state_key(struct ui_state *u, const struct snapshot *s, uint32_t key)
{
	struct state_wish w = {0};
	const struct key_row *r;

	state_say(u, false, "");
	switch (u->mode) {
	case MODE_VIEW:
		r = key_lookup(KEYS_VIEW, key);
		if (r)
			w.wish = view_action(u, s, r->action);
		break;
	case MODE_HELP:
		help_key(u, key);
		break;
	case MODE_FIND:
	case MODE_NOTE:
		w.wish = line_key(u, s, key);
		break;
	case MODE_OUTCOME:
	case MODE_START:
		w.wish = question_key(u, key);
		break;
	}
	w.episode = u->episode;
	w.outcome = u->outcome;
	if (w.wish == WISH_MARK)
		text_copy(w.note, sizeof(w.note), u->input);
	return w;
}
