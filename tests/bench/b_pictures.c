/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What the page of images sends to a terminal when every pixel of both cameras changes all the time,
 * through a pseudo terminal; the control is the screen without pictures. Fails over the rate that
 * the page promises. The first seconds, in which the screen and the references are drawn once, do
 * not count.
 */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <pty.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/clock.h"
#include "tests/ui/fake.h"
#include "ui/pace.h"

enum { SETTLE_S = 4, MEASURE_S = 15 };

static int64_t now_ns(void)
{
	struct clock c = clock_real();

	return clock_now_ns(&c);
}

static pid_t start(int *master, int w, int h, const char *program)
{
	struct winsize size = {.ws_row = (unsigned short)h, .ws_col = (unsigned short)w};
	pid_t pid = forkpty(master, NULL, NULL, &size);

	if (pid == 0) {
		setenv("TERM", "xterm-256color", 1);
		unsetenv("NO_COLOR");
		execl(program, program, "watch", "--rig", "noise", (char *)NULL);
		_exit(127);
	}
	return pid;
}

/* Bytes within so many seconds; -1: the program ended. */
static double take(int master, int seconds)
{
	int64_t end = now_ns() + seconds * NS_PER_S, left;
	char block[65536];
	double sum = 0;

	while ((left = end - now_ns()) > 0) {
		struct pollfd p = {.fd = master, .events = POLLIN};
		ssize_t n;

		if (poll(&p, 1, (int)(left / NS_PER_MS) + 1) <= 0)
			continue;
		n = read(master, block, sizeof(block));
		if (n <= 0)
			return -1;
		sum += (double)n;
	}
	return sum;
}

static double measure(int w, int h, const char *key, const char *program)
{
	int master;
	pid_t pid = start(&master, w, h, program);
	double sum = take(master, 1);

	if (sum >= 0 && write(master, key, strlen(key)) == (ssize_t)strlen(key))
		sum = take(master, SETTLE_S);
	if (sum >= 0)
		sum = take(master, MEASURE_S);
	kill(pid, SIGKILL);
	waitpid(pid, NULL, 0);
	close(master);
	return sum / MEASURE_S;
}

int main(void)
{
	static const struct {
		int w, h;
	} sizes[] = {{80, 24}, {200, 60}};
	const char *program = getenv("POLICYTOP");
	char dir[] = "/tmp/policytop-pictures-XXXXXX", clean[64];
	pid_t engine;
	int status = 0;

	if (!program || !mkdtemp(dir))
		return 1;
	setenv("XDG_RUNTIME_DIR", dir, 1);
	engine = fake_start("noise", "noise");
	if (engine <= 0)
		return 1;
	for (size_t i = 0; i < sizeof(sizes) / sizeof(sizes[0]); i++) {
		double bare = measure(sizes[i].w, sizes[i].h, "u", program);
		double with = measure(sizes[i].w, sizes[i].h, "i", program);

		printf("pictures %dx%d  %.1f kB/s with noisy pictures, %.1f without; at most %d\n",
		       sizes[i].w, sizes[i].h, with / 1e3, bare / 1e3, PACE_BYTES_S / 1000);
		status |= with <= bare || bare < 0 || with > PACE_BYTES_S;
	}
	kill(engine, SIGTERM);
	waitpid(engine, NULL, 0);
	snprintf(clean, sizeof(clean), "rm -rf %s", dir);
	return status | system(clean);
}
