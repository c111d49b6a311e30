/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The file of `--capture FILE`: records of wire/capture.h, written as they come, from the writer
 * thread. A segment that continues a run appends to the file of the one before.
 */
#ifndef POLICYTOP_ENGINE_CAPTURE_FILE_H
#define POLICYTOP_ENGINE_CAPTURE_FILE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/err.h"

struct capture_file {
	int fd;		  /* -1: none */
	struct buf buf;	  /* not yet written */
	struct err error; /* code 0: none; the first one ends the capture, never the recording */
};

/*
 * resume: append to an existing capture of the same sources, with a mark for each that its bytes
 * begin anew. 0, or -errno with e.
 */
int capture_file_open(struct capture_file *f, const char *path, const char *const *word,
		      unsigned words, bool resume, struct err *e);
void capture_file_add(struct capture_file *f, uint16_t source, int direction, int64_t t_ns,
		      const void *p, size_t len);
void capture_file_flush(struct capture_file *f);
void capture_file_close(struct capture_file *f);

#endif
