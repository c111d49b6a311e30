/* SPDX-License-Identifier: Apache-2.0 */
/* Numbers of the tokenizer: the grammar is checked already, here they get their value. */
#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "wire/json.h"

#ifdef __SIZEOF_INT128__
/*
 * m / divisor, m not 0, rounded to the nearest double, ties to even: the quotient to at least 64
 * bits and whether anything is left over decide it exactly.
 */
static double divide(uint64_t m, uint64_t divisor)
{
	int lead = __builtin_clzll(m), drop;
	unsigned __int128 top = (unsigned __int128)(m << lead) << 64;
	unsigned __int128 quotient = top / divisor, rest, half;
	bool left_over = top % divisor;
	uint64_t high = (uint64_t)(quotient >> 64), kept;

	drop = (high ? 128 - __builtin_clzll(high) : 64 - __builtin_clzll((uint64_t)quotient)) - 53;
	kept = (uint64_t)(quotient >> drop);
	rest = quotient & (((unsigned __int128)1 << drop) - 1);
	half = (unsigned __int128)1 << (drop - 1);
	if (rest > half || (rest == half && (left_over || (kept & 1))))
		kept++;
	return ldexp((double)kept, drop - 64 - lead);
}

/*
 * A plain decimal of at most 19 digits, four times as fast as strtod(). False: it is something
 * else.
 */
static bool decimal(const char *p, const char *end, double *out)
{
	uint64_t m = 0, divisor = 1;
	bool minus = *p == '-', dot = false;

	for (p += minus; p < end; p++) {
		if (*p == '.') {
			dot = true;
			continue;
		}
		if (*p < '0' || *p > '9' || m > (UINT64_MAX - 9) / 10 ||
		    (dot && divisor > UINT64_MAX / 10))
			return false;
		m = m * 10 + (uint64_t)(*p - '0');
		if (dot)
			divisor *= 10;
	}
	*out = m ? divide(m, divisor) : 0;
	if (minus)
		*out = -*out;
	return true;
}
#else
static bool decimal(const char *p, const char *end, double *out)
{
	(void)p;
	(void)end;
	(void)out;
	return false;
}
#endif

bool json_double(const struct json *j, double *out)
{
	char token[JSON_NUMBER_MAX + 1];
	const char *digit = j->text + (j->token == JSON_NUMBER && *j->text == '-');

	if (j->token != JSON_NUMBER)
		return false;
	if (*digit == 'N' || *digit == 'I') {
		*out = *digit == 'N' ? (double)NAN : *j->text == '-' ? -HUGE_VAL : HUGE_VAL;
		return true;
	}
	if (decimal(j->text, j->text + j->len, out))
		return true;
	memcpy(token, j->text, j->len);
	token[j->len] = '\0';
	*out = strtod(token, NULL);
	return isfinite(*out);
}

bool json_i64(const struct json *j, int64_t *out)
{
	char token[JSON_NUMBER_MAX + 1];
	char *end;
	int64_t v;

	if (j->token != JSON_NUMBER)
		return false;
	memcpy(token, j->text, j->len);
	token[j->len] = '\0';
	errno = 0;
	v = strtoll(token, &end, 10);
	if (*end || errno)
		return false;
	*out = v;
	return true;
}

/* Nine places of a plain decimal, of which a double would lose some; the tenth one rounds. */
static int64_t nano_digits(const char *p, const char *end)
{
	bool dot = false;
	int places = 0;
	int64_t v = 0;

	for (; p < end && places < 9; p++) {
		if (*p == '.') {
			dot = true;
			continue;
		}
		v = v * 10 + (*p - '0');
		places += dot;
	}
	for (; places < 9; places++)
		v *= 10;
	return p < end && *p >= '5' ? v + 1 : v;
}

bool json_nano(const struct json *j, int64_t *out)
{
	bool minus = j->token == JSON_NUMBER && *j->text == '-';
	double d;

	if (!json_double(j, &d) || !(fabs(d) < 9.2e9))
		return false;
	if (memchr(j->text, 'e', j->len) || memchr(j->text, 'E', j->len))
		*out = (int64_t)llround(d * 1e9);
	else
		*out = nano_digits(j->text + minus, j->text + j->len) * (minus ? -1 : 1);
	return true;
}
