/* SPDX-License-Identifier: Apache-2.0 */
/* The opening handshake. */
#include "wire/websocket.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "wire/sha1.h"

/* RFC 6455 section 1.3: what a server puts behind the key before it hashes. */
static const char magic[] = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11";

/* dst holds 4 characters for every 3 bytes begun, and the '\0'. */
static void base64(char *dst, const uint8_t *p, size_t n)
{
	static const char digits[] =
		"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
	uint32_t v;

	for (; n; p += 3, dst += 4) {
		v = (uint32_t)p[0] << 16 | (n > 1 ? (uint32_t)p[1] << 8 : 0) | (n > 2 ? p[2] : 0);
		dst[0] = digits[v >> 18];
		dst[1] = digits[v >> 12 & 63];
		dst[2] = n > 1 ? digits[v >> 6 & 63] : '=';
		dst[3] = n > 2 ? digits[v & 63] : '=';
		n -= n < 3 ? n : 3;
	}
	*dst = '\0';
}

void websocket_key(char key[WEBSOCKET_KEY + 1], const uint8_t nonce[16])
{
	base64(key, nonce, 16);
}

void websocket_request(struct buf *b, const char *host, const char *key, const char *protocol)
{
	buf_printf(b,
		   "GET / HTTP/1.1\r\n"
		   "Host: %s\r\n"
		   "Upgrade: websocket\r\n"
		   "Connection: Upgrade\r\n"
		   "Sec-WebSocket-Key: %s\r\n"
		   "Sec-WebSocket-Version: 13\r\n",
		   host, key);
	if (protocol)
		buf_printf(b, "Sec-WebSocket-Protocol: %s\r\n", protocol);
	buf_str(b, "\r\n");
}

void websocket_welcome(struct buf *b, const char *key)
{
	char accept[WEBSOCKET_ACCEPT + 1];

	websocket_accept(accept, key);
	buf_printf(b,
		   "HTTP/1.1 101 Switching Protocols\r\n"
		   "Upgrade: websocket\r\n"
		   "Connection: Upgrade\r\n"
		   "Sec-WebSocket-Accept: %s\r\n\r\n",
		   accept);
}

/* One header line. */
struct line {
	const char *name, *value;
	size_t name_len, value_len;
};

/* The next line of a head; false at its end. A line without colon has no value. */
static bool next_line(const char **at, const char *end, struct line *l)
{
	const char *stop = memchr(*at, '\n', (size_t)(end - *at)), *colon;

	if (!stop)
		return false;
	l->name = *at;
	l->name_len = (size_t)(stop - *at);
	*at = stop + 1;
	while (l->name_len && (l->name[l->name_len - 1] == '\r' || l->name[l->name_len - 1] == ' '))
		l->name_len--;
	colon = memchr(l->name, ':', l->name_len);
	l->value = l->name + l->name_len;
	l->value_len = 0;
	if (colon) {
		l->value_len = (size_t)(l->value - colon) - 1;
		l->value = colon + 1;
		l->name_len = (size_t)(colon - l->name);
	}
	while (l->value_len && (*l->value == ' ' || *l->value == '\t')) {
		l->value++;
		l->value_len--;
	}
	return true;
}

static bool named(const struct line *l, const char *name)
{
	return l->name_len == strlen(name) && strncasecmp(l->name, name, l->name_len) == 0;
}

static bool is(const struct line *l, const char *value)
{
	return l->value_len == strlen(value) && memcmp(l->value, value, l->value_len) == 0;
}

static bool is_word(const struct line *l, const char *word)
{
	return l->value_len == strlen(word) && strncasecmp(l->value, word, l->value_len) == 0;
}

bool websocket_request_key(char key[WEBSOCKET_KEY + 1], const void *p, size_t n)
{
	const char *at = p, *end = at + n;
	struct line l;

	while (n && next_line(&at, end, &l)) {
		if (named(&l, "Sec-WebSocket-Key") && l.value_len == WEBSOCKET_KEY) {
			memcpy(key, l.value, WEBSOCKET_KEY);
			key[WEBSOCKET_KEY] = '\0';
			return true;
		}
	}
	return false;
}

void websocket_accept(char accept[WEBSOCKET_ACCEPT + 1], const char *key)
{
	char text[WEBSOCKET_KEY + sizeof(magic)];
	uint8_t digest[SHA1_BYTES];
	int len = snprintf(text, sizeof(text), "%.*s%s", WEBSOCKET_KEY, key, magic);

	sha1(digest, text, (size_t)len);
	base64(accept, digest, sizeof(digest));
}

static int check_head(const char *p, const char *end, const char *key, const char *protocol,
		      struct err *e)
{
	char want[WEBSOCKET_ACCEPT + 1];
	bool upgrade = false, accepted = false, spoken = false, extended = false;
	const char *at = p;
	struct line l;

	if (!next_line(&at, end, &l) || l.name_len < 12 || memcmp(l.name + 8, " 101", 4) != 0) {
		const char *stop = memchr(p, '\r', (size_t)(end - p));
		int len = stop ? (int)(stop - p) : 0;

		return err_set(e, EPROTO, "it refuses the handshake%s%s: %.*s",
			       protocol ? " for " : "", protocol ? protocol : "",
			       len < 80 ? len : 80, p);
	}
	websocket_accept(want, key);
	while (next_line(&at, end, &l)) {
		upgrade |= named(&l, "Upgrade") && is_word(&l, "websocket");
		accepted |= named(&l, "Sec-WebSocket-Accept") && is(&l, want);
		spoken |= protocol && named(&l, "Sec-WebSocket-Protocol") && is(&l, protocol);
		extended |= named(&l, "Sec-WebSocket-Extensions");
	}
	if (!upgrade || !accepted)
		return err_set(e, EPROTO, "it answers, but not to our handshake");
	if (protocol && !spoken)
		return err_set(e, EPROTO, "it speaks WebSocket, but not %s", protocol);
	return extended ? err_set(e, EPROTO, "it uses extensions that nobody offered") : 0;
}

ssize_t websocket_answer(const void *p, size_t n, const char *key, const char *protocol,
			 struct err *e)
{
	static const char http[] = "HTTP/1.";
	const char *text = p, *end;
	int rc;

	if (n && memcmp(text, http, n < sizeof(http) - 1 ? n : sizeof(http) - 1) != 0)
		return err_set(e, EPROTO, "what answers is no web server");
	if (n > WEBSOCKET_HEAD_MAX)
		n = WEBSOCKET_HEAD_MAX;
	end = n ? memmem(text, n, "\r\n\r\n", 4) : NULL;
	if (!end)
		return n < WEBSOCKET_HEAD_MAX
			       ? 0
			       : err_set(e, EPROTO, "its answer to the handshake does not end");
	end += 4;
	rc = check_head(text, end, key, protocol, e);
	return rc < 0 ? rc : end - text;
}
