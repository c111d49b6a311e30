/* SPDX-License-Identifier: Apache-2.0 */
/* `tcp:HOST:PORT`: the stream protocol over TCP, connected to or listened at. */
#include <arpa/inet.h>
#include <netinet/in.h>
#include <stdio.h>
#include <string.h>

#include "base/text.h"
#include "source/net.h"
#include "wire/stream.h"

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

	rc = net_init(s, u, e);
	if (rc == 0)
		rc = net_params(s, u, e);
	if (rc == 0)
		rc = net_host_port(n, u, e);
	if (rc == 0)
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
	.decoder = &decoder_lines,
	.params = params,
	.state_size = sizeof(struct net),
	.open = tcp_open,
	.run = net_run,
	.close = net_close,
};
