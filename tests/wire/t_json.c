/* SPDX-License-Identifier: Apache-2.0 */
/* The tokenizer: tokens, numbers, strings, and texts that are no JSON. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/rng.h"
#include "tests/tap.h"
#include "wire/json.h"

/* The tokens of text as one letter each; the text lies at the very end of its memory. */
static const char *letters(char out[64], const char *text)
{
	static const char letter[] = "{}[]ksntfz.!";
	size_t len = strlen(text), at = 0;
	char *copy = xcalloc(len ? len : 1, 1);
	struct json j;

	memcpy(copy, text, len);
	json_init(&j, copy, len);
	do {
		out[at++] = letter[json_next(&j)];
	} while (j.token != JSON_END && j.token != JSON_ERROR && at < 63);
	out[at] = '\0';
	free(copy);
	return out;
}

static void test_tokens(struct tap *t)
{
	static const struct {
		const char *text, *want;
	} rows[] = {
		{"{\"a\":[1,null , true,false],\"b\":\"x\"}", "{k[nztf]ks}."},
		{" [ ] ", "[]."},
		{"{}", "{}."},
		{"[NaN,-Infinity,Infinity]", "[nnn]."},
		{"-0.0", "n."},
		{"1e5", "n."},
		{"", "!"},
		{"[1,]", "[n!"},
		{"[,1]", "[!"},
		{"{\"a\" 1}", "{!"},
		{"{\"a\":1,}", "{kn!"},
		{"{1:2}", "{!"},
		{"[1 2]", "[n!"},
		{"[1", "[n!"},
		{"[1}", "[n!"},
		{"{\"a\":1]", "{kn!"},
		{"]", "!"},
		{"01", "!"},
		{"1.", "!"},
		{".5", "!"},
		{"+1", "!"},
		{"1e", "!"},
		{"-", "!"},
		{"-NaN", "!"},
		{"0x10", "n!"},
		{"nul", "!"},
		{"NaNa", "n!"},
		{"\"a", "!"},
		{"\"a\\", "!"},
		{"\"a\\\"", "!"},
		{"1 2", "n!"},
		{"{} x", "{}!"},
	};
	char out[64], deep[80];

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		ok(t, strcmp(letters(out, rows[i].text), rows[i].want) == 0, "%s gives %s",
		   rows[i].text, out);
	memset(deep, '[', 79);
	deep[79] = '\0';
	letters(out, deep);
	ok(t, strlen(out) == JSON_DEPTH_MAX + 1 && out[JSON_DEPTH_MAX] == '!', "depth is bounded");
}

static void test_skip(struct tap *t)
{
	static const char text[] = "[{\"a\":[[1],{}]},7,[],8]";
	struct json j;
	int64_t v = 0;

	json_init(&j, text, strlen(text));
	json_next(&j);
	json_next(&j);
	ok(t, json_skip(&j) == JSON_OBJECT_END && json_next(&j) == JSON_NUMBER && json_i64(&j, &v),
	   "an object is skipped whole");
	ok(t, v == 7 && json_skip(&j) == JSON_NUMBER, "a number skips to itself");
	json_next(&j);
	ok(t, json_skip(&j) == JSON_ARRAY_END && json_next(&j) == JSON_NUMBER, "an empty list");
	json_init(&j, "[[1", 3);
	json_next(&j);
	ok(t, json_skip(&j) == JSON_ERROR && json_skip(&j) == JSON_ERROR, "cut short: an error");
}

/* Decimals as people and programs write them, short and long, beside strtod(). */
static void test_decimals(struct tap *t)
{
	struct rng r = rng_seed(9);
	unsigned wrong = 0;
	struct json j;
	double d;

	for (int i = 0; i < 300000; i++) {
		double v = rng_range(&r, -200, 200) * pow(10, (int)(rng_u32(&r) % 24) - 16);
		double want;
		char text[64];

		if (i % 3 == 0)
			v = (double)(float)v;
		if (i % 2)
			snprintf(text, sizeof(text), "%.17g", v);
		else
			snprintf(text, sizeof(text), "%.*f", (int)(rng_u32(&r) % 20), v);
		want = strtod(text, NULL);
		json_init(&j, text, strlen(text));
		json_next(&j);
		if (!json_double(&j, &d) || memcmp(&d, &want, sizeof(d)) != 0)
			wrong++;
	}
	ok(t, wrong == 0, "300 000 decimals are rounded as strtod() rounds them (%u are not)",
	   wrong);
}

/* Exactly between two doubles, and one unit of the last place off. */
static void test_ties(struct tap *t)
{
	static const char *const rows[] = {
		"9007199254740993",
		"9007199254740992.5",
		"9007199254740993.001",
		"9007199254740995",
		"4503599627370496.5",
		"4503599627370497.5",
		"18446744073709551615",
		"1844674407370955161",
		"0.5000000000000000555",
		"0.1",
		"-0.3",
		"0.0000000000000000001",
		"1234567890123456789",
		"-0.0",
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		double want = strtod(rows[i], NULL), d = 7;
		struct json j;

		json_init(&j, rows[i], strlen(rows[i]));
		json_next(&j);
		ok(t, json_double(&j, &d) && memcmp(&d, &want, sizeof(d)) == 0, "%s", rows[i]);
	}
}

static void test_doubles(struct tap *t)
{
	struct rng r = rng_seed(7);
	bool same = true;
	struct json j;
	double d;

	for (int i = 0; i < 20000; i++) {
		uint64_t bits = (uint64_t)rng_u32(&r) << 32 | rng_u32(&r);
		double v;
		char text[40];

		memcpy(&v, &bits, sizeof(v));
		if (!isfinite(v))
			continue;
		snprintf(text, sizeof(text), "%.17g", v);
		json_init(&j, text, strlen(text));
		json_next(&j);
		same = same && json_double(&j, &d) && memcmp(&d, &v, sizeof(d)) == 0;
	}
	ok(t, same, "20 000 random bit patterns come back, sign of zero and denormals included");
	json_init(&j, "1e999", 5);
	json_next(&j);
	ok(t, !json_double(&j, &d), "1e999 is no double");
	json_init(&j, "4e-324", 6);
	json_next(&j);
	ok(t, json_double(&j, &d) && d > 0, "the smallest denormal is one");
	json_init(&j, "-Infinity", 9);
	json_next(&j);
	ok(t, json_double(&j, &d) && isinf(d) && d < 0, "-Infinity");
}

static bool nano_is(const char *text, int64_t want)
{
	struct json j;
	int64_t v = -1;

	json_init(&j, text, strlen(text));
	json_next(&j);
	return json_nano(&j, &v) && v == want;
}

static void test_nano(struct tap *t)
{
	struct json j;
	int64_t v;

	ok(t, nano_is("1763697600.123456789", 1763697600123456789), "all nine places count");
	ok(t, nano_is("0.033", 33000000) && nano_is("7", 7000000000), "fewer places");
	ok(t, nano_is("-0.5", -500000000) && nano_is("-0.0", 0), "below zero");
	ok(t, nano_is("0.0333333333333", 33333333) && nano_is("0.0000000015", 2), "rounded");
	ok(t, nano_is("1.5e-3", 1500000), "an exponent");
	ok(t, nano_is("12345634567890.1234567890123e-12", 12345634568),
	   "many digits and an exponent");
	json_init(&j, "1e10", 4);
	json_next(&j);
	ok(t, !json_nano(&j, &v), "too large");
}

static void test_text(struct tap *t)
{
	static const char text[] = "\"a\\n\\u00e9\\ud83d\\ude00\\ud800\\u12\\\"\"";
	static const char want[] = "a\n\xc3\xa9\xf0\x9f\x98\x80\xef\xbf\xbd\xef\xbf\xbd"
				   "12\"";
	char out[64];
	struct json j;
	size_t n;

	json_init(&j, text, strlen(text));
	json_next(&j);
	n = json_text(&j, out, sizeof(out));
	ok(t, n == strlen(want) && memcmp(out, want, n) == 0, "escapes, pairs, lone surrogates");
	ok(t, json_text(&j, out, 4) == 4, "cut at the size given");
	ok(t, json_text(&j, out, 3) == 2, "never inside a character");
}

int main(void)
{
	struct tap t = {0};

	test_tokens(&t);
	test_skip(&t);
	test_doubles(&t);
	test_decimals(&t);
	test_ties(&t);
	test_nano(&t);
	test_text(&t);
	return tap_done(&t);
}
