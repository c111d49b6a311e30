/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Runs the operator's command at a fail: `/bin/sh -c CMD` with the verdict as one line of JSON on
 * its standard input, output to nowhere. The command is the operator's own text and nothing from
 * outside gets into it. Never waits: the verdict fits into the pipe, children are collected when
 * they end. Main thread; the caller gets SIGCHLD.
 */
#ifndef POLICYTOP_UI_ONFAIL_H
#define POLICYTOP_UI_ONFAIL_H

#include "base/buf.h"
#include "base/err.h"
#include "model/verdict.h"

enum { ONFAIL_RUNNING_MAX = 4 };

struct onfail {
	const char *command; /* NULL none */
	unsigned running, skipped;
};

/* One object without newline: schema, rig, code, level, subject, episode, seq, value, … */
void onfail_json(struct buf *b, const char *rig, const struct verdict *v);

/* 0, or -errno with e; -EBUSY: ONFAIL_RUNNING_MAX of them run (counted in skipped). */
int onfail_run(struct onfail *o, const char *rig, const struct verdict *v, struct err *e);

void onfail_collect(struct onfail *o); /* after SIGCHLD */

#endif
