/* SPDX-License-Identifier: Apache-2.0 */
/* What passes between the policy's client and its server: the last exchange, and its arrays. */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "ui/panel.h"
#include "ui/policy_text.h"

enum { HEAD_LINES = 6, NAME_W = 34, DTYPE_W = 5, SHAPE_W = 14, NUMBER_W = 10 };

static int want(const struct scene *v, int w)
{
	(void)w;
	return v->s->traffic.seen ? HEAD_LINES + 1 + (int)v->s->traffic.ntensors : 3;
}

/* "300.1 kB"; nothing yet: "-". */
static const char *bytes_text(char dst[NUMBER_BYTES], uint64_t n)
{
	static const char *const units[] = {"B", "kB", "MB", "GB"};
	double v = (double)n;
	unsigned u = 0;

	while (v >= 1000 && u + 1 < sizeof(units) / sizeof(units[0])) {
		v /= 1000;
		u++;
	}
	if (n)
		snprintf(dst, NUMBER_BYTES, "%.*f %s", u && v < 100 ? 1 : 0, v, units[u]);
	else
		snprintf(dst, NUMBER_BYTES, "-");
	return dst;
}

static enum role state_text(char dst[POLICY_TEXT_BYTES], const struct view_traffic *t)
{
	char n[NUMBER_BYTES], age[NUMBER_BYTES];

	number_age(age, t->age_s);
	switch (t->state) {
	case EXCHANGE_ASKED:
		snprintf(dst, POLICY_TEXT_BYTES, "IN FLIGHT for %s", age);
		return t->in_flight_s > 1 ? ROLE_WARN : ROLE_TEXT;
	case EXCHANGE_FAILED:
		snprintf(dst, POLICY_TEXT_BYTES, "FAILED %s ago", age);
		return ROLE_FAIL;
	case EXCHANGE_BROKEN:
		snprintf(dst, POLICY_TEXT_BYTES, "BROKEN OFF %s ago", age);
		return ROLE_FAIL;
	case EXCHANGE_STRANGER:
		snprintf(dst, POLICY_TEXT_BYTES, "A STRANGER answers, %s ago", age);
		return ROLE_FAIL;
	case EXCHANGE_ANSWERED:
	default:
		snprintf(dst, POLICY_TEXT_BYTES, "answered%s in %s ms, %s ago",
			 t->acted ? "" : " without actions", number_text(n, t->took_ms, 7, 0), age);
		return ROLE_TEXT;
	}
}

static int draw_exchange(const struct view_traffic *t, struct area a, int y)
{
	char text[POLICY_TEXT_BYTES], state[POLICY_TEXT_BYTES], up[NUMBER_BYTES],
		down[NUMBER_BYTES];
	char server[NUMBER_BYTES], policy[NUMBER_BYTES];
	enum role r = state_text(state, t);

	snprintf(text, sizeof(text), "%llu%s%.40s  %s", (unsigned long long)t->number,
		 t->endpoint[0] ? "  " : "", t->endpoint, state);
	y = panel_line(a, y, "request", r, text);
	snprintf(text, sizeof(text), "%s asked, %s answered; server %s ms, policy %s ms",
		 bytes_text(up, t->request_bytes), bytes_text(down, t->reply_bytes),
		 number_text(server, t->server_ms, 7, 1), number_text(policy, t->policy_ms, 7, 1));
	return panel_line(a, y, "size", ROLE_TEXT, text);
}

static int draw_counts(const struct view_traffic *t, struct area a, int y)
{
	char text[POLICY_TEXT_BYTES];
	bool bad = t->errors || t->broken || t->strangers;

	snprintf(text, sizeof(text),
		 "requests %llu, with actions %llu, errors %llu, broken off %llu, reconnects %llu",
		 (unsigned long long)t->requests, (unsigned long long)t->acts,
		 (unsigned long long)t->errors, (unsigned long long)t->broken,
		 (unsigned long long)t->reconnects);
	if (t->strangers)
		snprintf(text + strlen(text), sizeof(text) - strlen(text), ", strangers %llu",
			 (unsigned long long)t->strangers);
	return panel_line(a, y, "count", bad ? ROLE_NOTE : ROLE_TEXT, text);
}

static int draw_error(const struct view_traffic *t, struct area a, int y)
{
	char text[MESSAGE_BYTES + NUMBER_BYTES + 8], age[NUMBER_BYTES];

	if (!t->error[0])
		return panel_line(a, y, "error", ROLE_DIM, "none");
	snprintf(text, sizeof(text), "%s ago: %s", number_age(age, t->error_age_s), t->error);
	return panel_line(a, y, "error", t->state == EXCHANGE_ANSWERED ? ROLE_NOTE : ROLE_FAIL,
			  text);
}

static void shape_text(char dst[64], const struct tensor *t)
{
	dst[0] = '\0';
	if (!t->dims)
		snprintf(dst, 64, "one");
	for (unsigned i = 0; i < t->dims && i < sizeof(t->shape) / sizeof(t->shape[0]); i++)
		snprintf(dst + strlen(dst), 64 - strlen(dst), "%s%u", i ? "x" : "",
			 (unsigned)t->shape[i]);
}

static int name_width(int w)
{
	int room = w - 4 - DTYPE_W - SHAPE_W - 3 * NUMBER_W;

	return room > NAME_W ? NAME_W : room < 8 ? 8 : room;
}

static void draw_tensor(const struct tensor *t, struct area a, int y)
{
	const double v[] = {t->min, t->max, t->mean};
	int name = name_width(a.w), x = 4 + name;
	char text[64];

	area_text(a, 1, y, t->reply ? ROLE_GOT : ROLE_ASKED, t->reply ? "<-" : "->");
	area_fit(a, 4, y, name - 1, ROLE_TEXT, FIT_MIDDLE, t->name);
	area_fit(a, x, y, DTYPE_W - 1, ROLE_DIM, FIT_LEFT, t->dtype);
	shape_text(text, t);
	area_fit(a, x + DTYPE_W, y, SHAPE_W - 1, ROLE_TEXT, FIT_LEFT, text);
	x += DTYPE_W + SHAPE_W;
	for (size_t i = 0; i < sizeof(v) / sizeof(v[0]); i++, x += NUMBER_W)
		area_fit(a, x, y, NUMBER_W, isnan(v[i]) ? ROLE_UNKNOWN : ROLE_TEXT, FIT_RIGHT,
			 number_text(text, v[i], NUMBER_W - 1, 3));
}

static void draw_tensors(const struct view_traffic *t, struct area a)
{
	int room = a.h - 1, n = t->ntensors < TENSORS_MAX ? (int)t->ntensors : TENSORS_MAX;
	int x = 4 + name_width(a.w);

	area_fill(area_sub(a, 0, 0, a.w, 1), ROLE_COLUMN, ' ');
	area_text(a, 4, 0, ROLE_COLUMN, "array");
	area_text(a, x, 0, ROLE_COLUMN, "type shape");
	x += DTYPE_W + SHAPE_W;
	for (int i = 0; i < 3; i++, x += NUMBER_W)
		area_fit(a, x, 0, NUMBER_W, ROLE_COLUMN, FIT_RIGHT,
			 i == 0	  ? "min"
			 : i == 1 ? "max"
				  : "mean");
	if (n > room)
		area_textf(a, 10, 0, ROLE_COLUMN, "1-%d of %d", room > 0 ? room : 0, n);
	for (int i = 0; i < n && i < room; i++)
		draw_tensor(&t->tensor[i], a, 1 + i);
	if (!n && room > 0)
		area_text(a, 4, 1, ROLE_UNKNOWN, "no array was looked at yet");
}

static void draw(const struct scene *v, struct area a)
{
	const struct view_traffic *t = &v->s->traffic;
	char text[POLICY_TEXT_BYTES];
	enum role r = policy_latency(text, v->s, false);
	int y = 1;

	area_fill(area_sub(a, 0, 0, a.w, 1), ROLE_COLUMN, ' ');
	area_text(a, 1, 0, ROLE_COLUMN, "TRAFFIC between client and policy server");
	if (!t->seen) {
		y = panel_line(a, y, "blind", ROLE_UNKNOWN, "no source sees requests and replies");
		panel_line(a, y, "infer", r, text);
		return;
	}
	y = draw_exchange(t, a, y);
	y = panel_line(a, y, "infer", r, text);
	y = draw_counts(t, a, y);
	y = draw_error(t, a, y);
	draw_tensors(t, area_sub(a, 0, y, a.w, a.h - y));
}

const struct panel_class panel_traffic = {
	.name = "traffic",
	.summary = "requests to the policy server, replies, arrays, errors",
	.min_h = 6,
	.good_h = 12,
	.want = want,
	.draw = draw,
};
