/* SPDX-License-Identifier: Apache-2.0 */
/* `rig new`: asks, and offers what it finds on this machine. Main thread. */
#ifndef POLICYTOP_CMD_RIG_NEW_H
#define POLICYTOP_CMD_RIG_NEW_H

#include "rig/rig.h"

/*
 * Asks on standard error, reads answers from standard input: a number of what is offered, words of
 * one's own, or nothing for the first (where there is one) or for unknown. dev: the folder of
 * devices. db: where profiles are. -EINVAL with e: the input ended before the last question.
 */
int rig_ask(struct rig *r, const char *dev, const char *db, struct err *e);

#endif
