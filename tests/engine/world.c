/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A world for tests: `world PATH|- HZ [STEPS]` makes stream-protocol steps in real time, on a unix
 * socket (one client at a time; it goes on when that one dies, whether anybody reads or not) or on
 * standard output. Step N has seq N, seen and asked of 14 joints that follow from N.
 */
#include <errno.h>
#include <math.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <time.h>
#include <unistd.h>

enum { JOINTS = 14 };

static int listen_at(const char *path)
{
	struct sockaddr_un a = {.sun_family = AF_UNIX};
	int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);

	snprintf(a.sun_path, sizeof(a.sun_path), "%s", path);
	unlink(path);
	if (fd < 0 || bind(fd, (struct sockaddr *)&a, sizeof(a)) || listen(fd, 4)) {
		perror(path);
		exit(1);
	}
	return fd;
}

static size_t hello(char *p, size_t size, double hz)
{
	int n = snprintf(p, size,
			 "{\"type\":\"hello\",\"protocol\":1,\"robot\":\"world\",\"fps\":%g,"
			 "\"joints\":[",
			 hz);

	for (int j = 0; j < JOINTS; j++)
		n += snprintf(p + n, size - (size_t)n, "%s\"j%d.pos\"", j ? "," : "", j);
	return (size_t)(n + snprintf(p + n, size - (size_t)n, "]}\n"));
}

static size_t vector(char *p, size_t size, const char *name, long seq, double lag)
{
	int n = snprintf(p, size, ",\"%s\":[", name);

	for (int j = 0; j < JOINTS; j++)
		n += snprintf(p + n, size - (size_t)n, "%s%.4f", j ? "," : "",
			      30 * sin(((double)seq - lag) / 50 + j));
	return (size_t)(n + snprintf(p + n, size - (size_t)n, "]"));
}

static size_t step(char *p, size_t size, long seq, double hz)
{
	size_t n = (size_t)snprintf(p, size, "{\"type\":\"step\",\"seq\":%ld,\"t\":%.6f", seq,
				    (double)seq / hz);

	n += vector(p + n, size - n, "seen", seq, 2);
	n += vector(p + n, size - n, "asked", seq, 0);
	return n + (size_t)snprintf(p + n, size - n, "}\n");
}

/* A client that does not keep up or has died is dropped: the world waits for nobody. */
static void say(int *client, const char *p, size_t n)
{
	if (*client < 0)
		return;
	if (*client == STDOUT_FILENO) {
		if (write(STDOUT_FILENO, p, n) != (ssize_t)n)
			exit(0);
	} else if (send(*client, p, n, MSG_NOSIGNAL | MSG_DONTWAIT) != (ssize_t)n) {
		close(*client);
		*client = -1;
	}
}

static void wait_until(struct timespec *at, double hz)
{
	at->tv_nsec += (long)(1e9 / hz);
	while (at->tv_nsec >= 1000000000L) {
		at->tv_nsec -= 1000000000L;
		at->tv_sec++;
	}
	while (clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, at, NULL) == EINTR)
		;
}

int main(int argc, char **argv)
{
	double hz = argc > 2 ? atof(argv[2]) : 50;
	long steps = argc > 3 ? atol(argv[3]) : -1;
	int listener, client = -1;
	struct timespec at;
	char text[4096];

	if (argc < 2 || !(hz > 0))
		return 64;
	signal(SIGPIPE, SIG_IGN);
	listener = strcmp(argv[1], "-") ? listen_at(argv[1]) : -1;
	if (listener < 0) {
		client = STDOUT_FILENO;
		say(&client, text, hello(text, sizeof(text), hz));
	}
	clock_gettime(CLOCK_MONOTONIC, &at);
	for (long seq = 0; seq != steps; seq++) {
		int fd = listener >= 0 ? accept(listener, NULL, NULL) : -1;

		if (fd >= 0) {
			if (client >= 0)
				close(client);
			client = fd;
			say(&client, text, hello(text, sizeof(text), hz));
		}
		say(&client, text, step(text, sizeof(text), seq, hz));
		wait_until(&at, hz);
	}
	if (listener >= 0)
		unlink(argv[1]);
	return 0;
}
