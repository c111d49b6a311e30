/* SPDX-License-Identifier: Apache-2.0 */
/*
 * TAP for test programs: ok() for every claim, tap_done() as the last line of main. State is in a
 * struct that main owns, so that a test program has no globals either.
 */
#ifndef POLICYTOP_TESTS_TAP_H
#define POLICYTOP_TESTS_TAP_H

#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>

struct tap {
	unsigned run, failed;
};

static inline bool tap_ok(struct tap *t, bool good, const char *file, int line, const char *fmt,
			  ...) __attribute__((format(printf, 5, 6)));

static inline bool tap_ok(struct tap *t, bool good, const char *file, int line, const char *fmt,
			  ...)
{
	va_list ap;

	printf("%s %u - ", good ? "ok" : "not ok", ++t->run);
	va_start(ap, fmt);
	vprintf(fmt, ap);
	va_end(ap);
	putchar('\n');
	if (!good) {
		t->failed++;
		printf("# failed at %s:%d\n", file, line);
	}
	fflush(stdout);
	return good;
}

#define ok(t, good, ...) tap_ok((t), (good), __FILE__, __LINE__, __VA_ARGS__)

static inline void tap_skip(struct tap *t, const char *what, const char *why)
{
	printf("ok %u - %s # SKIP %s\n", ++t->run, what, why);
}

static inline int tap_done(const struct tap *t)
{
	printf("1..%u\n", t->run);
	return t->failed ? 1 : 0;
}

#endif
