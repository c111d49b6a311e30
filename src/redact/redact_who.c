/* SPDX-License-Identifier: Apache-2.0 */
/* Forms of names and addresses: who, and where. */
#include "redact/redact_form.h"

#include <arpa/inet.h>
#include <string.h>

enum {
	ADDRESS_MAX = 48, /* characters of an IPv6 address */
	MAC_LEN = 17,
	MAIL_MAX = 64, /* of a mail address before its '@' */
};

static bool mail(const struct redact_at *t, struct redact_span *s)
{
	size_t n, host, dot = 0;

	if (!redact_begins(t) || !redact_in_word((unsigned char)t->p[t->at]))
		return false;
	n = redact_run(t, t->at, ".%+-", MAIL_MAX + 1);
	host = t->at + n + 1;
	if (n > MAIL_MAX || host >= t->len || t->p[host - 1] != '@')
		return false;
	n = redact_run(t, host, ".-", REDACT_VALUE_MAX);
	while (n && redact_one_of(t->p[host + n - 1], ".-"))
		n--;
	for (size_t i = 0; i < n; i++)
		dot = t->p[host + i] == '.' ? i : dot;
	if (!dot || n - dot < 3 || !redact_alpha((unsigned char)t->p[host + dot + 1]))
		return false;
	return redact_found(s, REDACT_MAIL, t->at, host + n);
}

/* Copies the characters of a set that stand here; returns how many, 0 where there are too many. */
static size_t copy_of(const struct redact_at *t, const char *set, char word[ADDRESS_MAX])
{
	size_t n = 0;

	while (t->at + n < t->len && n + 1 < ADDRESS_MAX && redact_one_of(t->p[t->at + n], set)) {
		word[n] = t->p[t->at + n];
		n++;
	}
	word[n] = '\0';
	return n + 1 < ADDRESS_MAX ? n : 0;
}

/* This machine's own loop is nobody's secret. */
static bool ipv4(const struct redact_at *t, struct redact_span *s)
{
	char word[ADDRESS_MAX];
	unsigned char bits[4];
	size_t n;

	if (!redact_begins(t) ||
	    (t->at > 1 && t->p[t->at - 1] == '.' && redact_digit((unsigned char)t->p[t->at - 2])))
		return false;
	n = copy_of(t, "0123456789.", word);
	while (n && word[n - 1] == '.')
		word[--n] = '\0';
	return n && inet_pton(AF_INET, word, bits) == 1 && bits[0] != 127 &&
	       strcmp(word, "0.0.0.0") != 0 && redact_found(s, REDACT_ADDRESS, t->at, t->at + n);
}

/* An address without a digit is a name of C++. That of a network card is a serial number. */
static bool ipv6(const struct redact_at *t, struct redact_span *s)
{
	char word[ADDRESS_MAX];
	unsigned char bits[16];
	size_t n, colons = 0;

	if (!redact_begins(t))
		return false;
	n = copy_of(t, "0123456789abcdefABCDEF:.", word);
	if (t->at + n < t->len && redact_in_word((unsigned char)t->p[t->at + n]))
		return false;
	while (n > 1 && (word[n - 1] == '.' || (word[n - 1] == ':' && word[n - 2] != ':')))
		word[--n] = '\0';
	for (size_t i = 0; i < n; i++)
		colons += word[i] == ':';
	if (n == MAC_LEN && colons == 5 && word[2] == ':' && word[8] == ':' && word[14] == ':')
		return redact_found(s, REDACT_SERIAL, t->at, t->at + n);
	return colons > 1 && strpbrk(word, "0123456789") && strcmp(word, "::1") != 0 &&
	       inet_pton(AF_INET6, word, bits) == 1 &&
	       redact_found(s, REDACT_ADDRESS, t->at, t->at + n);
}

/* /home/NAME of somebody. */
static bool home(const struct redact_at *t, struct redact_span *s)
{
	static const char *const folders[] = {"/home/", "/Users/"};

	for (size_t i = 0; i < sizeof(folders) / sizeof(folders[0]); i++) {
		size_t from = t->at + strlen(folders[i]), n;

		if (!redact_here(t, folders[i]))
			continue;
		n = redact_run(t, from, "-.", REDACT_VALUE_MAX);
		if (n)
			return redact_found(s, REDACT_USER, from, from + n);
	}
	return false;
}

/* usb-MAKER_MODEL_SERIAL-if00, usb-MAKER_MODEL_SERIAL-video-index0: udev's names of devices. */
static bool usb_name(const struct redact_at *t, struct redact_span *s)
{
	static const char *const ends[] = {"-if", "-video-index", "-event", "-port"};
	size_t n, from = t->at + 4, end = 0;

	if (!redact_begins(t) || !redact_here(t, "usb-"))
		return false;
	n = redact_run(t, from, "-.:+", REDACT_VALUE_MAX);
	for (size_t i = 0; i < sizeof(ends) / sizeof(ends[0]); i++) {
		const char *p = memmem(t->p + from, n, ends[i], strlen(ends[i]));

		if (p && (!end || (size_t)(p - t->p) < end))
			end = (size_t)(p - t->p);
	}
	for (size_t i = from; i < end; i++)
		from = t->p[i] == '_' ? i + 1 : from;
	return end && redact_found(s, REDACT_SERIAL, from, end);
}

/* What the alarms of prompts say of the words in which two differ; they stand after a quoted task. */
static bool other_words(const struct redact_at *t, struct redact_span *s)
{
	static const char *const words[] = {
		"': other words: ",	      "': more: ",	     "': missing: ",
		"not trained: other words: ", "not trained: more: ", "not trained: missing: "};

	for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++) {
		size_t from = t->at + strlen(words[i]), to;

		if (!redact_here(t, words[i]))
			continue;
		for (to = from; to < t->len && to < from + REDACT_VALUE_MAX; to++) {
			if ((unsigned char)t->p[to] < ' ' || t->p[to] == '"')
				break;
		}
		return redact_found(s, REDACT_TASK, from, to);
	}
	return false;
}

bool redact_who(const struct redact_at *t, struct redact_span *s)
{
	return home(t, s) || usb_name(t, s) || other_words(t, s) || mail(t, s) || ipv4(t, s) ||
	       ipv6(t, s);
}
