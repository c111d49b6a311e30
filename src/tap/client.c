/* SPDX-License-Identifier: Apache-2.0 */
#include "tap/client.h"

#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <sys/un.h>
#include <unistd.h>

enum { PATIENCE_S = 2 };

/* A connection to the door, which answers in time or not at all. */
static int knock(int pid, struct err *e)
{
	struct sockaddr_un sa = {.sun_family = AF_UNIX};
	struct timeval patience = {.tv_sec = PATIENCE_S};
	struct ucred peer = {0};
	socklen_t len = sizeof(peer);
	char *folder = tap_folder_dup(e);
	int fd, n;

	if (!folder)
		return -e->code;
	n = snprintf(sa.sun_path, sizeof(sa.sun_path), "%s/tap-%d.sock", folder, pid);
	free(folder);
	if (n < 0 || (size_t)n >= sizeof(sa.sun_path))
		return err_set(e, ENAMETOOLONG, "the runtime folder's name is too long");
	fd = socket(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0);
	if (fd >= 0) {
		setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof(patience));
		setsockopt(fd, SOL_SOCKET, SO_SNDTIMEO, &patience, sizeof(patience));
	}
	if (fd < 0 || connect(fd, (struct sockaddr *)&sa, sizeof(sa))) {
		err_set(e, errno, "%s: %m", sa.sun_path);
		if (errno == ECONNREFUSED)
			unlink(sa.sun_path); /* who listened there is gone */
	} else if (getsockopt(fd, SOL_SOCKET, SO_PEERCRED, &peer, &len) || peer.uid != geteuid()) {
		err_set(e, EPERM, "%s belongs to somebody else", sa.sun_path);
	} else {
		return fd;
	}
	if (fd >= 0)
		close(fd);
	return -e->code;
}

static int say(int fd, enum tap_ask ask)
{
	struct tap_request r = {.magic = TAP_MAGIC, .version = TAP_VERSION, .ask = ask};

	return send(fd, &r, sizeof(r), MSG_NOSIGNAL) == sizeof(r) ? 0 : -errno;
}

/* The descriptors that came with m, -1 where none did. */
static void take_fds(struct msghdr *m, int fd[TAP_FDS])
{
	for (struct cmsghdr *c = CMSG_FIRSTHDR(m); c; c = CMSG_NXTHDR(m, c)) {
		size_t n = c->cmsg_len - CMSG_LEN(0);

		if (c->cmsg_level == SOL_SOCKET && c->cmsg_type == SCM_RIGHTS &&
		    n <= TAP_FDS * sizeof(int))
			memcpy(fd, CMSG_DATA(c), n);
	}
}

/* The answer, and what came with it. fd is filled in any case. */
static int hear(int door, struct tap_info *info, int fd[TAP_FDS], struct err *e)
{
	union {
		char space[CMSG_SPACE(TAP_FDS * sizeof(int))];
		struct cmsghdr align;
	} control = {0};
	struct iovec iov = {.iov_base = info, .iov_len = sizeof(*info)};
	struct msghdr m = {.msg_iov = &iov,
			   .msg_iovlen = 1,
			   .msg_control = control.space,
			   .msg_controllen = sizeof(control.space)};
	ssize_t n;

	for (int i = 0; i < TAP_FDS; i++)
		fd[i] = -1;
	n = recvmsg(door, &m, MSG_CMSG_CLOEXEC);
	if (n < 0)
		return err_set(e, errno == EAGAIN ? ETIMEDOUT : errno, "the tap does not answer");
	take_fds(&m, fd);
	if ((size_t)n < 16 || memcmp(info->magic, TAP_MAGIC, sizeof(info->magic)) != 0)
		return err_set(e, EPROTO, "what listens there is no tap");
	if (info->version != TAP_VERSION || (size_t)n != sizeof(*info))
		return err_set(e, EPROTO,
			       "it speaks version %u, this policytop %d: it ends with its clients",
			       info->version, TAP_VERSION);
	info->source[sizeof(info->source) - 1] = '\0';
	info->listen[sizeof(info->listen) - 1] = '\0';
	info->link[sizeof(info->link) - 1] = '\0';
	info->pty[sizeof(info->pty) - 1] = '\0';
	info->upstream[sizeof(info->upstream) - 1] = '\0';
	return 0;
}

static void close_fds(int fd[TAP_FDS])
{
	for (int i = 0; i < TAP_FDS; i++) {
		if (fd[i] >= 0)
			close(fd[i]);
		fd[i] = -1;
	}
}

/* Asks what needs no more than an answer. */
static int ask(int pid, enum tap_ask what, struct tap_info *info, struct err *e)
{
	int door = knock(pid, e), fd[TAP_FDS], rc;

	if (door < 0)
		return door;
	rc = say(door, what);
	rc = rc ? err_set(e, -rc, "the tap does not listen") : hear(door, info, fd, e);
	if (rc != -ETIMEDOUT)
		close_fds(fd);
	close(door);
	return rc;
}

static int by_pid(const void *a, const void *b)
{
	const struct tap_info *x = a, *y = b;

	return (x->pid > y->pid) - (x->pid < y->pid);
}

size_t tap_list(struct tap_info *out, size_t max)
{
	char *folder = tap_folder_dup(&(struct err){0});
	DIR *dir = folder ? opendir(folder) : NULL;
	const struct dirent *d;
	size_t n = 0;

	while (dir && n < max && (d = readdir(dir))) {
		struct err e;
		int pid, end = 0;

		if (sscanf(d->d_name, "tap-%d.sock%n", &pid, &end) == 1 && end && !d->d_name[end] &&
		    ask(pid, TAP_STATUS, &out[n], &e) == 0)
			n++;
	}
	if (dir)
		closedir(dir);
	free(folder);
	qsort(out, n, sizeof(*out), by_pid);
	return n;
}

int tap_stop(int pid, struct err *e)
{
	struct tap_info info;
	int rc = ask(pid, TAP_END, &info, e);

	if (rc || !info.error)
		return rc;
	if (info.clients)
		return err_set(e, info.error, "%u client%s of %s would be cut off", info.clients,
			       info.clients == 1 ? "" : "s", tap_place(&info));
	return err_set(e, info.error, "an engine (pid %d) watches %s", info.engine,
		       tap_place(&info));
}

static int take_memory(struct tap_link *l, int fd[TAP_FDS], struct err *e)
{
	int rc = fd[TAP_FDS - 1] < 0 ? err_set(e, EPROTO, "the tap sent no memory")
				     : tap_share_map(&l->share, fd, e);

	l->wake = fd[3];
	fd[3] = -1;
	return rc;
}

int tap_attach(struct tap_link *l, int pid, struct err *e)
{
	int fd[TAP_FDS], rc;

	*l = (struct tap_link){.door = knock(pid, e), .wake = -1};
	if (l->door < 0)
		return l->door;
	rc = say(l->door, TAP_ATTACH);
	if (rc) {
		tap_detach(l, false);
		return err_set(e, -rc, "the tap does not listen");
	}
	rc = hear(l->door, &l->info, fd, e);
	if (!rc && l->info.error)
		rc = err_set(e, l->info.error, "another engine (pid %d) has the tap at %s",
			     l->info.engine, tap_place(&l->info));
	if (!rc)
		rc = take_memory(l, fd, e);
	close_fds(fd);
	if (rc)
		tap_detach(l, false);
	return rc;
}

void tap_detach(struct tap_link *l, bool in_order)
{
	if (l->door >= 0 && in_order)
		say(l->door, TAP_DETACH);
	if (l->door >= 0)
		close(l->door);
	if (l->wake >= 0)
		close(l->wake);
	l->door = l->wake = -1;
	tap_share_unmap(&l->share);
}
