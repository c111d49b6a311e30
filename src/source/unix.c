/* SPDX-License-Identifier: Apache-2.0 */
/* `unix:PATH`: the stream protocol through a unix socket, connected to or listened at. */
#include <errno.h>
#include <stddef.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include "base/text.h"
#include "source/net.h"
#include "wire/stream.h"

/* Removes a socket file that nobody listens at any more. */
static void remove_stale(const struct sockaddr_un *sa)
{
	int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	struct stat st;

	if (lstat(sa->sun_path, &st) == 0 && S_ISSOCK(st.st_mode) && fd >= 0 &&
	    connect(fd, (const struct sockaddr *)sa, sizeof(*sa)) < 0 && errno == ECONNREFUSED)
		unlink(sa->sun_path);
	if (fd >= 0)
		close(fd);
}

static int unix_open(struct source *s, struct uri *u, struct err *e)
{
	struct net *n = s->state;
	struct sockaddr_un sa = {.sun_family = AF_UNIX};
	int rc;

	rc = net_init(s, u, e);
	if (rc == 0)
		rc = net_params(s, u, e);
	if (rc < 0)
		return rc;
	if (!u->rest[0] || strlen(u->rest) >= sizeof(sa.sun_path))
		return err_set(e, EINVAL, "%s: write unix:PATH, of at most %zu bytes", u->word,
			       sizeof(sa.sun_path) - 1);
	memcpy(sa.sun_path, u->rest, strlen(u->rest));
	memcpy(&n->address[0].sa, &sa, sizeof(sa));
	n->address[0].len = sizeof(sa);
	n->addresses = 1;
	text_clean(n->where, sizeof(n->where), u->rest, strlen(u->rest));
	if (n->listens) {
		text_copy(s->address, sizeof(s->address), n->where);
		remove_stale(&sa);
	}
	return net_start(s, e);
}

static void unix_close(struct source *s)
{
	struct net *n = s->state;
	struct sockaddr_un sa;

	if (n->state == NET_LISTENING || (n->listens && n->state == NET_UP)) {
		memcpy(&sa, &n->address[0].sa, sizeof(sa));
		unlink(sa.sun_path);
	}
	net_close(s);
}

static const struct source_param params[] = {NET_PARAMS, {0}};

const struct source_class source_unix = {
	.kind = "unix",
	.rest = "PATH",
	.summary = "stream protocol through a unix socket",
	.facts = STREAM_FACTS,
	.waits = true,
	.decoder = &decoder_lines,
	.params = params,
	.state_size = sizeof(struct net),
	.open = unix_open,
	.run = net_run,
	.close = unix_close,
};
