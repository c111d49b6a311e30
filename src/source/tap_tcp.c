/* SPDX-License-Identifier: Apache-2.0 */
/* Taps between a policy server and its clients. */
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "base/text.h"
#include "source/tap.h"

static bool is_loopback(const char *host)
{
	return !host[0] || !strcmp(host, "localhost") || text_starts(host, "127.") ||
	       !strcmp(host, "::1");
}

static int parse(struct tapped *t, struct uri *u, struct err *e)
{
	const char *equals = strchr(u->rest, '=');
	size_t n = equals ? (size_t)(equals - u->rest) : 0;
	struct place here, there;

	if (equals && strncasecmp(equals + 1, "wss:", 4) == 0)
		return err_set(e, EINVAL,
			       "%s: wss:// cannot be tapped, as the client would see that it is "
			       "not its server: use hook: instead",
			       u->word);
	if (!equals || !place_parse(&here, u->rest, n) ||
	    !place_parse(&there, equals + 1, strlen(equals + 1)) || !there.host[0] ||
	    !strcmp(there.port, "0"))
		return err_set(e, EINVAL, "%s: write %s:" TAP_REST, u->word, u->kind);
	if (!strcmp(here.port, there.port) &&
	    (!strcmp(here.host, there.host) || (is_loopback(here.host) && is_loopback(there.host))))
		return err_set(e, EINVAL, "%s: it would listen at its own server's address",
			       u->word);
	return tapped_words(t, u, u->rest, n, equals + 1, e);
}

/* Where a tap listens that is asked to do so at text; "" the system is to choose. */
static void normalise(char dst[TAP_ADDRESS_BYTES], const char *text)
{
	struct place p;

	dst[0] = '\0';
	if (!place_parse(&p, text, strlen(text)) || !strcmp(p.port, "0"))
		return;
	if (!p.host[0] || !strcmp(p.host, "localhost"))
		text_copy(p.host, sizeof(p.host), "127.0.0.1");
	snprintf(dst, TAP_ADDRESS_BYTES, strchr(p.host, ':') ? "[%s]:%s" : "%s:%s", p.host, p.port);
}

static bool same(const struct tapped *t, const struct tap_info *info)
{
	char listen[TAP_ADDRESS_BYTES];

	normalise(listen, t->listen);
	return !strcmp(info->listen, listen) && !strcmp(info->upstream, t->upstream);
}

static struct tap_ends ends(const struct tapped *t)
{
	return (struct tap_ends){.listen = t->listen, .upstream = t->upstream};
}

static void introduce(struct source *s, int64_t now_ns)
{
	struct tapped *t = s->state;
	struct place here;
	struct tcp_address a;

	source_note(s, now_ns, "clients connect to %s in place of %s", t->listen, t->upstream);
	if (place_parse(&here, t->listen, strlen(t->listen)) && tcp_in_digits(&a, &here) &&
	    !is_loopback(here.host))
		source_note(s, now_ns, "%s can be reached from other machines, by anybody",
			    t->listen);
}

const struct tapped_kind tapped_tcp = {
	.parse = parse,
	.same = same,
	.ends = ends,
	.introduce = introduce,
	.loss = "server",
};
