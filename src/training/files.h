/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Files of a training set, read with bounds: Parquet through pread (a file that shrinks meanwhile
 * is an error, not a crash), whole texts, and texts line by line. Every error names its file. One
 * thread a file.
 */
#ifndef POLICYTOP_TRAINING_FILES_H
#define POLICYTOP_TRAINING_FILES_H

#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "wire/parquet.h"

enum {
	TEXT_MAX = 64 << 20, /* bytes of a text that is read whole */
	LINE_MAX_BYTES = 16 << 20,
	FILES_MAX = 1 << 20, /* Parquet files of a set */
};

struct data_file {
	int fd;
	uint8_t *bytes; /* a window of the file */
	size_t room, have;
	uint64_t from; /* where the window begins */
	struct parquet_io io;
};

/* Opens path for parquet_open(). f must stay where it is until file_close(). */
int file_open(struct data_file *f, const char *path, struct err *e);
void file_close(struct data_file *f); /* safe after a failed open */

/* The whole text with a '\0' behind it, or NULL with e; the caller frees it. */
char *file_text_dup(const char *path, size_t *len, struct err *e);

/*
 * Calls line for every line that is not empty, without its newline; number counts from 1. Stops
 * at the first negative result, whose e gets file and line put before it.
 */
int file_lines(const char *path,
	       int (*line)(void *host, const char *text, size_t len, size_t number, struct err *e),
	       void *host, struct err *e);

/* Every *.parquet below dir, at most four folders deep, by name. */
struct file_list {
	size_t n;
	char **path;
};
int file_list_parquet(struct file_list *l, const char *dir, struct err *e);
void file_list_fini(struct file_list *l);

#endif
