/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The .npy container of numpy.save(), versions 1, 2 and 3, as GR00T puts it into its messages: a
 * short header, then the array. Arrays of Python objects are pickles and are refused by their
 * dtype. Pure; any thread.
 */
#ifndef POLICYTOP_WIRE_NPY_H
#define POLICYTOP_WIRE_NPY_H

#include <stddef.h>
#include <sys/types.h>

#include "wire/ndarray.h"

enum { NPY_HEADER_MAX = 4096 /* bytes; numpy writes 128 for anything but records */ };

/*
 * Reads the header in the n first bytes of a file: dtype, shape and order; a->data stays as it
 * is. Returns where the array begins, or -EBADMSG with *why, static.
 */
ssize_t npy_header(struct ndarray *a, const void *p, size_t n, const char **why);

/* Appends a file, version 1, of an array in C order: dtype as numpy writes it, p its n bytes. */
struct buf;
void npy_put(struct buf *b, const char *dtype, const uint32_t *shape, unsigned dims, const void *p,
	     size_t n);

#endif
