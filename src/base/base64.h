/* SPDX-License-Identifier: Apache-2.0 */
/* Padded base64, as RFC 4648 writes it. Any thread. */
#ifndef POLICYTOP_BASE_BASE64_H
#define POLICYTOP_BASE_BASE64_H

#include "base/buf.h"

/* Appends the characters of n bytes, without quotes. */
void base64_add(struct buf *b, const unsigned char *p, size_t n);

/*
 * The bytes of n characters, n / 4 * 3 at most; SIZE_MAX when it is none: a digit that is none, or
 * a length that is no multiple of four. Nothing is read behind text[n - 1].
 */
size_t base64_bytes(unsigned char *dst, const char *text, size_t n);

#endif
