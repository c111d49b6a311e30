/* SPDX-License-Identifier: Apache-2.0 */
/* The texts, and what each means. LeRobot 0.5 to 0.6 and its main branch, openpi. */
#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "wire/loglines_impl.h"

/* "Missing key(s) when loading model: {'model.log_std', …}": how many, and the first of them. */
static void keys(struct loglines *l, const struct log_rule *r, const char *line, const char *at)
{
	const char *list = strpbrk(at, "[{"), *name = list ? strchr(list, '\'') : NULL;
	unsigned n = 0;

	(void)line;
	for (const char *c = list; c && *c; c++)
		n += *c == '\'';
	n = (n + 1) / 2;
	if (!n) {
		log_rule_note(l, r, "%s%s", r->say, at);
		return;
	}
	log_rule_note(l, r, "%s%u key%s %s when the policy was loaded: %.*s%s", r->say, n,
		      n == 1 ? "" : "s", at[0] == 'M' ? "missing" : "unexpected",
		      (int)strcspn(name + 1, "'"), name + 1, n > 1 ? ", …" : "");
}

static void slow_loop(struct loglines *l, const struct log_rule *r, const char *line,
		      const char *at)
{
	const char *goal = strstr(at, "target FPS (");
	double hz = strtod(at + strlen(r->text), NULL), fps = goal ? strtod(goal + 12, NULL) : 0;

	(void)line;
	if (hz > 0 && fps > 0)
		log_rule_note(l, r, "slow loop: %.1f Hz of %.4g Hz (work alone, by LeRobot)", hz,
			      fps);
}

static void clamped(struct loglines *l, const struct log_rule *r, const char *line, const char *at)
{
	(void)r;
	(void)line;
	(void)at;
	clamp_begin(l);
}

/* The number behind a key, and what may stand between them. */
static bool number_after(const char *at, const char *key, long *out)
{
	const char *k = strstr(at, key);
	char *end;

	if (!k)
		return false;
	k += strlen(key);
	k += strspn(k, "=: ");
	*out = strtol(k, &end, 10);
	return end != k && *out >= 0 && *out < 1000000;
}

/*
 * LeRobot prints this at nearly every replan of a healthy run, because the delay is rounded up: one
 * step apart is normal, and before the first chunk there is nothing to execute.
 */
static void rtc_delay(struct loglines *l, const struct log_rule *r, const char *line,
		      const char *at)
{
	bool first = !l->replanned;
	long diff, delay;

	(void)line;
	if (!(number_after(at, "indexes_diff", &diff) && number_after(at, "real_delay", &delay)) &&
	    !(number_after(at, ". Indexes diff", &diff) &&
	      number_after(at, ", real delay", &delay)))
		return;
	l->replanned = true;
	if (l->stopping || labs(delay - diff) <= 1 || (first && diff == 0))
		return;
	log_rule_note(
		l, r,
		"RTC: inference took %ld steps, and only %ld actions were executed meanwhile%s",
		delay, diff, diff < delay ? ": the chunk was used up" : "");
}

static void starved(struct loglines *l, const struct log_rule *r, const char *line, const char *at)
{
	(void)r;
	(void)line;
	log_note(l, LEVEL_WARN, "LeRobot: %.*s", (int)strcspn(at, "\n"), at);
}

static void cadence(struct loglines *l, const struct log_rule *r, const char *line, const char *at)
{
	(void)line;
	log_note(l, strstr(at, "starved ticks:") ? LEVEL_WARN : r->level, "LeRobot: %s", at);
}

/* Only where the line ends with it: people write about episodes, too. */
static bool ends_there(const char *end)
{
	return !end[strspn(end, " \t.")];
}

static void recording(struct loglines *l, const struct log_rule *r, const char *line,
		      const char *at)
{
	const char *number = at + strlen(r->text);
	size_t digits = strspn(number, "0123456789");

	(void)line;
	if (digits && digits < 10 && ends_there(number + digits))
		log_episode(l, true, OUTCOME_UNKNOWN, at);
}

static void begins(struct loglines *l, const struct log_rule *r, const char *line, const char *at)
{
	(void)line;
	(void)at;
	if (!l->in_episode)
		log_episode(l, true, OUTCOME_UNKNOWN, r->text);
}

static void ends(struct loglines *l, const struct log_rule *r, const char *line, const char *at)
{
	(void)line;
	if (ends_there(at + strlen(r->text)))
		log_episode(l, false, OUTCOME_UNKNOWN, r->text);
}

static void returning(struct loglines *l, const struct log_rule *r, const char *line,
		      const char *at)
{
	(void)line;
	(void)at;
	l->stopping = true;
	log_episode(l, false, OUTCOME_UNKNOWN, r->text);
}

static void discards(struct loglines *l, const struct log_rule *r, const char *line, const char *at)
{
	(void)line;
	if (ends_there(at + strlen(r->text)))
		log_episode(l, false, OUTCOME_DISCARD, r->text);
}

static void reset(struct loglines *l, const struct log_rule *r, const char *line, const char *at)
{
	(void)r;
	(void)line;
	(void)at;
	log_reset(l);
}

/* "ERROR 2026-11-21 02:14:44 _rollout.py:219 text", "ERROR:root:text". */
static bool is_error(const char *line)
{
	static const char *const words[] = {"ERROR ", "ERROR:", "CRITICAL ", "CRITICAL:"};

	for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++) {
		if (text_starts(line, words[i]))
			return true;
	}
	return false;
}

static void error_line(struct loglines *l, const struct log_rule *r, const char *line,
		       const char *at)
{
	(void)at;
	if (is_error(line))
		log_rule_note(l, r, "%s", line);
}

#define SECONDS(n) ((n)*NS_PER_S)

const struct log_rule log_rules[] = {
	{"Missing key(s) when loading model: ", LEVEL_WARN, 0, "checkpoint: ", keys},
	{"Unexpected key(s) when loading model: ", LEVEL_WARN, 0, "checkpoint: ", keys},
	{"Missing keys when loading state dict", LEVEL_WARN, 0, "checkpoint: ", keys},
	{"Unexpected keys when loading state dict", LEVEL_WARN, 0, "checkpoint: ", keys},
	{"Could not load state dict", LEVEL_WARN, 0, "checkpoint: ", NULL},
	{"Returning model without loading pretrained weights", LEVEL_FAIL, 0, "checkpoint: ", NULL},
	{"loop is running slower (", LEVEL_WARN, SECONDS(5), NULL, slow_loop},
	{"had to be clamped to be safe", LEVEL_WARN, SECONDS(5), NULL, clamped},
	{"Indexes diff is not equal to real delay", LEVEL_WARN, SECONDS(5), NULL, rtc_delay},
	{"RTC inference error", LEVEL_WARN, SECONDS(1), "", NULL},
	{"Fatal error in RTC thread", LEVEL_FAIL, 0, "", NULL},
	{"ticks with no action to send (", LEVEL_WARN, 0, NULL, starved},
	{"Cadence (", LEVEL_NOTE, 0, NULL, cadence},
	{"Cadence summary", LEVEL_NOTE, 0, NULL, cadence},
	{"effective cadence: ", LEVEL_NOTE, 0, NULL, cadence},
	{"cycles over the ", LEVEL_NOTE, 0, NULL, cadence},
	{"Recording episode ", LEVEL_OK, 0, NULL, recording},
	{"Re-record episode", LEVEL_OK, 0, NULL, discards},
	{"Reset the environment", LEVEL_OK, 0, NULL, ends},
	{"Stop recording", LEVEL_OK, 0, NULL, ends},
	{"Base strategy control loop started", LEVEL_OK, 0, NULL, begins},
	{"Sentry recording started", LEVEL_OK, 0, NULL, begins},
	{"Highlight strategy recording started", LEVEL_OK, 0, NULL, begins},
	{"Returning robot to initial position", LEVEL_OK, 0, NULL, returning},
	{"Stopping inference engine", LEVEL_OK, 0, NULL, returning},
	{"Resetting sync inference state", LEVEL_OK, 0, NULL, reset},
	{"Resetting RTC inference state", LEVEL_OK, 0, NULL, reset},
	{"Shutdown signal ", LEVEL_NOTE, 0, "LeRobot: ", NULL},
	{"Force shutdown", LEVEL_WARN, 0, "second signal, the arm went limp where it was: ", NULL},
	{"Could not return to initial position: ", LEVEL_WARN, 0, "LeRobot: ", NULL},
	{"Mismatch between calibration values", LEVEL_WARN, 0, "LeRobot: ", NULL},
	{"[RxPacketError] ", LEVEL_WARN, SECONDS(1), "bus: ", NULL},
	{"[TxRxResult] ", LEVEL_WARN, SECONDS(1), "bus: ", NULL},
	{"Overload error", LEVEL_WARN, SECONDS(1), "bus: ", NULL},
	{"policytop: the command ", LEVEL_NOTE, 0, "", NULL}, /* run's, behind the last words */
	{"Still waiting for server", LEVEL_WARN, SECONDS(30), "policy client: ", NULL},
	{"Error in inference server:", LEVEL_WARN, 0, "policy client: ", NULL},
	{"ERROR", LEVEL_WARN, SECONDS(1), NULL, error_line},
	{"CRITICAL", LEVEL_WARN, SECONDS(1), NULL, error_line},
	{0},
};

_Static_assert(sizeof(log_rules) / sizeof(log_rules[0]) <= LOG_RULES_MAX, "LOG_RULES_MAX");

const struct log_rule *log_find(const char *line, const char **at)
{
	for (const struct log_rule *r = log_rules; r->text; r++) {
		*at = strstr(line, r->text);
		if (*at)
			return r;
	}
	return NULL;
}
