/* SPDX-License-Identifier: Apache-2.0 */
/* Console lines, in one piece and byte by byte: the same events, all of their texts harmless. */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/text.h"
#include "wire/loglines.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void harmless(const char *text)
{
	size_t len = strlen(text), n;
	uint32_t rune;

	for (size_t i = 0; i < len; i += n) {
		n = text_rune(text + i, len - i, &rune);
		if (!n || text_hostile(rune))
			abort();
	}
}

static void take(void *host, const struct event *ev)
{
	const char *text = "";

	if (ev->kind == EVENT_NOTE)
		text = ev->text;
	else if (ev->kind == EVENT_EPISODE)
		text = ev->episode->boundary;
	harmless(text);
	buf_printf(host, "%d %s\n", (int)ev->kind, text);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct buf whole = {0}, cut = {0};
	struct loglines *a = loglines_new(take, &whole, true), *b = loglines_new(take, &cut, true);
	char line[64];

	loglines_bytes(a, data, size, SIZE_MAX, 1);
	loglines_end(a, 2);
	for (size_t i = 0; i < size; i++)
		loglines_bytes(b, data + i, 1, SIZE_MAX, 1);
	loglines_end(b, 2);
	if (strcmp(buf_text(&whole), buf_text(&cut)) != 0)
		abort();
	for (size_t at = 0; at < size;)
		at += loglines_plain(line, sizeof(line), (const char *)data + at, size - at);
	loglines_free(a);
	loglines_free(b);
	buf_fini(&whole);
	buf_fini(&cut);
	return 0;
}
