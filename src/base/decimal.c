/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A profile is thousands of numbers, and printing each up to three times to read it again took a
 * fifth of learning it. Most numbers are of ordinary size: for them 128 bits hold value times
 * power of ten exactly, so that digits and rounding error come from one multiplication.
 */
#include "base/decimal.h"

#include <math.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

static void print(char *text, double v)
{
	for (int digits = 15; digits <= 17; digits++) {
		snprintf(text, DECIMAL_BYTES, "%.*g", digits, v);
		if (strtod(text, NULL) == v)
			break;
	}
}

#ifdef __SIZEOF_INT128__
enum { EXACT_BITS = 53 };

/* digits / 10^places, places 1 to 22, without zeros at its end. */
static void write_digits(char *text, uint64_t digits, unsigned places, bool minus)
{
	char reversed[DECIMAL_BYTES];
	unsigned n = 0;

	for (; places && digits % 10 == 0; places--)
		digits /= 10;
	for (unsigned place = 0; digits || place <= places; place++, digits /= 10) {
		if (places && place == places)
			reversed[n++] = '.';
		reversed[n++] = (char)('0' + digits % 10);
	}
	if (minus)
		*text++ = '-';
	while (n)
		*text++ = reversed[--n];
	*text = '\0';
}

/* m / 2^shift with so many decimal places; false: they are too few to read it back. */
static bool write_rounded(char *text, uint64_t m, unsigned shift, unsigned places, bool minus)
{
	unsigned __int128 power = 1, scaled, rest, half = (unsigned __int128)1 << (shift - 1);
	uint64_t digits;

	for (unsigned i = 0; i < places; i++)
		power *= 10;
	scaled = m * power;
	digits = (uint64_t)(scaled >> shift);
	rest = scaled & (2 * half - 1);
	/* As printf rounds: to the nearest, ties to even. */
	if (rest > half || (rest == half && (digits & 1))) {
		digits++;
		rest = 2 * half - rest;
	}
	/* Nearer than half the way to the next double, or just there when reading rounds to m. */
	if (2 * rest > power || (2 * rest == power && (m & 1)))
		return false;
	write_digits(text, digits, places, minus);
	return true;
}

void decimal_text(char text[DECIMAL_BYTES], double v)
{
	static const double tens[] = {1e-3, 1e-2, 1e-1, 1e0, 1e1,  1e2,	 1e3,  1e4, 1e5,
				      1e6,  1e7,  1e8,	1e9, 1e10, 1e11, 1e12, 1e13};
	unsigned places = 14 + 4; /* 15 digits of a number from 1e-4 on */
	double size = fabs(v);
	int exponent;
	uint64_t m;

	/* Where %g writes no exponent. */
	if (!(size >= 1e-4 && size < 1e14)) {
		print(text, v);
		return;
	}
	m = (uint64_t)ldexp(frexp(size, &exponent), EXACT_BITS);
	for (unsigned i = 0; i < sizeof(tens) / sizeof(tens[0]) && size >= tens[i]; i++)
		places--;
	/* The next double below a power of two is nearer: the rule above does not hold. */
	if (m == (uint64_t)1 << (EXACT_BITS - 1)) {
		print(text, v);
		return;
	}
	for (unsigned more = 0; more < 3; more++) {
		if (write_rounded(text, m, (unsigned)(EXACT_BITS - exponent), places + more, v < 0))
			return;
	}
	print(text, v);
}
#else
void decimal_text(char text[DECIMAL_BYTES], double v)
{
	print(text, v);
}
#endif
