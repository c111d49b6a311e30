/* SPDX-License-Identifier: Apache-2.0 */
/* What takes several lines: Python's tracebacks, and LeRobot's table of clamped goals. */
#include <ctype.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "wire/loglines_impl.h"

enum { CLAMP_LINES_MAX = 4 * MAX_JOINTS };

static const char traceback[] = "Traceback (most recent call last):";

/* `  File "lerobot/motors/motors_bus.py", line 1123, in _write`: the innermost is the last. */
static void note_place(struct trace *t, const char *line)
{
	const char *file = strstr(line, "File \""), *end, *number;

	if (!file)
		return;
	file += 6;
	end = strstr(file, "\", line ");
	number = end ? end + 8 : NULL;
	if (!number || !isdigit((unsigned char)*number))
		return;
	if (end - file > 50) { /* the folders matter least */
		const char *slash = memchr(end - 50, '/', 50);

		file = slash ? slash + 1 : end - 50;
	}
	snprintf(t->at, sizeof(t->at), "%.*s:%.*s", (int)(end - file), file,
		 (int)strspn(number, "0123456789"), number);
}

static void take_exception(struct loglines *l, const char *line)
{
	struct trace *t = &l->trace;
	char *dst = t->first[0] ? t->last : t->first;

	snprintf(dst, sizeof(t->first), "%.*s%s%s%s", 140, line, t->at[0] ? " (" : "", t->at,
		 t->at[0] ? ")" : "");
	t->open = false;
	t->waits = true;
	t->told_ns = l->t_ns;
}

void trace_end(struct loglines *l)
{
	struct trace *t = &l->trace;
	char text[LOG_NOTE_BYTES];
	enum level level = LEVEL_WARN;

	if (t->waits) {
		snprintf(text, sizeof(text), "%s%s%s%s", t->ignored ? "Python went on after " : "",
			 t->first, t->last[0] ? "; then " : "", t->last);
		if (t->ignored || text_starts(t->first, "KeyboardInterrupt"))
			level = LEVEL_NOTE;
		/* What fails in a teardown fails again when the object is collected. */
		if (!t->ignored || !strstr(t->previous, t->first))
			log_note(l, level, "%s", text);
		text_copy(t->previous, sizeof(t->previous), text);
	}
	t->open = t->waits = t->ignored = false;
	t->first[0] = t->last[0] = t->at[0] = '\0';
}

/* Between two tracebacks of a chain. */
static bool chains(const char *line)
{
	return !line[0] || text_starts(line, "During handling of the above exception") ||
	       text_starts(line, "The above exception was the direct cause");
}

bool trace_line(struct loglines *l, const char *line)
{
	struct trace *t = &l->trace;

	if (text_starts(line, "Exception ignored ")) {
		trace_end(l);
		t->ignored = true;
		return true;
	}
	if (strstr(line, traceback)) {
		t->open = true;
		t->at[0] = '\0';
		return true;
	}
	if (t->open && (isspace((unsigned char)line[0]) || !line[0])) {
		note_place(t, line);
		return true;
	}
	if (t->open) {
		take_exception(l, line);
		return true;
	}
	if (t->waits && chains(line))
		return true;
	trace_end(l);
	return false;
}

void clamp_begin(struct loglines *l)
{
	l->clamp = (struct clamp){.open = true, .original = NAN, .worst = -1};
}

/* The number behind 'key': in a line of the table. */
static bool number_of(const char *line, const char *key, double *out)
{
	const char *at = strstr(line, key);
	char *end;

	if (!at)
		return false;
	at += strlen(key);
	*out = strtod(at, &end);
	return end != at;
}

/* `    'gripper': {   'original goal_pos': 26.4,` and `   'safe goal_pos': 2.2},` */
static void take_clamp(struct clamp *c, const char *line)
{
	const char *name = strchr(line, '\''), *end = name ? strstr(name, "': {") : NULL;
	double safe;

	if (end)
		snprintf(c->name, sizeof(c->name), "%.*s", (int)(end - name - 1), name + 1);
	if (number_of(line, "'original goal_pos': ", &c->original) || !c->name[0])
		return;
	if (!number_of(line, "'safe goal_pos': ", &safe))
		return;
	c->joints++;
	if (fabs(c->original - safe) > c->worst) {
		c->worst = fabs(c->original - safe);
		c->worst_original = c->original;
		c->worst_safe = safe;
		text_copy(c->worst_name, sizeof(c->worst_name), c->name);
	}
}

void clamp_end(struct loglines *l)
{
	struct clamp *c = &l->clamp;
	const struct log_rule *r;
	const char *at;

	if (!c->open)
		return;
	c->open = false;
	r = log_find("had to be clamped to be safe", &at);
	if (c->joints)
		log_rule_note(l, r,
			      "goal clamped by the robot's max_relative_target: %u joint%s, most "
			      "%s from %.4g to %.4g",
			      c->joints, c->joints == 1 ? "" : "s", c->worst_name,
			      c->worst_original, c->worst_safe);
	else
		log_rule_note(l, r, "goal clamped by the robot's max_relative_target");
}

bool clamp_line(struct loglines *l, const char *line)
{
	struct clamp *c = &l->clamp;

	if (!c->open)
		return false;
	if (!strstr(line, "goal_pos': ") || ++c->lines > CLAMP_LINES_MAX) {
		clamp_end(l);
		return false;
	}
	take_clamp(c, line);
	if (strstr(line, "}}"))
		clamp_end(l);
	return true;
}
