/* SPDX-License-Identifier: Apache-2.0 */
/*
 * can: without a CAN bus: its word, what it makes of frames that come from a socket, that it writes
 * nothing, and its captures. The real thing is tests/vm/guest_can.sh.
 */
#include <errno.h>
#include <linux/can.h>
#include <linux/can/netlink.h>
#include <linux/rtnetlink.h>
#include <math.h>
#include <net/if.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "hal/can.h"
#include "hal/canlink.h"
#include "source/can_setup.h"
#include "tests/tap.h"

static bool set_up(struct damiao_setup *out, const char *word, struct err *e)
{
	struct uri u;
	bool good;

	if (uri_parse(&u, word, e) < 0)
		return false;
	good = can_setup(out, &u, "left/", e) == 0 && uri_all_used(&u, "", e) == 0;
	uri_fini(&u);
	return good;
}

static double value(const struct damiao_joint *j, double rad)
{
	return j->gain * rad + j->bias;
}

static bool near(double a, double b)
{
	return fabs(a - b) < 1e-9;
}

static void test_words(struct tap *t)
{
	struct damiao_setup s;
	struct err e = {0};

	ok(t, set_up(&s, "can:can0?robot=yam", &e) && s.joints == 7, "a YAM has 7 motors");
	ok(t,
	   strcmp(s.joint[0].name, "left/joint_1.pos") == 0 && strcmp(s.bus, "left/can0") == 0 &&
		   s.joint[6].id == 7 && s.joint[6].answer_id == 0x17,
	   "named, with prefix");
	ok(t, s.joint[0].range.velocity_rad_s == 10 && s.joint[0].turns && !s.joint[6].turns,
	   "with i2rt's ranges and turns");
	ok(t, s.joint[6].unit == UNIT_RAD, "the gripper in rad, while its ends are unknown");
	ok(t,
	   set_up(&s, "can:can0?robot=yam&gripper=linear_3507", &e) &&
		   s.joint[6].range.velocity_rad_s == 50,
	   "another gripper, another motor");
	ok(t,
	   set_up(&s, "can:can0?robot=yam&gripper=crank_4310", &e) && s.joint[6].unit == UNIT_0_1 &&
		   near(value(&s.joint[6], 0), 0) && near(value(&s.joint[6], -2.7), 1),
	   "a gripper whose ends are known is from 0 to 1");
	ok(t,
	   set_up(&s, "can:can0?robot=yam&gripper=crank_4310&map=gripper:-1:0.5", &e) &&
		   s.joint[6].unit == UNIT_RAD && near(value(&s.joint[6], 1.5), -1),
	   "unless a map says otherwise");
	ok(t,
	   set_up(&s, "can:can0?robot=yam&gripper=flexible_4310", &e) &&
		   value(&s.joint[6], 2) == -2,
	   "that turns the other way");
	ok(t, set_up(&s, "can:can0?robot=yam&gripper=no_gripper", &e) && s.joints == 6, "or none");
	ok(t,
	   set_up(&s, "can:can0?robot=big_yam", &e) && value(&s.joint[1], 1) == -1 &&
		   s.joint[1].low_rad == -3.14159 && s.joint[1].range.torque_nm == 120,
	   "Big YAM's second motor turns the other way");
	ok(t,
	   set_up(&s, "can:can1?robot=openarm&ranges=lerobot", &e) && s.joints == 8 &&
		   s.joint[2].range.velocity_rad_s == 8 && s.joint[0].unit == UNIT_DEG &&
		   near(value(&s.joint[0], 1), 57.29577951308232),
	   "OpenArm in degrees, with LeRobot's ranges");
}

static void test_overrides(struct tap *t)
{
	struct damiao_setup s;
	struct err e = {0};

	ok(t,
	   set_up(&s,
		  "can:can0?robot=yam&map=joint_2:-1:0.5,gripper:1:0:-4:2&"
		  "names=a,b.pos,c,d,e,f,grip&ranges=maker,dm4310:10/20/30",
		  &e) == false &&
		   e.code == EINVAL,
	   "map knows joints by the names that are given");
	ok(t, set_up(&s, "can:can0?robot=yam&map=joint_2:-1:0.5,gripper:1:0.5:-4:2", &e),
	   "signs, offsets and a gripper's ends");
	ok(t, s.joint[0].fits && !s.joint[1].fits && s.joint[2].fits && !s.joint[6].fits,
	   "what a map says is not fitted, what the row says may be");
	ok(t, near(value(&s.joint[1], 1.5), -1) && !s.joint[1].turns, "joint 2");
	ok(t,
	   near(value(&s.joint[6], -3.5), 0) && near(value(&s.joint[6], 2.5), 1) &&
		   s.joint[6].unit == UNIT_0_1,
	   "the gripper from 0 to 1");
	ok(t,
	   set_up(&s, "can:can0?robot=yam&ranges=maker,dm4310:10/20/30&names=a,b,c,d,e,f,g", &e) &&
		   s.joint[3].range.position_rad == 10 && s.joint[3].range.torque_nm == 30 &&
		   s.joint[0].range.position_rad == 12.5 && strcmp(s.joint[6].name, "left/g") == 0,
	   "a table, one range of its own, and names");
}

static void test_refusals(struct tap *t)
{
	static const char *const words[] = {
		"can:can0",
		"can:can0?robot=so101",
		"can:can0?robot=yam&gripper=hand",
		"can:can0?robot=openarm&gripper=linear_4310",
		"can:can0?robot=yam&names=a,b",
		"can:can0?robot=yam&names=a,a,c,d,e,f,g",
		"can:can0?robot=yam&names=a,,c,d,e,f,g",
		"can:can0?robot=yam&map=joint_9:1:0",
		"can:can0?robot=yam&map=joint_1:2:0",
		"can:can0?robot=yam&map=joint_1:1",
		"can:can0?robot=yam&map=joint_1",
		"can:can0?robot=yam&map=gripper:1:0:2:2",
		"can:can0?robot=yam&map=gripper:1:0:2:2:2",
		"can:can0?robot=yam&ranges=nobody",
		"can:can0?robot=yam&ranges=dm9:1/2/3",
		"can:can0?robot=yam&ranges=dm4310:1/2",
		"can:can0?robot=yam&ranges=dm4310:1/0/3",
		"can:can0?robot=yam&speed=2",
	};

	for (unsigned i = 0; i < sizeof(words) / sizeof(words[0]); i++) {
		struct damiao_setup s;
		struct err e = {0};

		ok(t, !set_up(&s, words[i], &e) && e.code == EINVAL, "%s", e.msg);
	}
}

static void send_frame(int fd, uint32_t id, uint8_t first)
{
	struct can_frame f = {.can_id = id, .len = 8, .data = {first}};

	if (send(fd, &f, sizeof(f), 0) != sizeof(f))
		printf("# cannot send\n");
}

/* A peer that would notice a write. */
static void test_hearing(struct tap *t)
{
	struct canfd_frame fd_frame = {.can_id = 0x12, .len = 48};
	struct can_heard h[CAN_HEARD_MAX];
	int pair[2], n;
	struct can *c;
	char byte;

	if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_NONBLOCK, 0, pair) < 0)
		return;
	c = can_adopt(pair[0]);
	ok(t, can_read(c, h, CAN_HEARD_MAX) == 0, "nothing is said yet");
	for (int i = 0; i < 70; i++)
		send_frame(pair[1], 0x11, (uint8_t)i);
	n = can_read(c, h, CAN_HEARD_MAX);
	ok(t,
	   n == CAN_HEARD_MAX && h[0].data[0] == 0 && h[63].data[0] == 63 && h[5].len == 8 &&
		   !h[5].fd && h[0].t_ns > 0 && h[63].t_ns >= h[0].t_ns,
	   "64 frames at once, in order, with their times");
	ok(t, can_read(c, h, CAN_HEARD_MAX) == 6 && h[5].data[0] == 69, "then the rest");
	send(pair[1], "short", 5, 0);
	send(pair[1], &fd_frame, sizeof(fd_frame), 0);
	fd_frame.len = 65;
	send(pair[1], &fd_frame, sizeof(fd_frame), 0);
	ok(t, can_read(c, h, CAN_HEARD_MAX) == 1 && h[0].fd && h[0].len == 48,
	   "a frame of CAN FD; what is no frame is left out");
	ok(t, recv(pair[1], &byte, 1, 0) < 0 && errno == EAGAIN, "nothing was ever written");
	can_close(c);
	close(pair[1]);
}

static size_t attribute(uint8_t *p, unsigned type, const void *data, size_t n)
{
	struct rtattr a = {.rta_len = (unsigned short)(RTA_LENGTH(n)),
			   .rta_type = (unsigned short)type};

	memcpy(p, &a, sizeof(a));
	memcpy(p + sizeof(a), data, n);
	return RTA_SPACE(n);
}

/* What the kernel answers for a controller; its length. */
static size_t link_answer(uint8_t answer[512])
{
	struct can_berr_counter berr = {.txerr = 8, .rxerr = 130};
	struct can_bittiming timing = {.bitrate = 1000000};
	struct ifinfomsg info = {.ifi_flags = IFF_UP};
	struct nlmsghdr head = {.nlmsg_type = RTM_NEWLINK};
	uint32_t state = CAN_STATE_ERROR_PASSIVE;
	uint8_t can[128] = {0}, inner[256] = {0};
	size_t n = attribute(can, IFLA_CAN_STATE, &state, sizeof(state));

	n += attribute(can + n, IFLA_CAN_BERR_COUNTER, &berr, sizeof(berr));
	n += attribute(can + n, IFLA_CAN_BITTIMING, &timing, sizeof(timing));
	n = attribute(inner, IFLA_INFO_DATA | NLA_F_NESTED, can, n);
	n = attribute(answer + NLMSG_LENGTH(sizeof(info)), IFLA_LINKINFO, inner, n);
	head.nlmsg_len = (uint32_t)(NLMSG_LENGTH(sizeof(info)) + n);
	memcpy(answer, &head, sizeof(head));
	memcpy(answer + NLMSG_HDRLEN, &info, sizeof(info));
	return head.nlmsg_len;
}

static void test_link(struct tap *t)
{
	uint8_t answer[512] = {0};
	size_t n = link_answer(answer), unknown = 0;
	struct canlink k;
	bool bounded = true;

	ok(t,
	   canlink_parse(&k, answer, n) == 0 && k.up && k.state == CANLINK_PASSIVE &&
		   k.tx_errors == 8 && k.rx_errors == 130 && k.bitrate == 1000000,
	   "how the controller is");
	for (size_t cut = 0; cut < n; cut++)
		bounded &= canlink_parse(&k, answer, cut) == -EBADMSG;
	ok(t, bounded, "a cut answer is none");
	for (size_t i = NLMSG_LENGTH(sizeof(struct ifinfomsg)); i < n; i++) {
		uint8_t was = answer[i];

		answer[i] = 0xff;
		canlink_parse(&k, answer, n);
		unknown += k.state == CANLINK_UNKNOWN;
		answer[i] = was;
	}
	ok(t, unknown > 0, "damaged ones say less, and nothing is read beyond them");
	ok(t,
	   canlink_read(&k, (int)if_nametoindex("lo")) == 0 && k.state == CANLINK_UNKNOWN &&
		   k.tx_errors == -1,
	   "the loopback interface has no such state");
	ok(t, canlink_read(&k, 1 << 30) == -ENODEV, "one that is not there");
}

int main(void)
{
	struct tap t = {0};
	struct err e = {0};

	test_words(&t);
	test_overrides(&t);
	test_refusals(&t);
	test_hearing(&t);
	test_link(&t);
	ok(&t, !can_open("nosuchcan0", &e) && e.code == ENODEV, "%s", e.msg);
	return tap_done(&t);
}
