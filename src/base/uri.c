/* SPDX-License-Identifier: Apache-2.0 */
#include "base/uri.h"

#include <ctype.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"

static int hex(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	c = (char)tolower((unsigned char)c);
	return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

/* A decoded copy of n bytes; NULL when a percent sign is not followed by two hex digits. */
static char *decode(const char *s, size_t n)
{
	char *out = xcalloc(n + 1, 1);
	size_t at = 0;

	for (size_t i = 0; i < n; i++) {
		if (s[i] != '%') {
			out[at++] = s[i];
			continue;
		}
		if (i + 2 >= n || hex(s[i + 1]) < 0 || hex(s[i + 2]) < 0 ||
		    hex(s[i + 1]) + hex(s[i + 2]) == 0) {
			free(out);
			return NULL;
		}
		out[at++] = (char)(hex(s[i + 1]) << 4 | hex(s[i + 2]));
		i += 2;
	}
	return out;
}

static int add_param(struct uri *u, const char *p, size_t n, struct err *e)
{
	const char *eq = memchr(p, '=', n);

	if (!n)
		return 0;
	if (u->nparams == URI_PARAMS_MAX)
		return err_set(e, EINVAL, "%s: more than %d parameters", u->word, URI_PARAMS_MAX);
	if (!eq)
		return err_set(e, EINVAL, "%s: parameter '%.*s' has no value (write key=value)",
			       u->word, (int)n, p);
	u->param[u->nparams].key = decode(p, (size_t)(eq - p));
	u->param[u->nparams].value = decode(eq + 1, n - (size_t)(eq - p) - 1);
	u->nparams++;
	if (!u->param[u->nparams - 1].key || !u->param[u->nparams - 1].value)
		return err_set(e, EINVAL, "%s: bad percent-encoding in '%.*s'", u->word, (int)n, p);
	return 0;
}

int uri_parse(struct uri *u, const char *word, struct err *e)
{
	size_t head = strcspn(word, "?");
	size_t kind = strcspn(word, ":/?");
	int rc = 0;

	*u = (struct uri){.word = xstrdup(word)};
	if (word[kind] != ':')
		kind = 0;
	u->kind = decode(word, kind);
	u->rest = decode(word + (kind ? kind + 1 : 0), head - (kind ? kind + 1 : 0));
	if (!u->kind || !u->rest)
		rc = err_set(e, EINVAL, "%s: bad percent-encoding", word);
	for (const char *p = word + head; !rc && *p;) {
		size_t n = strcspn(++p, "&");

		rc = add_param(u, p, n, e);
		p += n;
	}
	if (rc)
		uri_fini(u);
	return rc;
}

void uri_fini(struct uri *u)
{
	free(u->word);
	free(u->kind);
	free(u->rest);
	for (size_t i = 0; i < u->nparams; i++) {
		free(u->param[i].key);
		free(u->param[i].value);
	}
	*u = (struct uri){0};
}

const char *uri_param(struct uri *u, const char *key)
{
	for (size_t i = 0; i < u->nparams; i++) {
		if (strcmp(u->param[i].key, key) == 0) {
			u->param[i].used = true;
			return u->param[i].value;
		}
	}
	return NULL;
}

int uri_all_used(const struct uri *u, const char *known, struct err *e)
{
	for (size_t i = 0; i < u->nparams; i++) {
		if (!u->param[i].used)
			return err_set(e, EINVAL, "%s: unknown parameter '%s=', known are %s",
				       u->word, u->param[i].key, known);
	}
	return 0;
}
