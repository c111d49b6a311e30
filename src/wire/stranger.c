/* SPDX-License-Identifier: Apache-2.0 */
#include "wire/stranger.h"

#include <stdint.h>
#include <string.h>

#include "wire/zmtp.h"

bool stranger_is_tls(const void *bytes, size_t n)
{
	const uint8_t *p = bytes;

	return n >= 2 && (p[0] == 0x16 || p[0] == 0x15) && p[1] == 3;
}

bool stranger_is_pickle(const void *bytes, size_t n)
{
	return n >= 4 && memcmp(bytes, "PK\3\4", 4) == 0;
}

static bool starts(const void *p, size_t n, const char *word)
{
	size_t len = strlen(word);

	return n >= len && memcmp(p, word, len) == 0;
}

const char *stranger_look(const void *bytes, size_t n)
{
	const uint8_t *p = bytes;

	if (stranger_is_tls(p, n))
		return "a TLS server (wss:// or https://)";
	if (n >= 1 && p[0] == 0xff && zmtp_begins(p, n))
		return "a ZeroMQ server, such as GR00T's";
	if (starts(p, n, "HTTP/1."))
		return "an HTTP server";
	if (starts(p, n, "SSH-"))
		return "an SSH server";
	if (n >= 5 && !p[0] && !p[1] && p[3] == 4 && !p[4])
		return "an HTTP/2 server, such as gRPC's";
	if (starts(p, n, "RFB "))
		return "a VNC server";
	if (starts(p, n, "220 "))
		return "a mail or FTP server";
	if (n >= 1 && (p[0] == '{' || p[0] == '['))
		return "something that speaks JSON";
	return "something else";
}
