/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Text from outside, made safe once, and bounded copies.
 *
 * Device names, dataset names, task texts and policy messages are hostile: control characters,
 * escape sequences, bidirectional overrides and broken UTF-8 are turned into visible text at the
 * edge of the model, so that neither a terminal nor JSON can be injected. Any thread.
 */
#ifndef POLICYTOP_BASE_TEXT_H
#define POLICYTOP_BASE_TEXT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/*
 * Copies len bytes of src into dst (size bytes, always terminated, cut at a character boundary).
 * C0, DEL, C1 and bidi controls become \xNN or \u{NNNN}; bytes that are no UTF-8 become \xNN.
 * Returns the length written.
 */
size_t text_clean(char *dst, size_t size, const char *src, size_t len);

/* A character that a terminal would obey: C0, DEL, C1, bidi and line controls, U+FEFF. */
bool text_hostile(uint32_t rune);

/* Like strlcpy, cutting at a character boundary. Returns the length written. */
size_t text_copy(char *dst, size_t size, const char *src);

/*
 * Decodes one UTF-8 character of at most len bytes into *rune. Returns its length, or 0 when the
 * bytes are no valid UTF-8 (overlong, surrogate, cut short).
 */
size_t text_rune(const char *s, size_t len, uint32_t *rune);

bool text_starts(const char *s, const char *prefix);
bool text_ends(const char *s, const char *suffix);

/*
 * Edit distance (insertions, deletions, substitutions) of two short words, at most 64 bytes of
 * each; for "did you mean".
 */
unsigned text_distance(const char *a, const char *b);

/* Whole-string conversions: false when text is left over, empty, out of range or not finite. */
bool text_to_double(const char *s, double *out);
bool text_to_i64(const char *s, int64_t *out);

#endif
