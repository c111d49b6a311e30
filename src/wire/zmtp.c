/* SPDX-License-Identifier: Apache-2.0 */
#include "wire/zmtp.h"

#include <string.h>

enum { MORE = 1, LONG = 2, COMMAND = 4 };
enum { MAJOR = 10, MECHANISM = 12, MECHANISM_BYTES = 20 }; /* places in the greeting */

void zmtp_init(struct zmtp *z)
{
	*z = (struct zmtp){.need = 1};
}

/* ff, 8 bytes of padding, 7f. */
bool zmtp_begins(const void *bytes, size_t n)
{
	const uint8_t *p = bytes;

	return n && p[0] == 0xff && (n < 10 || p[9] == 0x7f);
}

static size_t take_greeting(struct zmtp *z, const uint8_t *p, size_t n)
{
	size_t take = ZMTP_GREETING - z->greetings;

	take = take < n ? take : n;
	memcpy(z->greeting + z->greetings, p, take);
	z->greetings += (unsigned)take;
	if (!zmtp_begins(z->greeting, z->greetings)) {
		z->error = "no greeting of ZeroMQ";
	} else if (z->greetings > MAJOR && z->greeting[MAJOR] < 3) {
		z->error = "a greeting of a ZeroMQ before version 3";
	} else if (z->greetings == ZMTP_GREETING) {
		z->greeted = true;
		memcpy(z->mechanism, z->greeting + MECHANISM, MECHANISM_BYTES);
	}
	return take;
}

static void begin_frame(struct zmtp *z)
{
	uint64_t n = 0;

	for (unsigned i = 1; i < z->need; i++)
		n = n << 8 | z->head[i];
	z->left = n;
	z->in_frame = true;
	if (z->head[0] & COMMAND)
		z->command_len = 0;
	else
		z->in_message = true;
	if (z->head[0] & ~(MORE | LONG | COMMAND))
		z->error = "a frame of an unknown kind";
	else if (n >> 63)
		z->error = "an impossible length";
}

static size_t take_head(struct zmtp *z, const uint8_t *p, size_t n)
{
	size_t at = 0;

	while (at < n && z->heads < z->need) {
		z->head[z->heads++] = p[at++];
		if (z->heads == 1)
			z->need = z->head[0] & LONG ? 9 : 2;
	}
	if (z->heads == z->need && z->need > 1)
		begin_frame(z);
	return at;
}

/* Properties of READY: u8 length and name, u32 length and value. */
static void read_ready(struct zmtp *z)
{
	const uint8_t *p = z->command;
	size_t n = z->command_len, at = 6;

	if (n < at || memcmp(p, "\5READY", at) != 0)
		return;
	z->ready = true;
	while (at < n && n - at > 5u + p[at]) {
		const uint8_t *name = p + at + 1, *v = name + p[at] + 4;
		size_t len = (size_t)v[-4] << 24 | (size_t)v[-3] << 16 | (size_t)v[-2] << 8 | v[-1];
		bool type = p[at] == 11 && memcmp(name, "Socket-Type", 11) == 0;

		at += 5u + p[at];
		if (len > n - at)
			return;
		if (type && len < sizeof(z->socket_type)) {
			memcpy(z->socket_type, v, len);
			z->socket_type[len] = '\0';
		}
		at += len;
	}
}

static void end_frame(struct zmtp *z, struct zmtp_piece *out)
{
	z->in_frame = false;
	z->heads = 0;
	z->need = 1;
	if (z->head[0] & COMMAND) {
		out->command = true;
		read_ready(z);
	} else if (!(z->head[0] & MORE)) {
		out->body = out->end = true;
		z->in_message = false;
	}
}

static void keep_command(struct zmtp *z, const uint8_t *p, size_t n)
{
	size_t room = ZMTP_COMMAND_MAX - z->command_len;

	n = n < room ? n : room;
	memcpy(z->command + z->command_len, p, n);
	z->command_len += (unsigned)n;
}

static size_t take_payload(struct zmtp *z, const uint8_t *p, size_t n, struct zmtp_piece *out)
{
	size_t take = z->left < n ? (size_t)z->left : n;

	z->left -= take;
	if (z->head[0] & COMMAND) {
		keep_command(z, p, take);
	} else if (!(z->head[0] & MORE)) { /* frames before the last are the envelope */
		out->bytes = p;
		out->len = take;
		out->body = true;
	}
	if (!z->left)
		end_frame(z, out);
	return take;
}

size_t zmtp_take(struct zmtp *z, const void *bytes, size_t n, struct zmtp_piece *out)
{
	const uint8_t *p = bytes;
	size_t at = 0;

	*out = (struct zmtp_piece){0};
	while (!z->error && at < n && !out->body && !out->command) {
		if (!z->greeted) {
			at += take_greeting(z, p + at, n - at);
			continue;
		}
		if (!z->in_frame)
			at += take_head(z, p + at, n - at);
		if (z->in_frame && !z->error)
			at += take_payload(z, p + at, n - at, out);
	}
	return z->error ? n : at;
}

uint64_t zmtp_left(const struct zmtp *z)
{
	bool last = z->head[0] & COMMAND ? !z->in_message : !(z->head[0] & MORE);

	return z->in_frame && last ? z->left : 0;
}

bool zmtp_lost(struct zmtp *z, uint64_t n)
{
	struct zmtp_piece ignored = {0};

	if (!z->in_frame || n > z->left)
		return n == 0;
	z->left -= n;
	if (!z->left)
		end_frame(z, &ignored);
	return true;
}

void zmtp_resume(struct zmtp *z)
{
	z->error = NULL;
	z->greeted = true;
	z->in_frame = z->in_message = false;
	z->left = 0;
	z->heads = 0;
	z->need = 1;
}
