/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What the engine costs: a world of 14 joints on a unix socket, recording and judging with a
 * profile, one viewer at 10 Hz. Processor time of the whole engine process from its rusage, memory
 * from smaps_rollup. BENCH_SECONDS: how long each (10).
 */
#include <math.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/mem.h"
#include "base/path.h"
#include "base/text.h"
#include "db/profiles.h"
#include "training/episodes.h"
#include "view/client.h"

enum { JOINTS = 14, EPISODES = 20, FRAMES = 500 };

struct bench {
	char dir[64], db[128], source[128], socket[128];
	char world[512], program[512];
	char seconds[16];
	double wait_s;
};

/* A training set that moves as the world does (tests/engine/world.c). */
static int make_profile(const struct bench *b, double fps, struct err *e)
{
	struct episodes s = {.fps = fps, .nstate = JOINTS, .naction = JOINTS};
	struct profile *p;
	struct db *db;
	int rc;

	s.frames = (size_t)EPISODES * FRAMES;
	s.count = EPISODES;
	s.span = xcalloc(EPISODES, sizeof(*s.span));
	s.state = xcalloc(s.frames * JOINTS, sizeof(double));
	s.action = xcalloc(s.frames * JOINTS, sizeof(double));
	s.timestamp_s = xcalloc(s.frames, sizeof(double));
	for (unsigned i = 0; i < JOINTS; i++) {
		snprintf(s.state_joint[i].name, NAME_BYTES, "j%u.pos", i);
		s.action_joint[i] = s.state_joint[i];
	}
	for (size_t f = 0; f < s.frames; f++) {
		s.timestamp_s[f] = (double)(f % FRAMES) / fps;
		for (unsigned i = 0; i < JOINTS; i++) {
			s.action[f * JOINTS + i] = 30 * sin((double)f / 50 + i);
			s.state[f * JOINTS + i] = 30 * sin(((double)f - 2) / 50 + i);
		}
	}
	for (size_t i = 0; i < EPISODES; i++)
		s.span[i] = (struct episode_span){(int64_t)i, i * FRAMES, FRAMES, 0};
	p = profile_build(&s, NULL);
	text_copy(p->name, sizeof(p->name), "bench");
	db = db_open(b->db, DB_WRITE, e);
	rc = db ? profiles_put(db, p, e) : -e->code;
	db_close(db);
	profile_free(p);
	episodes_fini(&s);
	return rc;
}

static pid_t run(const char *const *argv)
{
	pid_t pid = fork();

	if (pid == 0) {
		if (!freopen("/dev/null", "w", stdout))
			_exit(126);
		execv(argv[0], (char *const *)(uintptr_t)argv);
		_exit(127);
	}
	return pid;
}

static long anonymous_kb(pid_t pid)
{
	char path[64], line[128];
	long kb = -1;
	FILE *f;

	snprintf(path, sizeof(path), "/proc/%ld/smaps_rollup", (long)pid);
	f = fopen(path, "re");
	while (f && fgets(line, sizeof(line), f))
		sscanf(line, "Anonymous: %ld", &kb);
	if (f)
		fclose(f);
	return kb;
}

static struct client *attach(void)
{
	struct client *c = NULL;
	struct err e;

	for (int i = 0; i < 200 && !c; i++) {
		c = client_connect("bench", 10, &e);
		if (!c)
			poll(NULL, 0, 20);
	}
	return c;
}

/* Follows the engine to its end; the memory just before that. */
static long follow(const struct bench *b, pid_t engine, struct client_data *d, unsigned *snapshots)
{
	struct client *c = attach();
	struct pollfd p = {.fd = c ? client_fd(c) : -1, .events = POLLIN};
	struct clock clock = clock_real();
	int64_t measure = clock_now_ns(&clock) + (int64_t)((b->wait_s - 1) * 1e9);
	long kb = -1;

	while (c && poll(&p, 1, 5000) > 0) {
		enum client_kind k;

		while ((k = client_read(c, d)) != CLIENT_NOTHING && k != CLIENT_GONE)
			*snapshots += k == CLIENT_SNAPSHOT;
		if (k == CLIENT_GONE)
			break;
		if (kb < 0 && clock_now_ns(&clock) >= measure)
			kb = anonymous_kb(engine);
	}
	client_close(c);
	return kb;
}

static int measure(const struct bench *b, const char *hz, double limit)
{
	const char *world[] = {b->world, b->socket, hz, NULL};
	const char *engine[] = {b->program, "--db",   b->db,	   "engine", b->source,
				"--rig",    "bench",  "--profile", "bench",  "--seconds",
				b->seconds, "--json", NULL};
	struct client_data *d = xcalloc(1, sizeof(*d));
	pid_t w = run(world), g;
	unsigned snapshots = 0;
	struct rusage u;
	double cpu;
	int status;
	long kb;

	while (access(b->socket, F_OK))
		poll(NULL, 0, 10);
	g = run(engine);
	kb = follow(b, g, d, &snapshots);
	wait4(g, &status, 0, &u);
	kill(w, SIGTERM);
	waitpid(w, NULL, 0);
	unlink(b->socket);
	cpu = (double)(u.ru_utime.tv_sec + u.ru_stime.tv_sec) +
	      (double)(u.ru_utime.tv_usec + u.ru_stime.tv_usec) / 1e6;
	printf("%4s Hz x %d joints, %s s, %u snapshots: %.2f %% of a core (limit %.0f), "
	       "%.1f MB anonymous (limit 16), %llu steps, %llu dropped\n",
	       hz, JOINTS, b->seconds, snapshots, 100 * cpu / b->wait_s, limit, (double)kb / 1024,
	       (unsigned long long)d->snapshot.steps, (unsigned long long)d->snapshot.dropped);
	fflush(stdout);
	free(d);
	return WIFEXITED(status) && WEXITSTATUS(status) <= 2 ? 0 : 1;
}

int main(void)
{
	const char *program = getenv("POLICYTOP"), *build = getenv("TOP_BUILDDIR");
	const char *seconds = getenv("BENCH_SECONDS");
	struct bench b = {.dir = "/tmp/policytop-bench-XXXXXX"};
	struct err e = {0};
	char command[128];
	int rc;

	if (!program || !build || !mkdtemp(b.dir)) {
		fputs("run it with make bench\n", stderr);
		return 1;
	}
	setenv("XDG_RUNTIME_DIR", b.dir, 1);
	snprintf(b.db, sizeof(b.db), "%s/runs.db", b.dir);
	snprintf(b.socket, sizeof(b.socket), "%s/world", b.dir);
	snprintf(b.source, sizeof(b.source), "unix:%s", b.socket);
	snprintf(b.world, sizeof(b.world), "%s/tests/engine/world", build);
	snprintf(b.program, sizeof(b.program), "%s", program);
	snprintf(b.seconds, sizeof(b.seconds), "%s", seconds ? seconds : "10");
	b.wait_s = atof(b.seconds);
	rc = make_profile(&b, 50, &e);
	if (rc)
		fprintf(stderr, "%s\n", e.msg);
	else
		rc = measure(&b, "50", 2) | measure(&b, "1000", 5);
	snprintf(command, sizeof(command), "rm -rf %s", b.dir);
	return system(command) || rc;
}
