/* SPDX-License-Identifier: Apache-2.0 */
/* The tap's side of its door. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include "base/mem.h"
#include "tap/tap.h"

int door_open(struct tap *t, struct err *e)
{
	struct sockaddr_un sa = {.sun_family = AF_UNIX};
	char *folder = tap_folder_dup(e);
	int n = -1;

	if (!folder)
		return -e->code;
	n = snprintf(sa.sun_path, sizeof(sa.sun_path), "%s/tap-%d.sock", folder, (int)getpid());
	free(folder);
	if (n < 0 || (size_t)n >= sizeof(sa.sun_path))
		return err_set(e, ENAMETOOLONG, "the runtime folder's name is too long");
	unlink(sa.sun_path); /* of another boot, or of a process that had our number */
	t->door = socket(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	if (t->door >= 0)
		fchmod(t->door, 0600);
	if (t->door < 0 || bind(t->door, (struct sockaddr *)&sa, sizeof(sa)) ||
	    listen(t->door, TAP_GUESTS))
		return err_set(e, errno, "%s: %m", sa.sun_path);
	t->door_path = xstrdup(sa.sun_path);
	tap_watch(t, t->door, EPOLLIN, WATCH_DOOR, 0);
	return 0;
}

static void show_out(struct tap *t, unsigned i)
{
	close(t->guest[i].fd);
	t->guest[i].fd = -1;
	if (t->engine != (int)i)
		return;
	t->engine = -1;
	t->alone_ns = clock_now_ns(&t->clock);
}

void door_accept(struct tap *t)
{
	int fd = accept4(t->door, NULL, NULL, SOCK_CLOEXEC | SOCK_NONBLOCK);
	struct ucred peer = {0};
	socklen_t len = sizeof(peer);
	unsigned i = 0;

	if (fd < 0)
		return;
	while (i < TAP_GUESTS && t->guest[i].fd >= 0)
		i++;
	if (i == TAP_GUESTS || getsockopt(fd, SOL_SOCKET, SO_PEERCRED, &peer, &len) ||
	    peer.uid != geteuid()) {
		close(fd);
		return;
	}
	t->guest[i] = (struct guest){.fd = fd, .pid = peer.pid};
	tap_watch(t, fd, EPOLLIN, WATCH_GUEST, i);
}

static void answer(struct tap *t, unsigned i, int error, bool with_memory)
{
	union {
		char space[CMSG_SPACE(TAP_FDS * sizeof(int))];
		struct cmsghdr align;
	} control = {0};
	struct tap_info info = t->info;
	struct iovec iov = {.iov_base = &info, .iov_len = sizeof(info)};
	struct msghdr m = {.msg_iov = &iov, .msg_iovlen = 1};

	info.error = error;
	info.engine = t->engine >= 0 ? t->guest[t->engine].pid : 0;
	info.clients = t->live;
	info.uncopied = atomic_load(&t->share.control->uncopied);
	for (int d = 0; d < 2; d++)
		info.lost[d] = atomic_load(&t->share.ring[d].shared->lost);
	if (with_memory) {
		m.msg_control = control.space;
		m.msg_controllen = sizeof(control.space);
		control.align = (struct cmsghdr){.cmsg_len = CMSG_LEN(TAP_FDS * sizeof(int)),
						 .cmsg_level = SOL_SOCKET,
						 .cmsg_type = SCM_RIGHTS};
		memcpy(CMSG_DATA(&control.align), t->fd, TAP_FDS * sizeof(int));
	}
	if (sendmsg(t->guest[i].fd, &m, MSG_NOSIGNAL) < 0)
		show_out(t, i);
}

/* Whatever the engine before wrote there: positions must lie in the ring. */
static void mend_tails(struct tap *t)
{
	for (int d = 0; d < 2; d++) {
		struct tap_ring *r = &t->share.ring[d];
		uint64_t head = atomic_load(&r->shared->head);

		if (head - atomic_load(&r->shared->tail) > r->size)
			atomic_store(&r->shared->tail, head);
	}
}

static void attach(struct tap *t, unsigned i)
{
	if (t->engine >= 0) {
		answer(t, i, EBUSY, false);
		return;
	}
	mend_tails(t);
	t->engine = (int)i;
	t->detached = false;
	answer(t, i, 0, true);
}

void door_hear(struct tap *t, unsigned i)
{
	struct tap_request r = {0};
	ssize_t n = t->guest[i].fd < 0 ? -1 : recv(t->guest[i].fd, &r, sizeof(r), MSG_DONTWAIT);

	if (n < 0 && (t->guest[i].fd < 0 || errno == EAGAIN || errno == EINTR))
		return;
	if (n != sizeof(r) || memcmp(r.magic, TAP_MAGIC, sizeof(r.magic)) != 0) {
		show_out(t, i);
		return;
	}
	if (r.version != TAP_VERSION || r.ask == TAP_STATUS) {
		answer(t, i, r.version == TAP_VERSION ? 0 : EPROTO, false);
	} else if (r.ask == TAP_ATTACH) {
		attach(t, i);
	} else if (r.ask == TAP_END) {
		t->ended = !t->live && t->engine < 0;
		answer(t, i, t->ended ? 0 : EBUSY, false);
	} else {
		t->detached |= r.ask == TAP_DETACH && t->engine == (int)i;
		show_out(t, i);
	}
}
