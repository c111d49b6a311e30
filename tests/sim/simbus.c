/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A simulated servo bus on a pseudo-terminal, for tests: the real clock, a real tty, real clients.
 *
 *   simbus --link PATH [--kind sts|dxl] [--baud N] [--fault FAULT]… [--log FILE]
 *          [--motor ID:MODEL:START:MIN:MAX:OFFSET]… [--calibration FILE]
 *
 * --link becomes a symbolic link to the terminal, a new one after an unplug, and goes at the end.
 * --baud: bytes take their time as on a wire of that speed. --fault: as sim_bus_break() reads it.
 * --motor: these instead of the kind's own arm. --calibration: LeRobot's file of this arm is written
 * there. --log: a line a packet, CLOCK_MONOTONIC seconds, `>` to or `<` from the servos, hex.
 *
 * Prints {"ready":true,"path":…,"pid":N}. Then each line of its standard input is answered by one:
 *   fault FAULT | clear | get ID WHAT | set ID WHAT VALUE | truth | quit
 * WHAT is as sim_bus_get() has it; truth is one JSON object. Ends with its parent, too.
 */
#include <errno.h>
#include <fcntl.h>
#include <getopt.h>
#include <poll.h>
#include <pty.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/signalfd.h>
#include <termios.h>
#include <unistd.h>

#include "base/clock.h"
#include "sim/bus.h"

struct program {
	struct sim_bus_cfg cfg;
	struct sim_bus *bus;
	struct clock clock;
	const char *link, *calibration;
	const char *fault[8];
	unsigned faults;
	FILE *log;
	int master, slave;
	char path[64];
	char line[512];
	size_t nline;
	bool over;
};

static int64_t now(const struct program *p)
{
	return clock_now_ns(&p->clock);
}

static void log_packet(void *arg, int64_t t_ns, bool from_host, const uint8_t *bytes, size_t n)
{
	struct program *p = arg;

	fprintf(p->log, "%.6f %c", (double)t_ns / (double)NS_PER_S, from_host ? '>' : '<');
	for (size_t i = 0; i < n; i++)
		fprintf(p->log, " %02x", bytes[i]);
	fputc('\n', p->log);
}

/* The slave stays open here: no hang-up between two clients. */
static bool plug(struct program *p)
{
	struct termios raw;

	if (openpty(&p->master, &p->slave, p->path, NULL, NULL) != 0 ||
	    tcgetattr(p->slave, &raw) != 0)
		return false;
	cfmakeraw(&raw);
	tcsetattr(p->slave, TCSANOW, &raw);
	fcntl(p->master, F_SETFL, O_NONBLOCK);
	fcntl(p->master, F_SETFD, FD_CLOEXEC);
	fcntl(p->slave, F_SETFD, FD_CLOEXEC);
	unlink(p->link);
	return symlink(p->path, p->link) == 0;
}

static void unplug(struct program *p)
{
	unlink(p->link);
	close(p->master);
	close(p->slave);
	p->master = p->slave = -1;
}

/* Bytes that nobody reads fill the terminal: then they are lost, as on a wire. */
static void give(struct program *p)
{
	uint8_t out[4096];
	size_t n;

	while ((n = sim_bus_give(p->bus, now(p), out, sizeof(out))) > 0) {
		if (p->master >= 0 && write(p->master, out, n) < 0 && errno != EAGAIN)
			perror("simbus: write");
	}
	if (p->master >= 0 && !sim_bus_plugged(p->bus))
		unplug(p);
}

static void take(struct program *p)
{
	uint8_t in[4096];
	ssize_t n = read(p->master, in, sizeof(in));

	if (n > 0)
		sim_bus_take(p->bus, now(p), in, (size_t)n);
}

static void truth(struct program *p)
{
	static const char *const words[] = {"position", "goal", "torque", "temperature",
					    "voltage",	"load", "error"};
	const char *between = "{";

	for (unsigned i = 0; i < p->cfg.motors; i++) {
		printf("%s\"%u\":", between, p->cfg.motor[i].id);
		between = "{";
		for (size_t k = 0; k < sizeof(words) / sizeof(words[0]); k++) {
			double v = 0;

			if (sim_bus_get(p->bus, p->cfg.motor[i].id, words[k], &v))
				printf("%s\"%s\":%.9g", between, words[k], v);
			between = ",";
		}
		printf("}");
	}
	printf("}\n");
}

static void obey(struct program *p, char *line)
{
	struct err e = {0};
	char what[32], text[128];
	unsigned id;
	double v;

	sim_bus_run(p->bus, now(p));
	if (sscanf(line, "fault %127s", text) == 1) {
		puts(sim_bus_break(p->bus, now(p), text, &e) ? e.msg : "ok");
	} else if (strcmp(line, "clear") == 0) {
		sim_bus_mend(p->bus);
		puts(p->master >= 0 || plug(p) ? "ok" : "no terminal");
	} else if (sscanf(line, "get %u %31s", &id, what) == 2) {
		if (sim_bus_get(p->bus, id, what, &v))
			printf("%.12g\n", v);
		else
			puts("unknown");
	} else if (sscanf(line, "set %u %31s %lf", &id, what, &v) == 3) {
		puts(sim_bus_set(p->bus, id, what, v) ? "ok" : "unknown");
	} else if (strcmp(line, "truth") == 0) {
		truth(p);
	} else if (strcmp(line, "quit") == 0) {
		p->over = true;
		puts("ok");
	} else {
		puts("unknown");
	}
	fflush(stdout);
}

/* False at the end of the input: the bus goes on without. */
static bool hear(struct program *p)
{
	ssize_t n = read(STDIN_FILENO, p->line + p->nline, sizeof(p->line) - 1 - p->nline);
	char *end;

	if (n <= 0)
		return false;
	p->nline += (size_t)n;
	p->line[p->nline] = '\0';
	while ((end = strchr(p->line, '\n')) != NULL) {
		*end++ = '\0';
		obey(p, p->line);
		p->nline -= (size_t)(end - p->line);
		memmove(p->line, end, p->nline + 1);
	}
	if (p->nline == sizeof(p->line) - 1)
		p->nline = 0;
	return true;
}

static void run(struct program *p, int signals)
{
	struct pollfd fd[3] = {{.fd = signals, .events = POLLIN},
			       {.fd = STDIN_FILENO, .events = POLLIN},
			       {.events = POLLIN}};

	while (!p->over) {
		int64_t due = sim_bus_due_ns(p->bus), left = due - now(p);
		struct timespec wait = {0};

		if (left > 0 && due != INT64_MAX)
			wait = (struct timespec){left / NS_PER_S, left % NS_PER_S};
		fd[2].fd = p->master;
		if (ppoll(fd, 3, due == INT64_MAX ? NULL : &wait, NULL) < 0 && errno != EINTR)
			break;
		if (fd[0].revents)
			break;
		if (fd[2].revents & POLLIN)
			take(p);
		give(p);
		if (fd[1].revents && !hear(p))
			fd[1].fd = -1;
	}
}

static int write_calibration(const struct program *p)
{
	static const char *const names[] = {"shoulder_pan", "shoulder_lift", "elbow_flex",
					    "wrist_flex",   "wrist_roll",    "gripper"};
	FILE *f = fopen(p->calibration, "we");

	if (!f)
		return -1;
	for (unsigned i = 0; i < p->cfg.motors; i++) {
		const struct sim_motor_cfg *m = &p->cfg.motor[i];
		char own[16];

		snprintf(own, sizeof(own), "motor%u", m->id);
		fprintf(f,
			"%s\n    \"%s\": {\"id\": %u, \"drive_mode\": 0, \"homing_offset\": %d, "
			"\"range_min\": %d, \"range_max\": %d}",
			i ? "," : "{", i < 6 && p->cfg.motors == 6 ? names[i] : own, m->id,
			m->homing_offset, m->min, m->max);
	}
	fputs("\n}\n", f);
	return fclose(f);
}

static bool add_motor(struct sim_bus_cfg *cfg, const char *text)
{
	struct sim_motor_cfg m = {.supply_v = cfg->kind == SIM_BUS_DXL ? 12 : 7.4};
	unsigned id, model;

	if (cfg->motors == SIM_BUS_MOTORS ||
	    sscanf(text, "%u:%u:%lf:%d:%d:%d", &id, &model, &m.start_ticks, &m.min, &m.max,
		   &m.homing_offset) != 6)
		return false;
	m.id = (uint8_t)id;
	m.model = (uint16_t)model;
	cfg->motor[cfg->motors++] = m;
	return true;
}

static bool parse(struct program *p, int argc, char **argv)
{
	static const struct option rows[] = {
		{"kind", 1, NULL, 'k'},	 {"link", 1, NULL, 'l'}, {"baud", 1, NULL, 'b'},
		{"fault", 1, NULL, 'f'}, {"log", 1, NULL, 'o'},	 {"calibration", 1, NULL, 'c'},
		{"motor", 1, NULL, 'm'}, {"seed", 1, NULL, 's'}, {0}};
	const char *motor[SIM_BUS_MOTORS];
	unsigned motors = 0, baud = 0, seed = 1;
	enum sim_bus_kind kind = SIM_BUS_STS;
	bool good = true;
	int c;

	while ((c = getopt_long(argc, argv, "", rows, NULL)) != -1) {
		if (c == 'k')
			kind = strcmp(optarg, "dxl") == 0 ? SIM_BUS_DXL : SIM_BUS_STS;
		else if (c == 'l')
			p->link = optarg;
		else if (c == 'b')
			baud = (unsigned)atoi(optarg);
		else if (c == 's')
			seed = (unsigned)atoi(optarg);
		else if (c == 'f' && p->faults < 8)
			p->fault[p->faults++] = optarg;
		else if (c == 'o')
			good = (p->log = fopen(optarg, "we")) != NULL;
		else if (c == 'c')
			p->calibration = optarg;
		else if (c == 'm' && motors < SIM_BUS_MOTORS)
			motor[motors++] = optarg;
		else
			good = false;
	}
	sim_bus_arm(&p->cfg, kind);
	p->cfg.baud = baud;
	p->cfg.seed = seed;
	if (motors)
		p->cfg.motors = 0;
	for (unsigned i = 0; i < motors; i++)
		good = good && add_motor(&p->cfg, motor[i]);
	if (p->log) {
		setvbuf(p->log, NULL, _IOLBF, 0);
		p->cfg.seen = log_packet;
		p->cfg.seen_arg = p;
	}
	return good && p->link;
}

int main(int argc, char **argv)
{
	struct program p = {.clock = clock_real(), .master = -1, .slave = -1};
	struct err e = {0};
	sigset_t set;
	int signals;

	if (!parse(&p, argc, argv)) {
		fputs("simbus: see the head of tests/sim/simbus.c\n", stderr);
		return 64;
	}
	sigemptyset(&set);
	sigaddset(&set, SIGTERM);
	sigaddset(&set, SIGINT);
	sigprocmask(SIG_BLOCK, &set, NULL);
	signals = signalfd(-1, &set, SFD_CLOEXEC);
	prctl(PR_SET_PDEATHSIG, SIGTERM);
	prctl(PR_SET_TIMERSLACK, 1);
	p.bus = sim_bus_new(&p.cfg, now(&p));
	if ((p.calibration && write_calibration(&p) != 0) || signals < 0 || !plug(&p)) {
		fprintf(stderr, "simbus: %s\n", strerror(errno));
		return 74;
	}
	for (unsigned i = 0; i < p.faults; i++) {
		if (sim_bus_break(p.bus, now(&p), p.fault[i], &e) != 0) {
			fprintf(stderr, "simbus: %s\n", e.msg);
			return 64;
		}
	}
	printf("{\"ready\":true,\"path\":\"%s\",\"pid\":%d}\n", p.path, (int)getpid());
	fflush(stdout);
	run(&p, signals);
	unlink(p.link);
	sim_bus_free(p.bus);
	return 0;
}
