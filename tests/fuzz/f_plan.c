/* SPDX-License-Identifier: Apache-2.0 */
/* Command lines, a word a line; the first line is the configuration file and the environment. */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/mem.h"
#include "plan/plan.h"
#include "wire/json.h"

enum { WORDS_MAX = 64 };

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static const char *env(void *host, const char *name)
{
	(void)name;
	return host;
}

static char *read_file(void *host, const char *path, size_t *len)
{
	(void)path;
	*len = strlen(host);
	return xstrdup(host);
}

static void must_be_json(const struct buf *b)
{
	struct json j;

	json_init(&j, b->p, b->len);
	while (json_next(&j) != JSON_END) {
		if (j.token == JSON_ERROR)
			abort();
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char *text = xcalloc(1, size + 1), *argv[WORDS_MAX], *rest;
	struct plan *p = xcalloc(1, sizeof(*p));
	struct plan_world w = {.host = text, .env = env, .read = read_file};
	struct buf b = {0};
	struct err e = {0};
	int argc = 0;

	memcpy(text, data, size);
	rest = strchr(text, '\n');
	while (rest && argc < WORDS_MAX) {
		*rest++ = '\0';
		argv[argc++] = rest;
		rest = strchr(rest, '\n');
	}
	if (argc && plan_command(p, argc, argv, &w, &e) == 0) {
		buf_str(&b, "{");
		plan_json(&b, p);
		buf_str(&b, "}");
		must_be_json(&b);
	}
	buf_fini(&b);
	free(p);
	free(text);
	return 0;
}
