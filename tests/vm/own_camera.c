/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Streams a camera as check and look do, and prints what its source tells as lines of the stream
 * protocol.
 *
 *	own_camera WORD SECONDS		ends after so long, or when stdin says something
 */
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/buf.h"
#include "source/source.h"
#include "wire/stream.h"

static void emit(void *host, const struct event *ev)
{
	struct buf line = {0};

	(void)host;
	if (stream_encode(&line, ev) == 0)
		fputs(buf_text(&line), stdout);
	fflush(stdout);
	buf_fini(&line);
}

int main(int argc, char **argv)
{
	struct source_host host = {.emit = emit, .takes = true};
	struct clock clock = clock_real();
	struct err e = {0};
	struct source *s;
	int64_t end_ns;

	if (argc != 3)
		return 64;
	s = source_open(argv[1], 0, &host, &clock, &e);
	if (!s) {
		fprintf(stderr, "own_camera: %s\n", e.msg);
		return 66;
	}
	end_ns = clock_now_ns(&clock) + (int64_t)(atof(argv[2]) * 1e9);
	while (clock_now_ns(&clock) < end_ns) {
		struct pollfd p[2] = {{s->fd, POLLIN, 0}, {STDIN_FILENO, POLLIN, 0}};
		poll(p, 2, 100);
		if (p[1].revents)
			break;
		s->class->run(s, clock_now_ns(&clock));
	}
	source_close(s);
	return 0;
}
