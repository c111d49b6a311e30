/* SPDX-License-Identifier: Apache-2.0 */
#include "view/client.h"

#include <dirent.h>
#include <errno.h>
#include <math.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <cjson/cJSON.h>

#include "base/buf.h"
#include "base/mem.h"
#include "base/path.h"
#include "base/text.h"
#include "view/message.h"

enum { ANSWER_WAIT_MS = 2000 };

struct client {
	int fd;
	struct client_engine engine;
	char packet[MESSAGE_SIZE_MAX];
};

char *rig_socket_dup(const char *rig, struct err *e)
{
	struct buf b = {0};
	char *dir;

	if (!rig_name_valid(rig)) {
		err_set(e, EINVAL,
			"rig name '%s': letters, digits, '.', '_' and '-' only, up to %d", rig,
			RIG_BYTES - 1);
		return NULL;
	}
	dir = path_runtime_dup(e);
	if (!dir)
		return NULL;
	buf_printf(&b, "%s/%s.sock", dir, rig);
	free(dir);
	if (b.len >= sizeof(((struct sockaddr_un *)0)->sun_path)) {
		err_set(e, ENAMETOOLONG, "%s: too long for a socket, set XDG_RUNTIME_DIR", b.p);
		buf_fini(&b);
	}
	return b.p;
}

static int connect_to(const char *rig, struct err *e)
{
	struct sockaddr_un a = {.sun_family = AF_UNIX};
	char *path = rig_socket_dup(rig, e);
	int fd;

	if (!path)
		return -1;
	memcpy(a.sun_path, path, strlen(path) + 1);
	fd = socket(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	if (fd < 0) {
		err_set(e, errno, "cannot make a socket: %m");
	} else if (connect(fd, (struct sockaddr *)&a, sizeof(a))) {
		if (errno == ENOENT || errno == ECONNREFUSED)
			err_set(e, ENOENT, "no engine runs for '%s'", rig);
		else
			err_set(e, errno, "%s: cannot connect: %m", path);
		close(fd);
		fd = -1;
	}
	free(path);
	return fd;
}

static int send_request(struct client *c, const char *text)
{
	size_t n = strlen(text);

	return send(c->fd, text, n, MSG_NOSIGNAL | MSG_DONTWAIT) == (ssize_t)n ? 0 : -errno;
}

static const char *member_text(const cJSON *o, const char *key)
{
	const char *s = cJSON_GetStringValue(cJSON_GetObjectItemCaseSensitive(o, key));

	return s ? s : "";
}

static double member_number(const cJSON *o, const char *key)
{
	const cJSON *n = cJSON_GetObjectItemCaseSensitive(o, key);

	return cJSON_IsNumber(n) ? n->valuedouble : 0;
}

static void clean_member(char *dst, size_t size, const cJSON *o, const char *key)
{
	const char *s = member_text(o, key);

	text_clean(dst, size, s, strlen(s));
}

static int read_welcome(struct client *c, const char *rig, size_t n, struct err *e)
{
	cJSON *o = cJSON_ParseWithLength(c->packet, n);
	double pid = member_number(o, "pid"), run = member_number(o, "run");
	char why[256];
	int rc = 0;

	clean_member(c->engine.version, sizeof(c->engine.version), o, "version");
	clean_member(why, sizeof(why), o, "error");
	if (!o)
		rc = err_set(e, EPROTO, "engine of '%s': its answer is no JSON", rig);
	else if (strcmp(member_text(o, "code"), "version") == 0)
		rc = err_set(e, EPROTO, "engine of '%s': %s", rig, why);
	else if (why[0])
		rc = err_set(e, EPERM, "engine of '%s': %s", rig, why);
	text_copy(c->engine.rig, sizeof(c->engine.rig), rig);
	c->engine.pid = pid > 0 && pid < 1e9 ? (int)pid : 0;
	c->engine.run = run > 0 && run < 9e15 ? (int64_t)run : 0;
	cJSON_Delete(o);
	return rc;
}

static int introduce(struct client *c, const char *rig, double hz, struct err *e)
{
	struct pollfd p = {.fd = c->fd, .events = POLLIN};
	char text[128];
	int ready;
	ssize_t n;

	snprintf(text, sizeof(text),
		 "{\"v\":%d,\"request\":\"hello\",\"version\":\"" PACKAGE_VERSION "\",\"hz\":%g}",
		 MESSAGE_VERSION, hz);
	/* An engine that turns us away has its reason sent before our request arrives. */
	(void)send_request(c, text);
	do
		ready = poll(&p, 1, ANSWER_WAIT_MS);
	while (ready < 0 && errno == EINTR);
	if (ready <= 0)
		return err_set(e, ETIMEDOUT, "engine of '%s': no answer within 2 s", rig);
	n = recv(c->fd, c->packet, sizeof(c->packet), MSG_DONTWAIT);
	if (n < 0 && errno == ECONNRESET) /* told once, before what was sent */
		n = recv(c->fd, c->packet, sizeof(c->packet), MSG_DONTWAIT);
	if (n <= 0)
		return err_set(e, EPROTO, "engine of '%s': it hung up", rig);
	return read_welcome(c, rig, (size_t)n, e);
}

struct client *client_connect(const char *rig, double hz, struct err *e)
{
	int fd = connect_to(rig, e);
	struct client *c;

	if (fd < 0)
		return NULL;
	c = xcalloc(1, sizeof(*c));
	c->fd = fd;
	if (introduce(c, rig, hz, e)) {
		client_close(c);
		return NULL;
	}
	return c;
}

void client_close(struct client *c)
{
	if (!c)
		return;
	close(c->fd);
	free(c);
}

int client_fd(const struct client *c)
{
	return c->fd;
}

const struct client_engine *client_engine(const struct client *c)
{
	return &c->engine;
}

static enum client_kind read_json(struct client *c, struct client_data *d, size_t n)
{
	cJSON *o = cJSON_ParseWithLength(c->packet, n);
	enum client_kind kind = CLIENT_ANSWER;

	d->error = cJSON_HasObjectItem(o, "error");
	clean_member(d->text, sizeof(d->text), o, d->error ? "error" : "text");
	if (cJSON_HasObjectItem(o, "bye")) {
		clean_member(d->text, sizeof(d->text), o, "bye");
		kind = CLIENT_BYE;
	}
	cJSON_Delete(o);
	return kind;
}

static enum client_kind read_message(struct client *c, struct client_data *d, size_t n)
{
	switch (message_kind(c->packet, n)) {
	case MESSAGE_SNAPSHOT:
		return message_get_snapshot(&d->snapshot, c->packet, n) ? CLIENT_NOTHING
									: CLIENT_SNAPSHOT;
	case MESSAGE_HISTORY:
		return message_get_history(&d->history, c->packet, n) ? CLIENT_NOTHING
								      : CLIENT_HISTORY;
	case MESSAGE_VERDICT:
		return message_get_verdict(&d->verdict, c->packet, n) ? CLIENT_NOTHING
								      : CLIENT_VERDICT;
	case MESSAGE_EVENT:
		return message_get_event(&d->event, c->packet, n) ? CLIENT_NOTHING : CLIENT_EVENT;
	case MESSAGE_THUMB:
		return message_get_thumb(&d->thumb, c->packet, n) ? CLIENT_NOTHING : CLIENT_THUMB;
	case MESSAGE_REFERENCE:
		return message_get_reference(&d->reference, c->packet, n) ? CLIENT_NOTHING
									  : CLIENT_REFERENCE;
	case MESSAGE_NONE:
	default:
		return CLIENT_NOTHING;
	}
}

enum client_kind client_read(struct client *c, struct client_data *d)
{
	for (;;) {
		ssize_t n = recv(c->fd, c->packet, sizeof(c->packet), MSG_DONTWAIT);
		enum client_kind kind;

		/* A reset (the engine left requests unread) is told once, before its last words. */
		if (n < 0 && (errno == EINTR || errno == ECONNRESET))
			continue;
		if (n < 0 && (errno == EAGAIN || errno == EWOULDBLOCK))
			return CLIENT_NOTHING;
		if (n <= 0)
			return CLIENT_GONE;
		kind = c->packet[0] == '{' ? read_json(c, d, (size_t)n)
					   : read_message(c, d, (size_t)n);
		if (kind != CLIENT_NOTHING) /* else it was unreadable: go on with the next */
			return kind;
	}
}

int client_history(struct client *c, unsigned joint, unsigned columns, double span_s)
{
	char text[128];

	snprintf(text, sizeof(text),
		 "{\"v\":%d,\"request\":\"history\",\"joint\":%u,\"columns\":%u,\"span_s\":%g}",
		 MESSAGE_VERSION, joint, columns, span_s);
	return send_request(c, text);
}

int client_thumb(struct client *c, unsigned camera)
{
	char text[64];

	snprintf(text, sizeof(text), "{\"v\":%d,\"request\":\"thumb\",\"camera\":%u}",
		 MESSAGE_VERSION, camera);
	return send_request(c, text);
}

int client_reference(struct client *c, const char *camera)
{
	struct buf b = {0};
	int rc;

	buf_printf(&b, "{\"v\":%d,\"request\":\"reference\",\"name\":", MESSAGE_VERSION);
	buf_json_str(&b, camera);
	buf_str(&b, "}");
	rc = send_request(c, b.p);
	buf_fini(&b);
	return rc;
}

static int send_with_note(struct client *c, const char *request, uint32_t episode,
			  const char *outcome, const char *note)
{
	struct buf b = {0};
	int rc;

	buf_printf(&b, "{\"v\":%d,\"request\":\"%s\",\"episode\":%lu", MESSAGE_VERSION, request,
		   (unsigned long)episode);
	if (outcome)
		buf_printf(&b, ",\"outcome\":\"%s\"", outcome);
	if (note && *note) {
		buf_str(&b, ",\"note\":");
		buf_json_str(&b, note);
	}
	buf_str(&b, "}");
	rc = send_request(c, b.p);
	buf_fini(&b);
	return rc;
}

int client_episode_end(struct client *c, uint32_t episode, enum outcome o, const char *note)
{
	return send_with_note(c, "episode-end", episode, outcome_word(o), note);
}

int client_episode_start(struct client *c, uint32_t episode)
{
	return send_with_note(c, "episode-start", episode, NULL, NULL);
}

int client_mark(struct client *c, uint32_t episode, const char *note)
{
	return send_with_note(c, "mark", episode, NULL, note);
}

int client_stop(struct client *c)
{
	char text[64];

	snprintf(text, sizeof(text), "{\"v\":%d,\"request\":\"stop\"}", MESSAGE_VERSION);
	return send_request(c, text);
}

static bool ask(const char *rig, struct client_engine *out)
{
	struct err e;
	struct client *c = client_connect(rig, 0, &e);

	if (c)
		*out = c->engine;
	client_close(c);
	return c != NULL;
}

static int by_name(const void *a, const void *b)
{
	return strcmp(((const struct client_engine *)a)->rig,
		      ((const struct client_engine *)b)->rig);
}

size_t client_list(struct client_engine *out, size_t max)
{
	char *dir = path_runtime_dup(NULL);
	DIR *d = dir ? opendir(dir) : NULL;
	size_t n = 0;

	for (struct dirent *de; d && n < max && (de = readdir(d));) {
		char rig[sizeof(de->d_name)];

		if (!text_ends(de->d_name, ".sock"))
			continue;
		text_copy(rig, sizeof(rig), de->d_name);
		rig[strlen(rig) - strlen(".sock")] = '\0';
		n += rig_name_valid(rig) && ask(rig, &out[n]);
	}
	if (d)
		closedir(d);
	free(dir);
	if (n)
		qsort(out, n, sizeof(*out), by_name);
	return n;
}
