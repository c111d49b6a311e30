/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Arms of seven DaMiao motors on CAN interfaces, and the programs that drive them: as i2rt's loop,
 * each motor is commanded and answers, then the next one. What is sent is known in advance: in
 * cycle k, motor m (from 1) of arm a (from 0) is sent to BASE + (7 k + 100 m + 50 a) % SPAN, and
 * answers from there plus 50, in the 16 bits of a position. Arm 3 is a full turn away.
 *
 *	can_arm CYCLES PERIOD_US IFACE… [FAULT=MOTOR:FROM:TO…] [see=FILE]
 *
 * FAULT, of the first arm, from cycle FROM to before TO: silent (no answers), limp (no stiffness),
 * off (answers that it is off), overload and hot (answers so), twice (two answers for one).
 * see: every eighth cycle, what a loop sees of the first arm's joints, as lines of the stream protocol: in
 * degrees, joint 2 the other way round, joint 3 a turn less, the gripper from 0 at 0.2 rad to 1 at 1.7.
 * Prints how many frames it sent to each interface.
 */
#include <errno.h>
#include <linux/can.h>
#include <linux/can/raw.h>
#include <net/if.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

enum { ARMS_MAX = 4, FAULTS_MAX = 8, MOTORS = 7, BASE = 33000, SPAN = 4000, TURN = 16471 };

struct fault {
	char name[16];
	int motor;
	long from, to;
};

struct arms {
	int host[ARMS_MAX], motor[ARMS_MAX]; /* sockets */
	int arms, faults;
	struct fault fault[FAULTS_MAX];
	unsigned long frames;
	FILE *see;
};

static bool has(const struct arms *a, const char *name, int arm, int motor, long cycle)
{
	for (int i = 0; i < a->faults && arm == 0; i++) {
		const struct fault *f = &a->fault[i];

		if (strcmp(f->name, name) == 0 && f->motor == motor && cycle >= f->from &&
		    cycle < f->to)
			return true;
	}
	return false;
}

static int open_bus(const char *interface)
{
	struct sockaddr_can to = {.can_family = AF_CAN};
	int fd = socket(AF_CAN, SOCK_RAW | SOCK_CLOEXEC, CAN_RAW);

	to.can_ifindex = (int)if_nametoindex(interface);
	if (fd < 0 || !to.can_ifindex || bind(fd, (struct sockaddr *)&to, sizeof(to)) < 0) {
		fprintf(stderr, "can_arm: %s: %s\n", interface, strerror(errno));
		exit(1);
	}
	/* It only speaks. */
	setsockopt(fd, SOL_CAN_RAW, CAN_RAW_FILTER, NULL, 0);
	return fd;
}

static void put(struct arms *a, int fd, uint32_t id, const uint8_t data[8])
{
	struct can_frame f = {.can_id = id, .len = 8};

	memcpy(f.data, data, sizeof(f.data));
	while (write(fd, &f, sizeof(f)) != sizeof(f)) {
		if (errno != ENOBUFS && errno != EINTR) {
			fprintf(stderr, "can_arm: %s\n", strerror(errno));
			exit(1);
		}
	}
	a->frames++;
}

static unsigned position(int arm, int motor, long cycle)
{
	return (unsigned)(BASE + (7 * cycle + 100L * motor + 50L * arm) % SPAN +
			  (arm == 3 ? TURN : 0));
}

static void exchange(struct arms *a, int arm, int motor, long cycle)
{
	unsigned at = position(arm, motor, cycle), kp = 655, error = 1, hot = 35;
	uint8_t command[8] = {(uint8_t)(at >> 8), (uint8_t)at, 0x7f, 0xf0, 0, 0x33, 0x37, 0xff};
	uint8_t answer[8] = {0, (uint8_t)((at + 50) >> 8), (uint8_t)(at + 50), 0x7f, 0xf7, 0xff};

	if (has(a, "limp", arm, motor, cycle))
		kp = 0;
	command[3] |= (uint8_t)(kp >> 8);
	command[4] = (uint8_t)kp;
	put(a, a->host[arm], (uint32_t)motor, command);
	if (has(a, "silent", arm, motor, cycle))
		return;
	if (has(a, "off", arm, motor, cycle))
		error = 0;
	if (has(a, "overload", arm, motor, cycle))
		error = 0xe;
	if (has(a, "hot", arm, motor, cycle)) {
		error = 0xc;
		hot = 99;
	}
	answer[0] = (uint8_t)(error << 4 | (unsigned)motor);
	answer[6] = (uint8_t)(30 + motor);
	answer[7] = (uint8_t)hot;
	for (int n = has(a, "twice", arm, motor, cycle) ? 2 : 1; n; n--)
		put(a, a->motor[arm], (uint32_t)motor + 0x10, answer);
}

static void see(struct arms *a, long cycle)
{
	static const double DEG = 57.29577951308232;
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	fprintf(a->see, "{\"type\":\"step\",\"t\":%lld.%09ld,\"seen\":[", (long long)now.tv_sec,
		now.tv_nsec);
	for (int motor = 1; motor <= MOTORS; motor++) {
		double rad = (position(0, motor, cycle) + 50) * 25.0 / 65535 - 12.5;
		double seen = motor == 2   ? -DEG * rad
			      : motor == 3 ? DEG * rad - 360
			      : motor == 7 ? (rad - 0.2) / 1.5
					   : DEG * rad;

		fprintf(a->see, "%s%.6f", motor == 1 ? "" : ",", seen);
	}
	fputs("]}\n", a->see);
	fflush(a->see);
}

static FILE *open_see(const char *file)
{
	FILE *f = fopen(file, "w");

	if (!f) {
		fprintf(stderr, "can_arm: %s: %s\n", file, strerror(errno));
		exit(1);
	}
	fputs("{\"type\":\"hello\",\"protocol\":1,\"clock\":\"monotonic\",\"fps\":31.25,\"joints\":[\"joint_1.pos\","
	      "\"joint_2.pos\",\"joint_3.pos\",\"joint_4.pos\",\"joint_5.pos\",\"joint_6.pos\","
	      "\"gripper.pos\"],\"units\":[\"deg\",\"deg\",\"deg\",\"deg\",\"deg\",\"deg\","
	      "\"0_1\"]}\n",
	      f);
	return f;
}

static void wait_until(struct timespec *at, long period_us)
{
	at->tv_nsec += period_us * 1000;
	at->tv_sec += at->tv_nsec / 1000000000;
	at->tv_nsec %= 1000000000;
	while (clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, at, NULL) == EINTR)
		;
}

static bool read_fault(struct arms *a, const char *word)
{
	struct fault *f = &a->fault[a->faults];

	if (a->faults == FAULTS_MAX ||
	    sscanf(word, "%15[a-z]=%d:%ld:%ld", f->name, &f->motor, &f->from, &f->to) != 4)
		return false;
	a->faults++;
	return true;
}

int main(int argc, char **argv)
{
	struct arms a = {.arms = 0};
	struct timespec at;
	long cycles, period_us;

	if (argc < 4)
		return 64;
	cycles = atol(argv[1]);
	period_us = atol(argv[2]);
	for (int i = 3; i < argc; i++) {
		if (strncmp(argv[i], "see=", 4) == 0) {
			a.see = open_see(argv[i] + 4);
		} else if (strchr(argv[i], '=')) {
			if (!read_fault(&a, argv[i]))
				return 64;
		} else if (a.arms < ARMS_MAX) {
			a.host[a.arms] = open_bus(argv[i]);
			a.motor[a.arms++] = open_bus(argv[i]);
		}
	}
	clock_gettime(CLOCK_MONOTONIC, &at);
	for (long k = 0; k < cycles; k++) {
		for (int motor = 1; motor <= MOTORS; motor++) {
			for (int arm = 0; arm < a.arms; arm++)
				exchange(&a, arm, motor, k);
		}
		if (a.see && k % 8 == 0)
			see(&a, k);
		if (period_us)
			wait_until(&at, period_us);
	}
	printf("%lu\n", a.frames / (unsigned long)a.arms);
	return 0;
}
