/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Who has a device open, asked without holding up the loop: reading /proc takes some milliseconds,
 * so a thread of its own does it. One question a struct; all calls from the loop thread.
 */
#ifndef POLICYTOP_SOURCE_HOLDERS_H
#define POLICYTOP_SOURCE_HOLDERS_H

#include <stddef.h>

#include "hal/tty.h"

enum { HOLDERS_MAX = 8 };

struct holders;

/* path may be a link. NULL when no thread is left. */
struct holders *holders_start(const char *path);

/* How many, at most HOLDERS_MAX; -1 while the answer is not there. */
int holders_take(const struct holders *h, struct tty_holder out[HOLDERS_MAX]);

void holders_drop(struct holders *h); /* answered or not; NULL is allowed */

#endif
