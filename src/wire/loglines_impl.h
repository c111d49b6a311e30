/* SPDX-License-Identifier: Apache-2.0 */
/* Shared by loglines*.c; nobody else includes it. */
#ifndef POLICYTOP_WIRE_LOGLINES_IMPL_H
#define POLICYTOP_WIRE_LOGLINES_IMPL_H

#include "model/verdict.h"
#include "wire/loglines.h"

enum { LOG_RULES_MAX = 40, LOG_NOTE_BYTES = 480, LOG_NAME_BYTES = 80 };

struct loglines;

/* A text to look for; the first rule of a line wins. */
struct log_rule {
	const char *text;
	enum level level;
	int64_t quiet_ns; /* told at most once in this time; 0 always */
	const char *say;  /* put before the line's text from `text` on; NULL: act tells */
	void (*act)(struct loglines *l, const struct log_rule *r, const char *line, const char *at);
};
extern const struct log_rule log_rules[]; /* text NULL ends */

/* How far an escape sequence has come. */
enum escape { ESC_NONE, ESC_BEGUN, ESC_CSI, ESC_STRING, ESC_STRING_END };

struct strip {
	enum escape state;
	unsigned len; /* of the sequence: one that never ends is text again */
};

/* True: c is text, false: part of an escape sequence, or nothing to be shown. */
bool strip_takes(struct strip *s, unsigned char c);

/* A chain of tracebacks: the first and the last exception of it. */
struct trace {
	bool open;	 /* between "Traceback" and its exception */
	bool waits;	 /* exceptions are there; a next one may be chained */
	bool ignored;	 /* Python went on ("Exception ignored in") */
	int64_t told_ns; /* when the last exception came */
	char at[LOG_NAME_BYTES];
	char first[LOG_NOTE_BYTES / 2], last[LOG_NOTE_BYTES / 2];
	char previous[LOG_NOTE_BYTES];
};

/* "Relative goal position magnitude had to be clamped", and the table that follows it. */
struct clamp {
	bool open;
	unsigned lines, joints;
	double original, worst; /* of the joint under way; the largest cut so far */
	double worst_original, worst_safe;
	char name[LOG_NAME_BYTES], worst_name[LOG_NAME_BYTES];
};

struct loglines {
	void (*emit)(void *host, const struct event *ev);
	void *host;
	bool episodes;
	bool in_episode; /* as told by this log */
	bool replanned;	 /* RTC has replanned since its reset: the first delay says nothing */
	bool stopping;	 /* and the last one, neither */
	uint64_t lines;
	int64_t t_ns; /* of the bytes at hand */
	struct strip strip;
	struct trace trace;
	struct clamp clamp;
	struct {
		int64_t told_ns; /* TIME_UNKNOWN never */
		uint64_t held;	 /* came since */
	} rule[LOG_RULES_MAX];
	bool returned; /* the last byte was a carriage return */
	size_t len;
	char line[LOGLINES_MAX];
};

void log_note(struct loglines *l, enum level level, const char *fmt, ...)
	__attribute__((format(printf, 3, 4)));

/* The same under the rule's interval: adds how often it came since it was told. */
void log_rule_note(struct loglines *l, const struct log_rule *r, const char *fmt, ...)
	__attribute__((format(printf, 3, 4)));

void log_episode(struct loglines *l, bool start, enum outcome outcome, const char *why);
void log_reset(struct loglines *l);

/* Each returns true when the line was its own. */
bool trace_line(struct loglines *l, const char *line);
bool clamp_line(struct loglines *l, const char *line);

void clamp_begin(struct loglines *l);
void clamp_end(struct loglines *l);
void trace_end(struct loglines *l); /* tells what waits */

/* The rule whose text is in the line, and where; NULL none. */
const struct log_rule *log_find(const char *line, const char **at);

#endif
