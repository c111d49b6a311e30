/* SPDX-License-Identifier: Apache-2.0 */
#include "model/verdict.h"

const char *level_word(enum level l)
{
	static const char *const words[] = {"unknown", "ok", "note", "warn", "fail"};

	return l <= LEVEL_FAIL ? words[l] : "unknown";
}
