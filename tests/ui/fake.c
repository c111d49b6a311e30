/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/ui/fake.h"

#include <errno.h>
#include <math.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "tests/ui/world.h"
#include "view/client.h"
#include "view/message.h"

enum { CLIENTS = 4, PERIOD_MS = 50 };

struct fake {
	struct world w;
	int listener, signals, client[CLIENTS];
	bool silent, done;
	unsigned references;
	uint32_t noise; /* 0: the pictures stand still */
	char packet[MESSAGE_SIZE_MAX];
};

/* Numbers that move, and every pixel of both cameras another one. */
static void make_noise(struct fake *f)
{
	for (unsigned i = 0; i < 2; i++) {
		struct view_thumb *t = &f->w.thumb[i];

		t->width = FRAME_THUMB_WIDTH;
		t->height = FRAME_THUMB_HEIGHT;
		for (size_t k = 0; k < sizeof(t->rgb); k++) {
			f->noise = f->noise * 1664525 + 1013904223;
			t->rgb[k] = (uint8_t)(f->noise >> 24);
		}
		f->w.s.frame[i].count++;
	}
	f->w.s.elapsed_s += PERIOD_MS / 1e3;
	f->w.s.seq++;
	for (unsigned i = 0; i < f->w.s.njoints; i++)
		f->w.s.joint[i].got = (f->noise >> i & 1023) / 10.0;
}

static void send_text(int fd, const char *text)
{
	send(fd, text, strlen(text), MSG_NOSIGNAL | MSG_DONTWAIT);
}

static void send_all(struct fake *f, size_t n)
{
	for (int i = 0; i < CLIENTS; i++) {
		if (f->client[i] >= 0)
			send(f->client[i], f->packet, n, MSG_NOSIGNAL | MSG_DONTWAIT);
	}
}

static void say_fail(struct fake *f)
{
	struct verdict v = {.level = LEVEL_FAIL,
			    .episode = 7,
			    .seq = 129,
			    .value = 26.1,
			    .threshold = (double)NAN};

	strcpy(v.code, "seam");
	strcpy(v.subject, "it's \"$(touch /nonexistent)\"");
	strcpy(v.message, "jumps 26.1 deg; `id`");
	send_all(f, message_put_verdict(f->packet, sizeof(f->packet), &v));
}

static void take_signal(struct fake *f)
{
	struct signalfd_siginfo si;

	if (read(f->signals, &si, sizeof(si)) != (ssize_t)sizeof(si))
		return;
	if (si.ssi_signo == SIGUSR1)
		say_fail(f);
	if (si.ssi_signo == SIGUSR2)
		f->silent = true;
	if (si.ssi_signo == SIGTERM) {
		for (int i = 0; i < CLIENTS; i++) {
			if (f->client[i] >= 0)
				send_text(f->client[i], "{\"bye\":\"stopped\"}");
		}
		f->done = true;
	}
}

static void send_reference(struct fake *f, int fd, const char *request)
{
	struct view_reference *r = &f->w.reference[1];

	*r = f->w.reference[0];
	if (!strstr(request, r->camera)) {
		*r = (struct view_reference){.why = "training has no pictures of it"};
		sscanf(strstr(request, "\"name\":\"") + 8, "%63[^\"]", r->camera);
	}
	send(fd, f->packet, message_put_reference(f->packet, sizeof(f->packet), r),
	     MSG_NOSIGNAL | MSG_DONTWAIT);
	f->references++;
}

static void answer(struct fake *f, int fd, char *request)
{
	char text[300], word[40] = "";
	char *at = strstr(request, "\"request\":\""), *joint = strstr(request, "\"joint\":");

	if (at)
		sscanf(at + 11, "%39[a-z-]", word);
	if (strcmp(word, "hello") == 0) {
		send_text(fd, "{\"v\":2,\"version\":\"fake\",\"pid\":1,\"run\":12}");
	} else if (strcmp(word, "history") == 0) {
		f->w.hist.joint = joint ? (unsigned)atoi(joint + 8) : 0;
		send(fd, f->packet, message_put_history(f->packet, sizeof(f->packet), &f->w.hist),
		     MSG_NOSIGNAL | MSG_DONTWAIT);
	} else if (strcmp(word, "thumb") == 0) {
		struct view_thumb *t = &f->w.thumb[atoi(strstr(request, "\"camera\":") + 9) % 2];

		t->camera = (unsigned)(t - f->w.thumb);
		t->count = f->w.s.frame[t->camera].count;
		send(fd, f->packet, message_put_thumb(f->packet, sizeof(f->packet), t),
		     MSG_NOSIGNAL | MSG_DONTWAIT);
	} else if (strcmp(word, "reference") == 0) {
		send_reference(f, fd, request);
	} else {
		char *outcome = strstr(request, "\"outcome\":\""), what[40] = "";
		char *note = strstr(request, "\"note\":\"");

		if (outcome)
			sscanf(outcome + 11, "%39[a-z]", what);
		if (note)
			sscanf(note + 8, "%39[^\"]", what);
		snprintf(text, sizeof(text), "{\"text\":\"did %s %s (references: %u)\"}", word,
			 what, f->references);
		send_text(fd, text);
	}
}

static void take_request(struct fake *f, int i)
{
	char request[1024];
	ssize_t n = recv(f->client[i], request, sizeof(request) - 1, MSG_DONTWAIT);

	if (n <= 0) {
		close(f->client[i]);
		f->client[i] = -1;
		return;
	}
	request[n] = '\0';
	answer(f, f->client[i], request);
}

static void take_client(struct fake *f)
{
	int fd = accept(f->listener, NULL, NULL);

	for (int i = 0; fd >= 0 && i < CLIENTS; i++) {
		if (f->client[i] < 0) {
			f->client[i] = fd;
			return;
		}
	}
	if (fd >= 0)
		close(fd);
}

static void turn(struct fake *f)
{
	struct pollfd p[2 + CLIENTS] = {{f->listener, POLLIN, 0}, {f->signals, POLLIN, 0}};
	int n;

	for (int i = 0; i < CLIENTS; i++)
		p[2 + i] = (struct pollfd){f->client[i], POLLIN, 0};
	n = poll(p, 2 + CLIENTS, PERIOD_MS);
	if (p[1].revents)
		take_signal(f);
	if (p[0].revents)
		take_client(f);
	for (int i = 0; i < CLIENTS; i++) {
		if (p[2 + i].revents)
			take_request(f, i);
	}
	if (n == 0 && f->noise)
		make_noise(f);
	if (n == 0 && !f->silent)
		send_all(f, message_put_snapshot(f->packet, sizeof(f->packet), &f->w.s));
}

static int listen_on(const char *rig)
{
	struct sockaddr_un a = {.sun_family = AF_UNIX};
	char *path = rig_socket_dup(rig, NULL);
	int fd = socket(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0);

	if (!path || fd < 0)
		return -1;
	unlink(path);
	strcpy(a.sun_path, path);
	free(path);
	if (bind(fd, (struct sockaddr *)&a, sizeof(a)) || listen(fd, CLIENTS)) {
		close(fd);
		return -1;
	}
	return fd;
}

static void serve(int listener, const char *world)
{
	struct fake *f = calloc(1, sizeof(*f));
	bool noise = strcmp(world, "noise") == 0;
	sigset_t set;

	if (!f || !world_make(&f->w, noise ? "cameras" : world))
		_exit(1);
	f->noise = noise;
	sigemptyset(&set);
	sigaddset(&set, SIGUSR1);
	sigaddset(&set, SIGUSR2);
	sigaddset(&set, SIGTERM);
	sigprocmask(SIG_BLOCK, &set, NULL);
	f->signals = signalfd(-1, &set, SFD_CLOEXEC);
	f->listener = listener;
	for (int i = 0; i < CLIENTS; i++)
		f->client[i] = -1;
	while (!f->done && getppid() != 1)
		turn(f);
	free(f);
	_exit(0);
}

pid_t fake_start(const char *rig, const char *world)
{
	int listener = listen_on(rig);
	pid_t pid;

	if (listener < 0)
		return -1;
	pid = fork();
	if (pid == 0)
		serve(listener, world);
	close(listener);
	return pid;
}
