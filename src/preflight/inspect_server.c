/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Is somebody at the policy server's address, and does it speak a policy's protocol? A handshake
 * asks for no action: ZeroMQ greets by itself, openpi answers an upgrade.
 */
#include <math.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/text.h"
#include "hal/dial.h"
#include "preflight/inspect.h"

enum { GREETING_MS = 300, ANSWER_MS = 1500 };

/* HTTP/2 begins with SETTINGS: 24 bits of length, type 4, no flags, stream 0. */
static bool is_http2(const char *p, ssize_t n)
{
	return n >= 9 && !p[0] && p[3] == 4 && !p[5] && !p[6] && !p[7] && !p[8];
}

/* "openpi", "groot" (ZeroMQ), "grpc" (LeRobot's async server); NULL with a text: what was answered instead. */
static const char *speaks(int fd, const char *host, char answer[128])
{
	ssize_t heard;
	char text[512];
	int n;

	heard = dial_hear(fd, text, sizeof(text), GREETING_MS);
	if (heard > 0) {
		if ((unsigned char)text[0] == 0xff)
			return "groot";
		if (is_http2(text, heard))
			return "grpc";
		text_clean(answer, 128, text, strcspn(text, "\r\n"));
		return NULL;
	}
	n = snprintf(
		text, sizeof(text),
		"GET / HTTP/1.1\r\nHost: %s\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
		"Sec-WebSocket-Key: cG9saWN5dG9wIGxvb2tzIQ==\r\nSec-WebSocket-Version: 13\r\n\r\n",
		host);
	heard = send(fd, text, (size_t)n, MSG_NOSIGNAL) == n
			? dial_hear(fd, text, sizeof(text), ANSWER_MS)
			: -1;
	if (heard <= 0) {
		snprintf(answer, 128, "no answer");
		return NULL;
	}
	if (is_http2(text, heard))
		return "grpc";
	if (text_starts(text, "HTTP/1.1 101"))
		return "openpi";
	text_clean(answer, 128, text, strcspn(text, "\r\n"));
	return NULL;
}

void inspect_server(struct inspect *l)
{
	static const char *const spoken[][2] = {
		{"openpi", "it answers, and speaks openpi"},
		{"groot", "it answers, and speaks ZeroMQ, as GR00T's server does"},
		{"grpc", "it answers, and speaks gRPC, as LeRobot's async server does"}};
	char host[DIAL_HOST_BYTES], why[DIAL_WHY_BYTES] = "";
	const char *at = l->rig->server, *port;
	struct clock clock = clock_real();
	int64_t begin_ns = clock_now_ns(&clock);
	struct preflight_item *i;
	int fd;

	l->protocol = NULL;
	if (!at[0])
		return;
	if (!dial_split(host, &port, at)) {
		inspect_add(l, "server", at, LEVEL_UNKNOWN, "it is no HOST:PORT");
		return;
	}
	fd = dial(host, port, why);
	if (fd < 0) {
		inspect_do(inspect_add(l, "server", at, LEVEL_FAIL, "%s", why),
			   "start the policy server");
		return;
	}
	l->protocol = speaks(fd, host, why);
	close(fd);
	if (!l->protocol) {
		inspect_do(inspect_add(l, "server", at, LEVEL_FAIL,
				       "who answers is no policy server: %s", why),
			   "is it the right port?");
		return;
	}
	for (size_t k = 0; k < sizeof(spoken) / sizeof(spoken[0]); k++) {
		if (strcmp(spoken[k][0], l->protocol) != 0)
			continue;
		i = inspect_add(l, "server", at, LEVEL_OK, "%s", spoken[k][1]);
		inspect_number(i, (double)(clock_now_ns(&clock) - begin_ns) / 1e6, NAN, "ms");
	}
}
