/* SPDX-License-Identifier: Apache-2.0 */
/* Source words, as given on a command line or in a capture. */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/uri.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char *word = malloc(size + 1);
	struct err e = {0};
	struct uri u;

	if (!word)
		return 0;
	memcpy(word, data, size);
	word[size] = '\0';
	if (uri_parse(&u, word, &e) == 0) {
		uri_param(&u, "episode");
		uri_all_used(&u, "x=", &e);
		uri_fini(&u);
	}
	free(word);
	return 0;
}
