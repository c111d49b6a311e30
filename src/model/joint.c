/* SPDX-License-Identifier: Apache-2.0 */
#include "model/joint.h"

#include <string.h>
#include <strings.h>

#include "base/text.h"

static const char *const words[UNIT_N] = {
	[UNIT_DEG] = "deg",	[UNIT_RAD] = "rad", [UNIT_M100_100] = "m100_100",
	[UNIT_0_100] = "0_100", [UNIT_0_1] = "0_1", [UNIT_TICKS] = "ticks",
	[UNIT_M] = "m",
};

const char *unit_word(enum unit u)
{
	return u < UNIT_N ? words[u] : NULL;
}

enum unit unit_from_word(const char *word)
{
	for (unsigned u = 1; word && u < UNIT_N; u++) {
		if (strcmp(words[u], word) == 0)
			return (enum unit)u;
	}
	return UNIT_UNKNOWN;
}

const char *unit_short(enum unit u)
{
	return u == UNIT_DEG || u == UNIT_RAD || u == UNIT_TICKS || u == UNIT_M ? words[u] : "";
}

bool unit_factor(enum unit from, enum unit to, double *factor)
{
	*factor = 1.0;
	if (from == to || from == UNIT_UNKNOWN || to == UNIT_UNKNOWN)
		return true;
	if (from == UNIT_DEG && to == UNIT_RAD)
		*factor = 3.14159265358979323846 / 180.0;
	else if (from == UNIT_RAD && to == UNIT_DEG)
		*factor = 180.0 / 3.14159265358979323846;
	else if (from == UNIT_0_100 && to == UNIT_0_1)
		*factor = 0.01;
	else if (from == UNIT_0_1 && to == UNIT_0_100)
		*factor = 100.0;
	else
		return false;
	return true;
}

void joint_short_name(char dst[NAME_BYTES], const char *name)
{
	const char *slash = strrchr(name, '/');

	text_copy(dst, NAME_BYTES, slash ? slash + 1 : name);
	if (strlen(dst) > 4 && text_ends(dst, ".pos"))
		dst[strlen(dst) - 4] = '\0';
}

bool joint_same_name(const char *a, const char *b)
{
	char sa[NAME_BYTES], sb[NAME_BYTES];

	if (strcasecmp(a, b) == 0)
		return true;
	joint_short_name(sa, a);
	joint_short_name(sb, b);
	return strcasecmp(sa, sb) == 0;
}
