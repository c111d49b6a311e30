/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Every registry seen as rows of text, for `policytop list`, the completions and the test that
 * holds manual, help and registries together. Const data only; any thread.
 */
#ifndef POLICYTOP_CMD_REGISTRY_H
#define POLICYTOP_CMD_REGISTRY_H

#include <stdbool.h>
#include <stddef.h>

struct registry_row {
	const char *of;	  /* what it belongs to: the command of an option; "" nothing */
	const char *name; /* as a user writes it */
	const char *arg;  /* what follows: "SOURCE…", "FILE"; "" nothing */
	const char *text; /* one line about it */
	unsigned facts;	  /* sources: FACT_* it can give */
	char value[48];	  /* where arg points when it is made up: a row is not copied */
};

struct registry {
	const char *name; /* "commands" */
	/* Fills the i-th row; false when there is none. */
	bool (*row)(size_t i, struct registry_row *r);
};

extern const struct registry registry_table[]; /* name NULL ends */

const struct registry *registry_find(const char *name); /* NULL: no such registry */

#endif
