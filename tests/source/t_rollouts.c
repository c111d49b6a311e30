/* SPDX-License-Identifier: Apache-2.0 */
/* Real recordings of the stream protocol: nothing in them is bad, and they survive a rewrite. */
#include <stdlib.h>
#include <string.h>
#include <zlib.h>

#include "base/buf.h"
#include "base/mem.h"
#include "tests/tap.h"
#include "wire/stream.h"

struct counts {
	unsigned n[EVENT_END + 1];
	struct buf text;
};

static void count(void *host, const struct event *ev)
{
	struct counts *c = host;

	c->n[ev->kind]++;
	stream_encode(&c->text, ev);
}

/* Decodes the file; false when it cannot be read or anything in it is bad. */
static bool decode_gz(const char *path, struct counts *c)
{
	struct stream *s = stream_new(count, c);
	gzFile f = gzopen(path, "rb");
	char piece[8192];
	bool good;
	int n = -1;

	while (f && (n = gzread(f, piece, sizeof(piece))) > 0)
		stream_bytes(s, piece, (size_t)n, SIZE_MAX, 0);
	if (f)
		gzclose(f);
	stream_end(s, 0);
	good = n == 0 && stream_bad(s) == 0;
	stream_free(s);
	return good;
}

/* What was written down reads as the same text again. */
static bool survives(const struct counts *c)
{
	struct counts again = {0};
	struct stream *s = stream_new(count, &again);
	bool same;

	stream_bytes(s, c->text.p, c->text.len, SIZE_MAX, 0);
	same = again.text.len == c->text.len && memcmp(again.text.p, c->text.p, c->text.len) == 0;
	stream_free(s);
	buf_fini(&again.text);
	return same;
}

int main(void)
{
	const char *data = getenv("POLICYTOP_DATA");
	unsigned files = 0, good = 0, same = 0;
	struct tap t = {0};

	if (!data) {
		tap_skip(&t, "recorded rollouts", "POLICYTOP_DATA is not set");
		return tap_done(&t);
	}
	for (int i = 1; i <= 120; i++) {
		struct counts c = {0};
		char path[4096];

		snprintf(path, sizeof(path), "%s/so101_sim_rollouts/clean_%d.jsonl.gz", data, i);
		files++;
		good += decode_gz(path, &c) && c.n[EVENT_HELLO] == 1 && c.n[EVENT_EPISODE] == 2 &&
			c.n[EVENT_STEP] > 50 && c.n[EVENT_CHUNK] > 2 && c.n[EVENT_NOTE] == 0;
		same += survives(&c);
		buf_fini(&c.text);
	}
	ok(&t, good == files, "%u of %u recorded rollouts are understood", good, files);
	ok(&t, same == files, "%u survive being written again", same);
	return tap_done(&t);
}
