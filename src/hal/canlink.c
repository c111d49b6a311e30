/* SPDX-License-Identifier: Apache-2.0 */
#include "hal/canlink.h"

#include <errno.h>
#include <linux/can/netlink.h>
#include <linux/if_link.h>
#include <linux/rtnetlink.h>
#include <net/if.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

enum { ANSWER_BYTES = 16384 };

/* Calls take() for each attribute; what is cut short ends it. */
static void each(const uint8_t *p, size_t n, struct canlink *out,
		 void (*take)(struct canlink *out, unsigned type, const uint8_t *p, size_t n))
{
	while (n >= sizeof(struct rtattr)) {
		struct rtattr a;
		size_t step;

		memcpy(&a, p, sizeof(a));
		if (a.rta_len < sizeof(a) || a.rta_len > n)
			return;
		take(out, a.rta_type & (unsigned)NLA_TYPE_MASK, p + sizeof(a),
		     a.rta_len - sizeof(a));
		step = RTA_ALIGN(a.rta_len);
		if (step > n)
			return;
		p += step;
		n -= step;
	}
}

static enum canlink_state state_of(uint32_t state)
{
	switch (state) {
	case CAN_STATE_ERROR_ACTIVE:
		return CANLINK_ACTIVE;
	case CAN_STATE_ERROR_WARNING:
		return CANLINK_WARNING;
	case CAN_STATE_ERROR_PASSIVE:
		return CANLINK_PASSIVE;
	case CAN_STATE_BUS_OFF:
		return CANLINK_BUS_OFF;
	case CAN_STATE_STOPPED:
		return CANLINK_STOPPED;
	default:
		return CANLINK_UNKNOWN;
	}
}

static void take_can(struct canlink *out, unsigned type, const uint8_t *p, size_t n)
{
	struct can_berr_counter berr;
	struct can_bittiming timing;
	uint32_t state;

	if (type == IFLA_CAN_STATE && n >= sizeof(state)) {
		memcpy(&state, p, sizeof(state));
		out->state = state_of(state);
	} else if (type == IFLA_CAN_BERR_COUNTER && n >= sizeof(berr)) {
		memcpy(&berr, p, sizeof(berr));
		out->tx_errors = berr.txerr;
		out->rx_errors = berr.rxerr;
	} else if ((type == IFLA_CAN_BITTIMING || type == IFLA_CAN_DATA_BITTIMING) &&
		   n >= sizeof(timing)) {
		memcpy(&timing, p, sizeof(timing));
		*(type == IFLA_CAN_BITTIMING ? &out->bitrate : &out->data_bitrate) = timing.bitrate;
	}
}

static void take_info(struct canlink *out, unsigned type, const uint8_t *p, size_t n)
{
	if (type == IFLA_INFO_DATA)
		each(p, n, out, take_can);
}

static void take_link(struct canlink *out, unsigned type, const uint8_t *p, size_t n)
{
	if (type == IFLA_LINKINFO)
		each(p, n, out, take_info);
}

int canlink_parse(struct canlink *out, const void *p, size_t n)
{
	struct nlmsghdr head;
	struct ifinfomsg info;
	struct nlmsgerr failed;

	*out = (struct canlink){.tx_errors = -1, .rx_errors = -1};
	if (n < sizeof(head))
		return -EBADMSG;
	memcpy(&head, p, sizeof(head));
	if (head.nlmsg_len > n || head.nlmsg_len < sizeof(head))
		return -EBADMSG;
	if (head.nlmsg_type == NLMSG_ERROR && head.nlmsg_len >= NLMSG_LENGTH(sizeof(failed))) {
		memcpy(&failed, (const uint8_t *)p + NLMSG_HDRLEN, sizeof(failed));
		return failed.error < 0 ? failed.error : -EBADMSG;
	}
	if (head.nlmsg_type != RTM_NEWLINK || head.nlmsg_len < NLMSG_LENGTH(sizeof(info)))
		return -EBADMSG;
	memcpy(&info, (const uint8_t *)p + NLMSG_HDRLEN, sizeof(info));
	out->up = info.ifi_flags & IFF_UP;
	each((const uint8_t *)p + NLMSG_LENGTH(sizeof(info)),
	     head.nlmsg_len - NLMSG_LENGTH(sizeof(info)), out, take_link);
	return 0;
}

int canlink_read(struct canlink *out, int index)
{
	struct {
		struct nlmsghdr head;
		struct ifinfomsg info;
	} ask = {.head = {.nlmsg_len = sizeof(ask),
			  .nlmsg_type = RTM_GETLINK,
			  .nlmsg_flags = NLM_F_REQUEST},
		 .info = {.ifi_index = index}};
	uint8_t answer[ANSWER_BYTES];
	int fd = socket(AF_NETLINK, SOCK_RAW | SOCK_NONBLOCK | SOCK_CLOEXEC, NETLINK_ROUTE);
	int rc = 0;
	ssize_t n;

	if (fd < 0)
		return -errno;
	if (send(fd, &ask, sizeof(ask), 0) < 0 || (n = recv(fd, answer, sizeof(answer), 0)) < 0)
		rc = -errno;
	else
		rc = canlink_parse(out, answer, (size_t)n);
	close(fd);
	return rc;
}
