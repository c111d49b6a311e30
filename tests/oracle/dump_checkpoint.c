/* SPDX-License-Identifier: Apache-2.0 */
/* dump_checkpoint WORD: a checkpoint as one JSON object, for peers to compare; 66 with a sentence. */
#include <stdio.h>

#include "base/buf.h"
#include "training/checkpoint.h"

int main(int argc, char **argv)
{
	struct err e = {0};
	struct checkpoint *c = argc == 2 ? checkpoint_open(argv[1], &e) : NULL;
	struct buf b = {0};

	if (!c) {
		fprintf(stderr, "%s\n", argc == 2 ? e.msg : "usage: dump_checkpoint WORD");
		return argc == 2 ? 66 : 64;
	}
	checkpoint_json(&b, c);
	puts(buf_text(&b));
	buf_fini(&b);
	checkpoint_free(c);
	return 0;
}
