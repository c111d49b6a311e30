/* SPDX-License-Identifier: Apache-2.0 */
/* First line: which rig, who drives, where we are, how fast, whether it is recorded. */
#include <ctype.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "ui/panel.h"

static int want(const struct scene *v, int w)
{
	(void)v;
	(void)w;
	return 1;
}

/* One piece with a gap before it, whole or not at all. A badge (" REC ") brings half of the gap. */
static int piece(struct area a, int x, enum role r, const char *text)
{
	int w = text_width(a.c, text), gap = text[0] == ' ' ? 1 : 2;

	if (text[0] == '\0' || x + gap + w > a.w)
		return x;
	return area_text(a, x + gap, 0, r, text) - (text[0] == ' ' ? 1 : 0);
}

static int draw_state(const struct scene *v, struct area a)
{
	char age[NUMBER_BYTES], text[64];

	if (v->ui->gone[0])
		return area_text(a, 0, 0, ROLE_ALERT, " ENGINE ENDED ");
	if (!isnan(v->ui->silent_s)) {
		snprintf(text, sizeof(text), " ENGINE SILENT %s ",
			 number_age(age, v->ui->silent_s));
		return area_text(a, 0, 0, ROLE_ALERT, text);
	}
	if (v->ui->paused)
		return area_text(a, 0, 0, ROLE_PROMPT, " VIEW PAUSED ");
	return area_text(a, 0, 0, ROLE_HEADER, "policytop");
}

static int draw_driver(const struct snapshot *s, struct area a, int x)
{
	char word[32];

	snprintf(word, sizeof(word), " %s ", s->steps ? driver_word(s->driver) : "waiting");
	for (char *p = word; *p; p++)
		*p = (char)toupper((unsigned char)*p);
	return piece(a, x, s->driver == DRIVER_POLICY ? ROLE_DRIVER : ROLE_HEADER, word);
}

/* The level of a check by its code: the header repeats its colour, it does not judge. */
static enum role check_role(const struct snapshot *s, const char *code)
{
	for (unsigned i = 0; i < s->nalarms; i++) {
		if (s->alarm[i].active && s->alarm[i].level >= LEVEL_WARN &&
		    strcmp(s->alarm[i].code, code) == 0)
			return ROLE_ALERT;
	}
	return ROLE_HEADER;
}

static int draw_rate(const struct snapshot *s, struct area a, int x)
{
	char hz[NUMBER_BYTES], target[NUMBER_BYTES], text[2 * NUMBER_BYTES + 8];

	if (s->no_tick)
		return piece(a, x, ROLE_HEADER, "no tick");
	if (isnan(s->hz) && !(s->target_hz > 0))
		return x;
	number_text(hz, s->hz, 7, s->hz < 999 ? 1 : 0);
	if (s->target_hz > 0)
		snprintf(text, sizeof(text), "%s/%sHz", hz,
			 number_text(target, s->target_hz, 6, 0));
	else
		snprintf(text, sizeof(text), "%sHz", hz);
	return piece(a, x, check_role(s, "cadence"), text);
}

static void draw(const struct scene *v, struct area a)
{
	const struct snapshot *s = v->s;
	char text[128], clock[NUMBER_BYTES];
	int x;

	area_fill(a, ROLE_HEADER, ' ');
	x = draw_state(v, a);
	area_text(area_sub(a, 0, 0, x + 1 + a.w / 3, 1), x + 1, 0, ROLE_HEADER, s->rig);
	x += 1 + (text_width(a.c, s->rig) < a.w / 3 ? text_width(a.c, s->rig) : a.w / 3);
	x = draw_driver(s, a, x);
	if (s->in_episode)
		snprintf(text, sizeof(text), "ep %u %s", s->episode,
			 number_clock(clock, s->elapsed_s));
	else
		snprintf(text, sizeof(text), s->steps ? "no episode" : "no step yet");
	x = piece(a, x, ROLE_HEADER, text);
	snprintf(text, sizeof(text), "step %lld", (long long)s->seq);
	x = s->steps ? piece(a, x, ROLE_HEADER, text) : x;
	x = draw_rate(s, a, x);
	x = s->run ? piece(a, x, ROLE_REC, " REC ") : piece(a, x, ROLE_HEADER, "not recorded");
	snprintf(text, sizeof(text), "drop %llu", (unsigned long long)s->dropped);
	x = piece(a, x, s->dropped ? ROLE_ALERT : ROLE_HEADER, text);
	snprintf(text, sizeof(text), "run %lld", (long long)s->run);
	x = s->run ? piece(a, x, ROLE_HEADER, text) : x;
	snprintf(text, sizeof(text), "segment %u", s->segment);
	x = s->segment > 1 ? piece(a, x, ROLE_HEADER, text) : x;
	snprintf(text, sizeof(text), "robot %.40s", s->robot);
	x = s->robot[0] ? piece(a, x, ROLE_HEADER, text) : x;
	snprintf(text, sizeof(text), "profile %.40s", s->profile[0] ? s->profile : "none");
	piece(a, x, ROLE_HEADER, text);
}

const struct panel_class panel_header = {
	.name = "header",
	.summary = "rig, driver, episode, step, rate, recording",
	.min_h = 1,
	.want = want,
	.draw = draw,
};
