/* SPDX-License-Identifier: Apache-2.0 */
/* Where a source connects to or listens: "HOST:PORT" or "[ADDRESS]:PORT". */
#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/text.h"
#include "source/net.h"

bool net_is_own_peer(int sock)
{
	struct sockaddr_storage here = {0}, there = {0};
	socklen_t here_len = sizeof(here), there_len = sizeof(there);

	return getsockname(sock, (struct sockaddr *)&here, &here_len) == 0 &&
	       getpeername(sock, (struct sockaddr *)&there, &there_len) == 0 &&
	       here.ss_family != AF_UNIX && here_len == there_len &&
	       memcmp(&here, &there, here_len) == 0;
}

/* Splits "HOST:PORT" or "[ADDRESS]:PORT" into n->host and n->port. */
static int split(struct net *n, const struct uri *u, struct err *e)
{
	const char *rest = u->rest, *colon = strrchr(rest, ':');
	size_t len = colon ? (size_t)(colon - rest) : 0;
	int64_t port;

	if (!colon || !text_to_i64(colon + 1, &port) || port < !n->listens || port > 65535)
		return err_set(e, EINVAL, "%s: write %s:HOST:PORT", u->word, u->kind);
	if (len >= 2 && rest[0] == '[' && rest[len - 1] == ']') {
		rest++;
		len -= 2;
	} else if (memchr(rest, ':', len)) {
		return err_set(e, EINVAL, "%s: write an IPv6 address in brackets", u->word);
	}
	if (!len && !n->listens)
		return err_set(e, EINVAL, "%s: which host?", u->word);
	n->host = xcalloc(len + 1, 1);
	memcpy(n->host, rest, len);
	n->port = xstrdup(colon + 1);
	return 0;
}

/* The address when host is one in digits. */
static bool in_digits(struct address *a, const char *host, int port)
{
	struct sockaddr_in in = {.sin_family = AF_INET, .sin_port = htons((uint16_t)port)};
	struct sockaddr_in6 in6 = {.sin6_family = AF_INET6, .sin6_port = htons((uint16_t)port)};

	if (inet_pton(AF_INET, host, &in.sin_addr) == 1) {
		memcpy(&a->sa, &in, sizeof(in));
		a->len = sizeof(in);
	} else if (inet_pton(AF_INET6, host, &in6.sin6_addr) == 1) {
		memcpy(&a->sa, &in6, sizeof(in6));
		a->len = sizeof(in6);
	} else {
		return false;
	}
	return true;
}

static int find_address(struct net *n, const struct uri *u, struct err *e)
{
	int port = atoi(n->port);
	const char *host = n->host;

	if (n->listens && (!host[0] || strcmp(host, "localhost") == 0))
		host = "127.0.0.1";
	if (!in_digits(&n->address[0], host, port))
		return n->listens ? err_set(e, EINVAL, "%s: listen=1 needs an address in digits",
					    u->word)
				  : 0;
	n->addresses = 1;
	free(n->host);
	n->host = NULL;
	return 0;
}

int net_host_port(struct net *n, const struct uri *u, struct err *e)
{
	int rc = split(n, u, e);

	if (rc == 0)
		rc = find_address(n, u, e);
	if (rc == 0)
		text_clean(n->where, sizeof(n->where), u->rest, strlen(u->rest));
	return rc;
}
