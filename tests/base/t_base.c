/* SPDX-License-Identifier: Apache-2.0 */
/* Errors, text from outside, options, source words, JSON output. */
#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/decimal.h"
#include "base/err.h"
#include "base/opt.h"
#include "base/rng.h"
#include "base/text.h"
#include "base/uri.h"
#include "tests/tap.h"

static void test_text(struct tap *t)
{
	char out[64], tiny[5];

	text_clean(out, sizeof(out), "a\x1b[31mb\xe2\x80\xae", 10);
	ok(t, strcmp(out, "a\\x1b[31mb\\u{202e}") == 0, "escapes and bidi are visible: %s", out);
	text_clean(out, sizeof(out), "\xff\xc3\xa9", 3);
	ok(t, strcmp(out, "\\xff\xc3\xa9") == 0, "broken UTF-8 is visible, good UTF-8 stays");
	text_clean(tiny, sizeof(tiny), "abc\xc3\xa9", 5);
	ok(t, strcmp(tiny, "abc") == 0, "cut at a character boundary");
	text_copy(tiny, sizeof(tiny), "abc\xc3\xa9");
	ok(t, strcmp(tiny, "abc") == 0, "text_copy cuts there, too");
	ok(t, text_distance("secnods", "seconds") == 2, "edit distance");
}

static void test_err(struct tap *t)
{
	struct err e = {0};

	ok(t, err_set(&e, ENOENT, "x %d\n", 7) == -ENOENT && strcmp(e.msg, "x 7\\x0a") == 0,
	   "err_set returns -code and cleans: %s", e.msg);
	err_prefix(&e, "file %s", "f");
	ok(t, strcmp(e.msg, "file f: x 7\\x0a") == 0, "prefix: %s", e.msg);
	ok(t, err_set(NULL, EIO, "x") == -EIO, "NULL err is allowed");
}

static void test_uri(struct tap *t)
{
	struct uri u;
	struct err e = {0};

	ok(t, uri_parse(&u, "dataset:/a%3fb?episode=7&speed=max", &e) == 0, "parses");
	ok(t, strcmp(u.kind, "dataset") == 0 && strcmp(u.rest, "/a?b") == 0, "kind and rest");
	ok(t, strcmp(uri_param(&u, "episode"), "7") == 0, "parameter");
	ok(t,
	   uri_all_used(&u, "a=, b=", &e) == -EINVAL && strstr(e.msg, "speed") &&
		   strstr(e.msg, "a=, b="),
	   "unused one is named, and those that it knows");
	uri_fini(&u);
	ok(t,
	   uri_parse(&u, "/plain/path?episodes=0-15", &e) == 0 && u.kind[0] == '\0' &&
		   strcmp(u.rest, "/plain/path") == 0,
	   "a path has no kind");
	uri_fini(&u);
	ok(t, uri_parse(&u, "x:%zz", &e) == -EINVAL, "bad percent-encoding is refused");
	ok(t, uri_parse(&u, "x:%00", &e) == -EINVAL, "an encoded NUL is refused");
}

static void test_opts(struct tap *t)
{
	static const struct opt rows[] = {{"seconds", "N", ""}, {"json", NULL, ""}, {0}};
	char a0[] = "cmd", a1[] = "src", a2[] = "--seconds=2.5", a3[] = "--json", a4[] = "two";
	char bad[] = "--secnods";
	char *argv[] = {a0, a1, a2, a3, a4, NULL}, *wrong[] = {a0, bad, NULL};
	int argc = 5, wrongc = 2;
	struct opts o;
	struct err e = {0};
	double v;

	ok(t, opts_parse(&o, rows, &argc, argv, &e) == 0 && argc == 3 && argv[2] == a4, "operands");
	ok(t, opts_has(&o, "json") && opts_double(&o, "seconds", 0, 9, 0, &v, &e) == 0 && v == 2.5,
	   "values");
	ok(t, opts_double(&o, "seconds", 0, 1, 0, &v, &e) == -EINVAL, "limits");
	ok(t, opts_parse(&o, rows, &wrongc, wrong, &e) == -EINVAL && strstr(e.msg, "--seconds"),
	   "the nearest name is told: %s", e.msg);
}

static void test_negative_operands(struct tap *t)
{
	static const struct opt rows[] = {{"seconds", "N", "n"}, {"json", NULL, "j"}, {0}};
	char a0[] = "x", a1[] = "-30", a2[] = "--seconds", a3[] = "-2", a4[] = "joint",
	     a5[] = "-4.5", a6[] = "--json", a7[] = "--", a8[] = "-9";
	char *argv[] = {a0, a1, a2, a3, a4, a5, a6, a7, a8, NULL};
	int argc = 9;
	struct opts o;
	double v;

	ok(t,
	   opts_parse(&o, rows, &argc, argv, NULL) == 0 && argc == 5 && argv[1] == a1 &&
		   argv[2] == a4 && argv[3] == a5 && argv[4] == a8 && !argv[5],
	   "negative numbers are operands, in their order");
	ok(t,
	   opts_has(&o, "json") && opts_double(&o, "seconds", -9, 9, 0, &v, NULL) == 0 && v == -2,
	   "and values of options");
}

/* What decimal_text() promises, word for word. */
static bool is_shortest(double v)
{
	char text[DECIMAL_BYTES], want[DECIMAL_BYTES];

	for (int digits = 15; digits <= 17; digits++) {
		snprintf(want, sizeof(want), "%.*g", digits, v);
		if (strtod(want, NULL) == v)
			break;
	}
	decimal_text(text, v);
	if (strcmp(text, want))
		fprintf(stderr, "# %s instead of %s\n", text, want);
	return strcmp(text, want) == 0;
}

static void test_decimals(struct tap *t)
{
	struct rng r = rng_seed(2);
	bool same = is_shortest(0) && is_shortest(-0.0) && is_shortest(1e300) &&
		    is_shortest(5e-324);

	for (int e = -6; e < 18; e++) {
		double ten = pow(10, e), two = ldexp(1, 3 * e);

		same &= is_shortest(ten) && is_shortest(nextafter(ten, 0)) &&
			is_shortest(nextafter(ten, 1e20)) && is_shortest(-two) &&
			is_shortest(nextafter(two, 0)) && is_shortest(nextafter(two, 1e20));
	}
	for (int i = 0; i < 30000; i++) {
		double v = ldexp(rng_unit(&r) - 0.5, (int)(rng_u32(&r) % 70) - 17);
		double grid = round(ldexp(v, 16));

		same &= is_shortest(v) && is_shortest((double)(float)v) &&
			is_shortest(ldexp(grid, -16)) && is_shortest(grid / 1000);
	}
	ok(t, same, "numbers have as few digits as read back the same");
}

static void test_numbers(struct tap *t)
{
	struct rng r = rng_seed(1);
	struct buf b = {0};
	bool same = true;

	for (int i = 0; i < 10000; i++) {
		double v = ldexp(rng_unit(&r) - 0.5, (int)(rng_u32(&r) % 200) - 100);

		buf_clear(&b);
		buf_json_num(&b, v);
		same = same && strtod(b.p, NULL) == v;
	}
	ok(t, same, "10 000 numbers come back from JSON bit for bit");
	buf_clear(&b);
	buf_json_num(&b, NAN);
	buf_json_str(&b, "a\"\n\xff");
	ok(t, strcmp(b.p, "null\"a\\\"\\u000a\xef\xbf\xbd\"") == 0, "NaN is null, text is escaped");
	buf_fini(&b);
}

int main(void)
{
	struct tap t = {0};

	test_text(&t);
	test_err(&t);
	test_uri(&t);
	test_opts(&t);
	test_negative_operands(&t);
	test_decimals(&t);
	test_numbers(&t);
	return tap_done(&t);
}
