/* SPDX-License-Identifier: Apache-2.0 */
/* The tokenizer, with everything that can be asked about each token. */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "wire/json.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct json j, skip;
	char text[64];
	int64_t i;
	double d;

	json_init(&j, (const char *)data, size);
	while (json_next(&j) != JSON_END && j.token != JSON_ERROR) {
		skip = j;
		json_skip(&skip);
		if (skip.at < j.at || (skip.token != JSON_ERROR && skip.depth > j.depth))
			abort();
		if (j.token == JSON_KEY || j.token == JSON_STRING)
			json_text(&j, text, sizeof(text));
		if (j.token == JSON_NUMBER) {
			json_double(&j, &d);
			json_i64(&j, &i);
			json_nano(&j, &i);
		}
	}
	if (json_next(&j) != j.token)
		abort();
	return 0;
}
