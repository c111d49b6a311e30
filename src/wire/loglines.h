/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What a policy's program says on its console or in its log: LeRobot's and openpi's lines become
 * events. Bytes in, however they are cut; events out, with source 0. Lines are recognised by their
 * text and not by their place in the line, because the place (module and line number) changes from
 * version to version. Escape sequences are taken out, a carriage return ends a line as a newline
 * does (progress bars). Allocates once; a longer line than LOGLINES_MAX is looked at in part.
 *
 * - EVENT_NOTE: keys missing or unexpected at load, a slow loop, goals that were clamped, an RTC
 *   delay that matters, errors of inference, bus and server, the cadence summary, one note for
 *   each chain of tracebacks with the place of its exception. What repeats is told at intervals,
 *   with how often it came meanwhile.
 * - EVENT_EPISODE and EVENT_RESET, unless told not to: "Recording episode N", "Reset the
 *   environment", "Stop recording", a strategy's control loop and the return to the start pose.
 */
#ifndef POLICYTOP_WIRE_LOGLINES_H
#define POLICYTOP_WIRE_LOGLINES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "model/event.h"

enum { LOGLINES_MAX = 4096 /* bytes of a line */ };

#define LOGLINES_FACTS FACT_RESET

struct loglines;

/* episodes: EVENT_EPISODE and EVENT_RESET, too; false when another source tells them. */
struct loglines *loglines_new(void (*emit)(void *host, const struct event *ev), void *host,
			      bool episodes);
void loglines_free(struct loglines *l); /* NULL is allowed */

/* Takes bytes until `most` lines are done. Returns how many bytes were taken. */
size_t loglines_bytes(struct loglines *l, const void *p, size_t n, size_t most, int64_t t_ns);

/* The bytes end here: what was waited with is told. More may follow. */
void loglines_end(struct loglines *l, int64_t t_ns);

/* Tells what is due at now_ns; returns when the next thing is, INT64_MAX nothing. */
int64_t loglines_due(struct loglines *l, int64_t now_ns);

uint64_t loglines_count(const struct loglines *l); /* lines so far */

/*
 * A console's bytes without what only a terminal understands, appended to nothing: dst gets at most
 * size - 1 bytes and a '\0'. Returns the bytes of src that were used: a line with its end, or all.
 */
size_t loglines_plain(char *dst, size_t size, const char *src, size_t n);

#endif
