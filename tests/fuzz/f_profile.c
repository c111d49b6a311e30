/* SPDX-License-Identifier: Apache-2.0 */
/* Training profiles from JSON: what is accepted goes to JSON and back unchanged. */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "model/profile.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct profile *p = profile_from_json((const char *)data, size, NULL), *again;
	char *json, *second;

	if (!p)
		return 0;
	json = profile_to_json_dup(p);
	again = profile_from_json(json, strlen(json), NULL);
	if (!again)
		abort();
	second = profile_to_json_dup(again);
	if (strcmp(json, second) != 0)
		abort();
	free(json);
	free(second);
	profile_free(p);
	profile_free(again);
	return 0;
}
