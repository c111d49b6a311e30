/* SPDX-License-Identifier: Apache-2.0 */
/* The robot's body: what each motor says of itself, and how the buses that they hang on do. */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "base/text.h"
#include "ui/number.h"
#include "ui/panel.h"

enum {
	NAME_MIN = 12,
	NAME_TAIL = 6,
	NAME_MOST = 24,
	NUMBERS_W = 47,
	STATUS_MIN = 16,
	BUS_LINES = 2
};

/* No reading for so long is worth a word. */
static const double STALE_S = 5.0;

static int want(const struct scene *v, int w)
{
	int n = 2 + (int)v->s->nmotors + BUS_LINES * (int)v->s->nbuses;

	(void)w;
	return n < 3 ? 3 : n;
}

/* With its prefix, and its end when it is too long: both tell joints apart. */
static void name_text(char dst[NAME_BYTES], const struct canvas *c, const char *joint, int w)
{
	char name[NAME_BYTES];

	text_copy(name, sizeof(name), joint);
	if (strlen(name) > 4 && text_ends(name, ".pos"))
		name[strlen(name) - 4] = '\0';
	text_fit(dst, NAME_BYTES, c, name, w, NAME_TAIL);
}

static enum role temp_role(const struct motor *m)
{
	if (isnan(m->temp_degc))
		return ROLE_UNKNOWN;
	if (m->faults > 0 && m->faults & MOTOR_HOT)
		return ROLE_FAIL;
	return m->temp_degc >= 55 ? ROLE_NOTE : ROLE_TEXT;
}

/* A number of a column, right-aligned in w columns before x. */
static void put(struct area a, int right, int y, enum role r, double v, int w, int decimals)
{
	char n[NUMBER_BYTES];

	number_text(n, v, w, decimals);
	area_text(a, right - text_width(a.c, n), y, isnan(v) ? ROLE_UNKNOWN : r, n);
}

static void draw_status(const struct view_motor *k, struct area a, int x, int y)
{
	char text[MESSAGE_BYTES], age[NUMBER_BYTES];
	enum role r = ROLE_FAIL;

	if (k->v.faults > 0) {
		motor_faults_text(text, sizeof(text), (unsigned)k->v.faults);
	} else if (k->v.faults < 0 && k->v.missed > 0) {
		snprintf(text, sizeof(text), "silent");
	} else {
		snprintf(text, sizeof(text), "%s", k->v.faults < 0 ? "not asked" : "ok");
		r = k->v.faults < 0 ? ROLE_UNKNOWN : ROLE_OK;
	}
	if (k->age_s > STALE_S) {
		snprintf(text + strlen(text), sizeof(text) - strlen(text), ", %s ago",
			 number_age(age, k->age_s));
		r = r == ROLE_FAIL ? r : ROLE_NOTE;
	}
	if (k->v.missed > 0)
		snprintf(text + strlen(text), sizeof(text) - strlen(text), ", missed %lld",
			 (long long)k->v.missed);
	area_fit(a, x, y, a.w - x - 1, r, FIT_LEFT, text);
}

static void draw_motor(const struct view_motor *k, struct area a, int y, int name_w)
{
	const struct motor *m = &k->v;
	char name[NAME_BYTES];
	int x = 1 + name_w;

	name_text(name, a.c, m->joint, name_w);
	area_text(a, 1, y, ROLE_TEXT, name);
	area_text(a, x + 1, y,
		  m->torque < 0 ? ROLE_UNKNOWN
		  : m->torque	? ROLE_TEXT
				: ROLE_NOTE,
		  m->torque < 0 ? "-"
		  : m->torque	? "on"
				: "OFF");
	put(a, x + 10, y, temp_role(m), m->temp_degc, 4, 0);
	put(a, x + 16, y, ROLE_DIM, k->rise_degc, 5, 1);
	put(a, x + 22, y, ROLE_TEXT, m->voltage_v, 5, 1);
	put(a, x + 28, y, ROLE_DIM, k->lowest_v, 5, 1);
	put(a, x + 34, y, fabs(m->load) >= 0.9 ? ROLE_NOTE : ROLE_TEXT, 100 * m->load, 5, 0);
	put(a, x + 41, y, ROLE_TEXT, m->current_ma, 6, 0);
	draw_status(k, a, x + 43, y);
}

static int name_width(int w)
{
	int room = w - NUMBERS_W - STATUS_MIN;

	return room < NAME_MIN ? NAME_MIN : room > NAME_MOST ? NAME_MOST : room;
}

static void draw_titles(struct area a, int y, int name_w)
{
	static const struct {
		int right;
		const char *word;
	} title[] = {{10, "degC"}, {16, "/min"}, {22, "V"}, {28, "low"}, {34, "load%"}, {41, "mA"}};
	int x = 1 + name_w;

	area_text(a, 1, y, ROLE_DIM, "motor");
	area_text(a, x + 1, y, ROLE_DIM, "trq");
	for (size_t i = 0; i < sizeof(title) / sizeof(title[0]); i++)
		area_text(a, x + title[i].right - (int)strlen(title[i].word), y, ROLE_DIM,
			  title[i].word);
	area_text(a, x + 43, y, ROLE_DIM, "status");
}

static enum role bus_role(const struct bus *b)
{
	if (b->state == BUS_OFF || b->state == BUS_GONE || b->behind > 0)
		return ROLE_FAIL;
	if (b->state == BUS_PASSIVE || b->state == BUS_WARNING || b->openers > 0)
		return ROLE_WARN;
	return b->state == BUS_UNKNOWN ? ROLE_UNKNOWN : ROLE_TEXT;
}

static int draw_bus(const struct view_bus *k, struct area a, int y)
{
	const struct bus *b = &k->v;
	const char *state = bus_state_word((enum bus_state)b->state);
	char text[MESSAGE_BYTES], ms[NUMBER_BYTES], worst[NUMBER_BYTES], age[NUMBER_BYTES];

	snprintf(text, sizeof(text), "%s%s%s; replies %s ms, worst %s ms%s%s",
		 state ? state : "unknown", b->behind > 0 ? ", ONE REPLY BEHIND" : "",
		 b->openers > 0 ? ", opened by another program, too" : "",
		 number_text(ms, b->reply_ms, 7, 2), number_text(worst, b->worst_ms, 7, 1),
		 k->age_s > STALE_S ? "; heard " : "",
		 k->age_s > STALE_S ? number_age(age, k->age_s) : "");
	y = panel_line(a, y, b->name, bus_role(b), text);
	snprintf(text, sizeof(text),
		 "requests %lld, again %lld, no answer %lld, corrupt %lld, late %lld, lost %lld",
		 (long long)b->transactions, (long long)b->retries, (long long)b->timeouts,
		 (long long)b->corrupt, (long long)b->late, (long long)b->overruns);
	return panel_line(a, y, "", b->timeouts || b->corrupt || b->late ? ROLE_NOTE : ROLE_DIM,
			  text);
}

/* As many motors as there is room for beside the buses, those that complain first. */
static unsigned choose(const struct snapshot *s, unsigned room, unsigned at[VIEW_MOTORS])
{
	unsigned n = 0;

	for (int pass = 0; pass < 2; pass++) {
		for (unsigned i = 0; i < s->nmotors && n < room; i++) {
			bool complains = s->motor[i].v.faults > 0 || s->motor[i].age_s > STALE_S;

			if (s->nmotors <= room ? pass == 0 : complains == (pass == 0))
				at[n++] = i;
		}
	}
	return n;
}

static void draw(const struct scene *v, struct area a)
{
	const struct snapshot *s = v->s;
	int buses = BUS_LINES * (int)s->nbuses, room = a.h - 2 - buses, name_w = name_width(a.w),
	    y = 1;
	unsigned at[VIEW_MOTORS], n;

	area_fill(area_sub(a, 0, 0, a.w, 1), ROLE_COLUMN, ' ');
	area_text(a, 1, 0, ROLE_COLUMN, "MOTORS and the buses that they hang on");
	if (!s->nmotors && !s->nbuses) {
		area_text(a, 1, 1, ROLE_UNKNOWN,
			  "no source sees motors: a tap, a bus, can: or usbmon: would");
		return;
	}
	if (room < 2)
		room = a.h - 2;
	n = choose(s, room > 0 ? (unsigned)room : 0, at);
	if (n)
		draw_titles(a, y++, name_w);
	for (unsigned i = 0; i < n; i++)
		draw_motor(&s->motor[at[i]], a, y++, name_w);
	if (n < s->nmotors)
		area_textf(a, a.w - 14, 0, ROLE_COLUMN, "%u of %u shown", n, s->nmotors);
	for (unsigned i = 0; i < s->nbuses && y < a.h; i++)
		y = draw_bus(&s->bus[i], a, y);
}

const struct panel_class panel_motors = {
	.name = "motors",
	.summary = "temperature, voltage, load and status of motors; buses",
	.min_h = 5,
	.good_h = 12,
	.want = want,
	.draw = draw,
};
