/* SPDX-License-Identifier: Apache-2.0 */
/* `tcp:HOST:PORT`: the stream protocol over TCP, connected to or listened at. */
#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/text.h"
#include "source/net.h"

/* Splits "HOST:PORT" or "[ADDRESS]:PORT" into n->host and n->port. */
static int split(struct net *n, const struct uri *u, struct err *e)
{
	const char *rest = u->rest, *colon = strrchr(rest, ':');
	size_t len = colon ? (size_t)(colon - rest) : 0;
	int64_t port;

	if (!colon || !text_to_i64(colon + 1, &port) || port < !n->listens || port > 65535)
		return err_set(e, EINVAL, "%s: write tcp:HOST:PORT", u->word);
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

/* Where it really listens: port 0 lets the system choose. */
static void tell_address(struct source *s)
{
	struct net *n = s->state;
	struct sockaddr_storage sa = {0};
	socklen_t len = sizeof(sa);
	char host[INET6_ADDRSTRLEN] = "?";
	struct sockaddr_in in;
	struct sockaddr_in6 in6;

	if (getsockname(n->listener, (struct sockaddr *)&sa, &len) < 0)
		return;
	memcpy(&in, &sa, sizeof(in));
	memcpy(&in6, &sa, sizeof(in6));
	n->exposed = sa.ss_family == AF_INET ? ntohl(in.sin_addr.s_addr) >> 24 != IN_LOOPBACKNET
					     : !IN6_IS_ADDR_LOOPBACK(&in6.sin6_addr);
	if (sa.ss_family == AF_INET) {
		inet_ntop(AF_INET, &in.sin_addr, host, sizeof(host));
		snprintf(s->address, sizeof(s->address), "%s:%u", host, ntohs(in.sin_port));
	} else {
		inet_ntop(AF_INET6, &in6.sin6_addr, host, sizeof(host));
		snprintf(s->address, sizeof(s->address), "[%s]:%u", host, ntohs(in6.sin6_port));
	}
	text_copy(n->where, sizeof(n->where), s->address);
}

static int tcp_open(struct source *s, struct uri *u, struct err *e)
{
	struct net *n = s->state;
	int rc;

	net_init(s);
	rc = net_params(s, u, e);
	if (rc == 0)
		rc = split(n, u, e);
	if (rc == 0)
		rc = find_address(n, u, e);
	if (rc < 0)
		return rc;
	text_clean(n->where, sizeof(n->where), u->rest, strlen(u->rest));
	rc = net_start(s, e);
	if (rc == 0 && n->listens)
		tell_address(s);
	return rc;
}

static const struct source_param params[] = {NET_PARAMS, {0}};

const struct source_class source_tcp = {
	.kind = "tcp",
	.rest = "HOST:PORT",
	.summary = "stream protocol over TCP",
	.facts = STREAM_FACTS,
	.waits = true,
	.lines = true,
	.params = params,
	.state_size = sizeof(struct net),
	.open = tcp_open,
	.run = net_run,
	.close = net_close,
};
