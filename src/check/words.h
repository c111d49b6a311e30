/* SPDX-License-Identifier: Apache-2.0 */
/* Two prompts, compared word by word, and the difference in words. Pure; bounded; any thread. */
#ifndef POLICYTOP_CHECK_WORDS_H
#define POLICYTOP_CHECK_WORDS_H

#include <stdbool.h>
#include <stddef.h>

enum { WORDS_MAX = 40 }; /* of a text; what follows is not compared word by word */

/*
 * Lower case (ASCII), without punctuation (underscores stay), white space squeezed: as GR00T reads
 * a prompt. Two prompts that fold to the same differ in case, punctuation or spaces only.
 */
void words_fold(char *dst, size_t size, const char *src);

/* Single characters where words should be: a text that was taken for a list. */
bool words_split(const char *text);

/* How many words must be added, removed or replaced; case and punctuation do not count. */
unsigned words_apart(const char *a, const char *b);

/* "other words: Grasp/Grab, a/the; more: and put it down; missing: red". Cut to size. */
void words_difference(char *dst, size_t size, const char *said, const char *trained);

/* Copies src, with "..." at its end where size cuts it. */
void words_cut(char *dst, size_t size, const char *src);

#endif
