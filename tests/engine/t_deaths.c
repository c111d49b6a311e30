/* SPDX-License-Identifier: Apache-2.0 */
/* How often an engine may die before it is given up. */
#include "base/clock.h"
#include "engine/supervise.h"
#include "tests/tap.h"

static bool dies(struct deaths *d, double at_s, double lived_s)
{
	int64_t died_ns = (int64_t)(at_s * 1e9);

	return deaths_allow(d, died_ns - (int64_t)(lived_s * 1e9), died_ns);
}

int main(void)
{
	struct deaths d = {0};
	struct tap t = {0};
	bool good = true;

	for (int i = 0; i < 100; i++)
		good = good && dies(&d, 2.0 * i, 1.1);
	ok(&t, good, "one that lives a second may die as often as it likes");
	ok(&t, dies(&d, 200, 0.1) && dies(&d, 210, 0.1), "two quick deaths are bad luck");
	ok(&t, dies(&d, 215, 5), "a slow one between is no third");
	ok(&t, !dies(&d, 259, 0.9), "the third within a minute is the last");
	d = (struct deaths){0};
	good = true;
	for (int i = 0; i < 20; i++)
		good = good && dies(&d, 31.0 * i, 0.1);
	ok(&t, good, "two a minute go on for ever");
	ok(&t, !dies(&d, 31.0 * 19 + 1, 0.1), "until there are three");
	return tap_done(&t);
}
