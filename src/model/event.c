/* SPDX-License-Identifier: Apache-2.0 */
#include "model/event.h"

#include <string.h>

const char *fact_word(unsigned bit_index)
{
	static const char *const words[FACT_N] = {"seen",   "asked", "sent",	"got",	  "chunk",
						  "prompt", "reset", "latency", "frames", "health"};

	return bit_index < FACT_N ? words[bit_index] : "?";
}

bool fps_possible(double fps)
{
	return fps >= 1e-3 && fps <= 1e4;
}

const char *outcome_word(enum outcome o)
{
	switch (o) {
	case OUTCOME_SUCCESS:
		return "success";
	case OUTCOME_FAILURE:
		return "failure";
	case OUTCOME_DISCARD:
		return "discard";
	case OUTCOME_UNKNOWN:
	default:
		return NULL;
	}
}

enum outcome outcome_from_word(const char *word)
{
	for (unsigned o = OUTCOME_SUCCESS; word && o <= OUTCOME_DISCARD; o++) {
		if (strcmp(outcome_word((enum outcome)o), word) == 0)
			return (enum outcome)o;
	}
	return OUTCOME_UNKNOWN;
}
