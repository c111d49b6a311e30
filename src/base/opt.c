/* SPDX-License-Identifier: Apache-2.0 */
#include "base/opt.h"

#include <errno.h>
#include <getopt.h>
#include <string.h>

#include "base/text.h"

static int find(const struct opt *rows, const char *name)
{
	for (int i = 0; rows[i].name; i++) {
		if (strcmp(rows[i].name, name) == 0)
			return i;
	}
	return -1;
}

static int unknown(const struct opt *rows, const char *word, struct err *e)
{
	size_t n = strcspn(word, "=");
	const char *best = NULL;
	unsigned least = 4;
	char name[64];

	text_copy(name, n + 1 < sizeof(name) ? n + 1 : sizeof(name), word);
	for (int i = 0; rows[i].name; i++) {
		unsigned d = text_distance(rows[i].name, name + strspn(name, "-"));

		if (d < least) {
			least = d;
			best = rows[i].name;
		}
	}
	if (best)
		return err_set(e, EINVAL, "unknown option '%s' (did you mean --%s?)", name, best);
	return err_set(e, EINVAL, "unknown option '%s' (see --help)", name);
}

int opts_parse(struct opts *o, const struct opt *rows, int *argc, char **argv, struct err *e)
{
	/* Operands in their order; a digit behind one dash begins a negative number, which is one. */
	static const char words[] = "-:0::1::2::3::4::5::6::7::8::9::";
	struct option table[OPT_MAX + 1] = {0};
	int n = 0, left = 1;

	*o = (struct opts){.rows = rows};
	for (; rows[n].name && n < OPT_MAX; n++)
		table[n] = (struct option){rows[n].name, rows[n].arg ? 1 : 0, NULL, 1000 + n};
	optind = 0;
	opterr = 0;
	for (;;) {
		int at = optind ? optind : 1;
		int c = getopt_long(*argc, argv, words, table, NULL);

		if (c == -1)
			break;
		if (c == 1 || (c >= '0' && c <= '9')) {
			argv[left++] = argv[optind - 1];
			continue;
		}
		if (c == ':')
			return err_set(e, EINVAL, "option '%s' needs a value", argv[at]);
		if (c < 1000)
			return unknown(rows, argv[optind > 1 ? optind - 1 : 1], e);
		o->value[c - 1000] = optarg ? optarg : "";
	}
	while (optind < *argc)
		argv[left++] = argv[optind++];
	argv[left] = NULL;
	*argc = left;
	return 0;
}

bool opts_has(const struct opts *o, const char *name)
{
	return opts_text(o, name) != NULL;
}

const char *opts_text(const struct opts *o, const char *name)
{
	int i = find(o->rows, name);

	return i < 0 ? NULL : o->value[i];
}

int opts_double(const struct opts *o, const char *name, double min, double max, double fallback,
		double *out, struct err *e)
{
	const char *s = opts_text(o, name);

	*out = fallback;
	if (!s)
		return 0;
	if (!text_to_double(s, out) || *out < min || *out > max)
		return err_set(e, EINVAL, "--%s: '%s' is not a number from %g to %g", name, s, min,
			       max);
	return 0;
}

int opts_i64(const struct opts *o, const char *name, int64_t min, int64_t max, int64_t fallback,
	     int64_t *out, struct err *e)
{
	const char *s = opts_text(o, name);

	*out = fallback;
	if (!s)
		return 0;
	if (!text_to_i64(s, out) || *out < min || *out > max)
		return err_set(e, EINVAL, "--%s: '%s' is not a whole number from %lld to %lld",
			       name, s, (long long)min, (long long)max);
	return 0;
}
