/* SPDX-License-Identifier: Apache-2.0 */
/* dump_audit CHECKPOINT: findings about its files, a line each: level, code, subject, text. */
#include <stdio.h>

#include "audit/files.h"

int main(int argc, char **argv)
{
	struct err e = {0};
	struct checkpoint *c = argc == 2 ? checkpoint_open(argv[1], &e) : NULL;
	struct audit a = {0};

	if (!c) {
		fprintf(stderr, "%s\n", argc == 2 ? e.msg : "usage: dump_audit CHECKPOINT");
		return argc == 2 ? 66 : 64;
	}
	audit_files(&a, c);
	for (size_t i = 0; i < a.n; i++)
		printf("%s %s [%s] %s\n", level_word(a.finding[i].level), a.finding[i].code->code,
		       a.finding[i].subject, a.finding[i].text);
	audit_fini(&a);
	checkpoint_free(c);
	return 0;
}
