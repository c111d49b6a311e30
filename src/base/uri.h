/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Source words: KIND:REST?key=value&key=value, percent-encoded where ? & = or % are meant.
 * A struct uri owns copies of its texts. Any thread.
 */
#ifndef POLICYTOP_BASE_URI_H
#define POLICYTOP_BASE_URI_H

#include <stdbool.h>
#include <stddef.h>

#include "base/err.h"

enum { URI_PARAMS_MAX = 16 };

struct uri {
	char *word; /* as it was given, for messages */
	char *kind; /* "dataset"; "" when the word has no colon before any '/' or '?' */
	char *rest; /* decoded, "" when empty */
	size_t nparams;
	struct {
		char *key;
		char *value;
		bool used; /* asked for by uri_param(): the rest is unknown to the source */
	} param[URI_PARAMS_MAX];
};

/* Parses word into u. 0, or -EINVAL with e filled; u needs uri_fini() only after 0. */
int uri_parse(struct uri *u, const char *word, struct err *e);
void uri_fini(struct uri *u);

/* The value of a parameter, or NULL when it was not given; marks it as used. */
const char *uri_param(struct uri *u, const char *key);

/*
 * -EINVAL and a sentence naming the first parameter that nobody asked for, and those that it knows
 * (as they are: "episode=, speed="); else 0.
 */
int uri_all_used(const struct uri *u, const char *known, struct err *e);

#endif
