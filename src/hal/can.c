/* SPDX-License-Identifier: Apache-2.0 */
#include "hal/can.h"

#include <errno.h>
#include <linux/can.h>
#include <linux/can/error.h>
#include <linux/can/raw.h>
#include <linux/sock_diag.h>
#include <net/if.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/mem.h"

/* Half a second of four arms' frames, each some 700 bytes in the kernel. */
enum { RECEIVE_BYTES = 8 << 20, CONTROL_BYTES = 128 };

struct can {
	int fd, index;
	uint32_t lost;	 /* as the socket last said */
	int64_t last_ns; /* the newest time that was told */
	struct mmsghdr msg[CAN_HEARD_MAX];
	struct iovec iov[CAN_HEARD_MAX];
	struct canfd_frame frame[CAN_HEARD_MAX];
	_Alignas(struct cmsghdr) char control[CAN_HEARD_MAX][CONTROL_BYTES];
};

struct can *can_adopt(int fd)
{
	struct can *c = xcalloc(1, sizeof(*c));
	int on = 1;

	c->fd = fd;
	setsockopt(fd, SOL_SOCKET, SO_TIMESTAMPNS, &on, sizeof(on));
	return c;
}

/* Those that fail only take away what they add. */
static void ask_for_all(int fd)
{
	can_err_mask_t errors = CAN_ERR_MASK;
	int on = 1, bytes = RECEIVE_BYTES;

	setsockopt(fd, SOL_CAN_RAW, CAN_RAW_FD_FRAMES, &on, sizeof(on));
	setsockopt(fd, SOL_CAN_RAW, CAN_RAW_ERR_FILTER, &errors, sizeof(errors));
	setsockopt(fd, SOL_SOCKET, SO_RXQ_OVFL, &on, sizeof(on));
	if (setsockopt(fd, SOL_SOCKET, SO_RCVBUFFORCE, &bytes, sizeof(bytes)) < 0)
		setsockopt(fd, SOL_SOCKET, SO_RCVBUF, &bytes, sizeof(bytes));
}

struct can *can_open(const char *interface, struct err *e)
{
	struct sockaddr_can a = {.can_family = AF_CAN};
	struct can *c;
	int fd;

	a.can_ifindex = (int)if_nametoindex(interface);
	if (!a.can_ifindex) {
		err_set(e, ENODEV, "%s: no such interface (ip link shows those there are)",
			interface);
		return NULL;
	}
	fd = socket(AF_CAN, SOCK_RAW | SOCK_NONBLOCK | SOCK_CLOEXEC, CAN_RAW);
	if (fd < 0) {
		err_set(e, ENODEV, "%s: no CAN socket: %s (modprobe can-raw)", interface,
			strerror(errno));
		return NULL;
	}
	ask_for_all(fd);
	if (bind(fd, (const struct sockaddr *)&a, sizeof(a)) < 0) {
		err_set(e, ENODEV, "%s: is no CAN interface: %s", interface, strerror(errno));
		close(fd);
		return NULL;
	}
	c = can_adopt(fd);
	c->index = a.can_ifindex;
	return c;
}

void can_close(struct can *c)
{
	if (!c)
		return;
	close(c->fd);
	free(c);
}

int can_fd(const struct can *c)
{
	return c->fd;
}

int can_index(const struct can *c)
{
	return c->index;
}

static int64_t ns_of(const struct timespec *t)
{
	return (int64_t)t->tv_sec * NS_PER_S + t->tv_nsec;
}

/* The kernel stamps with the clock that can be set; what it is ahead of the other one now. */
static int64_t ahead_ns(int64_t *now_ns)
{
	struct timespec real, mono;

	clock_gettime(CLOCK_MONOTONIC, &mono);
	clock_gettime(CLOCK_REALTIME, &real);
	*now_ns = ns_of(&mono);
	return ns_of(&real) - ns_of(&mono);
}

static void prepare(struct can *c, unsigned n)
{
	for (unsigned i = 0; i < n; i++) {
		c->iov[i] = (struct iovec){.iov_base = &c->frame[i], .iov_len = CANFD_MTU};
		c->msg[i].msg_hdr = (struct msghdr){.msg_iov = &c->iov[i], .msg_iovlen = 1};
		c->msg[i].msg_hdr.msg_control = c->control[i];
		c->msg[i].msg_hdr.msg_controllen = CONTROL_BYTES;
	}
}

/* When it came, and how many were lost before it. */
static void read_control(struct can *c, struct msghdr *m, struct can_heard *out, int64_t ahead)
{
	for (struct cmsghdr *h = CMSG_FIRSTHDR(m); h; h = CMSG_NXTHDR(m, h)) {
		struct timespec t;
		uint32_t lost;

		if (h->cmsg_level != SOL_SOCKET)
			continue;
		if (h->cmsg_type == SO_TIMESTAMPNS && h->cmsg_len >= CMSG_LEN(sizeof(t))) {
			memcpy(&t, CMSG_DATA(h), sizeof(t));
			out->t_ns = ns_of(&t) - ahead;
		} else if (h->cmsg_type == SO_RXQ_OVFL && h->cmsg_len >= CMSG_LEN(sizeof(lost))) {
			memcpy(&lost, CMSG_DATA(h), sizeof(lost));
			out->lost = lost - c->lost;
			c->lost = lost;
		}
	}
}

/* False: a packet that is no frame. */
static bool take(struct can *c, unsigned i, struct can_heard *out, int64_t now_ns, int64_t ahead)
{
	const struct canfd_frame *f = &c->frame[i];
	struct msghdr *m = &c->msg[i].msg_hdr;
	size_t n = c->msg[i].msg_len;

	if ((n != CAN_MTU && n != CANFD_MTU) || f->len > (n == CAN_MTU ? 8 : CANFD_MAX_DLEN))
		return false;
	*out = (struct can_heard){.id = f->can_id, .len = f->len, .t_ns = now_ns};
	out->fd = n == CANFD_MTU;
	out->own = m->msg_flags & MSG_DONTROUTE;
	memcpy(out->data, f->data, f->len);
	read_control(c, m, out, ahead);
	/* Somebody may have set the clock since. */
	if (out->t_ns > now_ns)
		out->t_ns = now_ns;
	if (out->t_ns < c->last_ns)
		out->t_ns = c->last_ns;
	c->last_ns = out->t_ns;
	return true;
}

int can_read(struct can *c, struct can_heard *out, unsigned max)
{
	int64_t now_ns, ahead;
	unsigned taken = 0;
	int n;

	if (max > CAN_HEARD_MAX)
		max = CAN_HEARD_MAX;
	prepare(c, max);
	n = recvmmsg(c->fd, c->msg, max, MSG_DONTWAIT, NULL);
	if (n < 0)
		return errno == EAGAIN || errno == EINTR ? 0 : -errno;
	ahead = ahead_ns(&now_ns);
	for (int i = 0; i < n; i++)
		taken += take(c, (unsigned)i, &out[taken], now_ns, ahead);
	return (int)taken;
}

uint32_t can_lost(struct can *c)
{
	uint32_t memory[SK_MEMINFO_VARS] = {0}, lost;
	socklen_t size = sizeof(memory);

	if (getsockopt(c->fd, SOL_SOCKET, SO_MEMINFO, memory, &size) < 0 || size < sizeof(memory))
		return 0;
	lost = memory[SK_MEMINFO_DROPS] - c->lost;
	c->lost = memory[SK_MEMINFO_DROPS];
	return lost;
}
