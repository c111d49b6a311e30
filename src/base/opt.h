/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Command-line options of one command, parsed from a table of rows. The rows also feed --help, the
 * completions and the test that holds man pages and options together. Any thread (getopt: one).
 */
#ifndef POLICYTOP_BASE_OPT_H
#define POLICYTOP_BASE_OPT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"

enum { OPT_MAX = 32 };

struct opt {
	const char *name; /* "seconds", long form without dashes; NULL ends a table */
	const char *arg;  /* "N", "FILE"; NULL: a switch */
	const char *help; /* one line, lower case, no full stop */
};

struct opts {
	const struct opt *rows;
	const char *value[OPT_MAX]; /* by row: NULL not given, "" a switch that was given */
};

/*
 * Parses argv[1..]; moves what is no option to argv[1..*argc-1]. "--" ends the options; "-30" is a
 * number and no option.
 * 0, or -EINVAL with a sentence that names the nearest known option.
 */
int opts_parse(struct opts *o, const struct opt *rows, int *argc, char **argv, struct err *e);

bool opts_has(const struct opts *o, const char *name);
const char *opts_text(const struct opts *o, const char *name); /* NULL: not given */

/* The number of an option, or fallback when it was not given; -EINVAL outside min..max. */
int opts_double(const struct opts *o, const char *name, double min, double max, double fallback,
		double *out, struct err *e);
int opts_i64(const struct opts *o, const char *name, int64_t min, int64_t max, int64_t fallback,
	     int64_t *out, struct err *e);

#endif
