/* SPDX-License-Identifier: Apache-2.0 */
/* The capture file of a run that was killed: cut to its last whole record, then continued. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "engine/capture_file.h"
#include "tests/tap.h"
#include "wire/capture.h"

static size_t read_file(const char *path, char *p, size_t size)
{
	FILE *f = fopen(path, "rb");
	size_t n = f ? fread(p, 1, size, f) : 0;

	if (f)
		fclose(f);
	return n;
}

/* Whole records of the file; all: nothing else is in it. */
static unsigned records(const char *path, bool *all)
{
	static char p[4096];
	size_t n = read_file(path, p, sizeof(p)), at = 0;
	struct capture_header h = {0};
	struct capture_record r;
	ssize_t used = capture_get_header(&h, p, n, NULL);
	unsigned count = 0;

	while (used > 0) {
		at += (size_t)used;
		used = capture_get(&r, p + at, n - at, h.sources, NULL);
		count += used > 0;
	}
	*all = at == n;
	capture_header_fini(&h);
	return count;
}

/* Whether record number n is the mark of a new beginning. */
static bool mark_at(const char *path, unsigned n)
{
	static char p[4096];
	size_t size = read_file(path, p, sizeof(p)), at = 0;
	struct capture_header h = {0};
	struct capture_record r = {.len = 1};
	ssize_t used = capture_get_header(&h, p, size, NULL);

	for (unsigned i = 0; used > 0 && i <= n; i++) {
		at += (size_t)used;
		used = capture_get(&r, p + at, size - at, h.sources, NULL);
	}
	capture_header_fini(&h);
	return used > 0 && r.len == 0 && r.direction == 0 && r.t_ns > 0;
}

int main(void)
{
	static const char *const word = "stdin:";
	char path[] = "/tmp/t_captureXXXXXX";
	struct capture_file f;
	struct tap t = {0};
	struct err e = {0};
	bool all;

	close(mkstemp(path));
	ok(&t, capture_file_open(&f, path, &word, 1, false, &e) == 0, "a capture");
	capture_file_add(&f, 0, 0, 1, "one\n", 4);
	capture_file_add(&f, 0, 0, 2, "two\n", 4);
	capture_file_close(&f);
	ok(&t, records(path, &all) == 2 && all, "of two records");
	ok(&t, truncate(path, 60) == 0 && records(path, &all) == 1 && !all, "cut in the second");
	ok(&t, capture_file_open(&f, path, &word, 1, true, &e) == 0, "is continued");
	capture_file_add(&f, 0, 0, 3, "three\n", 6);
	capture_file_close(&f);
	ok(&t, records(path, &all) == 3 && all, "without the part that was left, with a mark");
	ok(&t, mark_at(path, 1), "that the bytes begin anew");
	truncate(path, 5);
	capture_file_open(&f, path, &word, 1, true, &e);
	capture_file_add(&f, 0, 0, 3, "three\n", 6);
	capture_file_close(&f);
	ok(&t, records(path, &all) == 1 && all, "also when not even its header was whole");
	unlink(path);
	return tap_done(&t);
}
