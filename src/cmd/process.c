/* SPDX-License-Identifier: Apache-2.0 */
#include "cmd/process.h"

#include <arpa/inet.h>
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/mem.h"
#include "base/text.h"

enum { INODES_MAX = 256, STATE_ESTABLISHED = 1, STATE_LISTEN = 10 };

/* Inodes of its sockets, until they are found in the tables of the network. */
struct inodes {
	unsigned long at[INODES_MAX];
	unsigned n;
};

static FILE *open_part(int pid, const char *name)
{
	char path[64];

	snprintf(path, sizeof(path), "/proc/%d/%s", pid, name);
	return fopen(path, "re");
}

static char *read_part_dup(int pid, const char *name, size_t *len)
{
	FILE *f = open_part(pid, name);
	char *text;

	*len = 0;
	if (!f)
		return NULL;
	text = xcalloc(1, PROCESS_BYTES_MAX + 1);
	*len = fread(text, 1, PROCESS_BYTES_MAX, f);
	fclose(f);
	return text;
}

static void split_words(struct process *p, size_t len)
{
	size_t at = 0;

	while (at < len && p->argc < PROCESS_WORDS_MAX) {
		p->argv[p->argc++] = p->words + at;
		at += strlen(p->words + at) + 1;
	}
}

const char *process_env(const struct process *p, const char *name)
{
	size_t at = 0, n = strlen(name);

	while (at < p->environ_len) {
		const char *word = p->environ + at;

		if (strncmp(word, name, n) == 0 && word[n] == '=')
			return word + n + 1;
		at += strlen(word) + 1;
	}
	return NULL;
}

bool process_listens(const struct process *p, int port)
{
	for (unsigned i = 0; i < p->sockets; i++) {
		if (p->socket[i].listens && p->socket[i].port == port)
			return true;
	}
	return false;
}

static bool writes(int pid, const char *fd)
{
	char path[64], line[128];
	unsigned flags = 0;
	FILE *f;

	snprintf(path, sizeof(path), "fdinfo/%.16s", fd);
	f = open_part(pid, path);
	while (f && fgets(line, sizeof(line), f)) {
		if (sscanf(line, "flags: %o", &flags) == 1)
			break;
	}
	if (f)
		fclose(f);
	return (flags & O_ACCMODE) != O_RDONLY;
}

static void add_file(struct process *p, enum process_kind kind, const char *path)
{
	for (unsigned i = 0; i < p->files; i++) {
		if (strcmp(p->file[i].path, path) == 0)
			return;
	}
	if (p->files == PROCESS_FILES_MAX || strlen(path) >= PROCESS_PATH_BYTES)
		return;
	p->file[p->files].kind = kind;
	text_copy(p->file[p->files++].path, PROCESS_PATH_BYTES, path);
}

static bool is_serial(const char *path)
{
	static const char *const names[] = {"/dev/ttyACM", "/dev/ttyUSB", "/dev/ttyAMA",
					    "/dev/ttyS",   "/dev/ttyTHS", "/dev/serial/"};

	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		if (text_starts(path, names[i]))
			return true;
	}
	return false;
}

static void take_fd(struct process *p, const char *fd, const char *path, struct inodes *sockets)
{
	bool output = strcmp(fd, "1") == 0 || strcmp(fd, "2") == 0;
	struct stat st;

	if (text_starts(path, "socket:[")) {
		if (sockets->n < INODES_MAX)
			sockets->at[sockets->n++] = strtoul(path + 8, NULL, 10);
	} else if (is_serial(path)) {
		add_file(p, PROCESS_SERIAL, path);
	} else if (text_starts(path, "/dev/video")) {
		add_file(p, PROCESS_CAMERA, path);
	} else if (path[0] == '/' && (output || text_ends(path, ".log")) && stat(path, &st) == 0 &&
		   (S_ISREG(st.st_mode) || S_ISFIFO(st.st_mode)) && writes(p->pid, fd)) {
		/* Whoever reads a FIFO takes from its reader. */
		if (S_ISREG(st.st_mode))
			add_file(p, output ? PROCESS_OUTPUT : PROCESS_LOG, path);
	}
}

static void read_fds(struct process *p, struct inodes *sockets)
{
	char path[320], target[PROCESS_PATH_BYTES];
	struct dirent *d;
	DIR *dir;

	snprintf(path, sizeof(path), "/proc/%d/fd", p->pid);
	dir = opendir(path);
	p->hidden |= !dir;
	while (dir && (d = readdir(dir))) {
		ssize_t n;

		snprintf(path, sizeof(path), "/proc/%d/fd/%s", p->pid, d->d_name);
		n = readlink(path, target, sizeof(target) - 1);
		target[n > 0 ? n : 0] = '\0';
		take_fd(p, d->d_name, target, sockets);
	}
	if (dir)
		closedir(dir);
}

/* 0100007F, or four such words: addresses as the kernel prints them, in its own byte order. */
static bool parse_address(const char *hex, char text[64])
{
	size_t words = strlen(hex) / 8;
	uint32_t part[4];

	if (words != 1 && words != 4)
		return false;
	for (size_t i = 0; i < words; i++) {
		if (sscanf(hex + 8 * i, "%8x", &part[i]) != 1)
			return false;
	}
	return inet_ntop(words == 1 ? AF_INET : AF_INET6, part, text, 64) != NULL;
}

static bool is_ours(const struct inodes *s, unsigned long inode)
{
	for (unsigned i = 0; i < s->n; i++) {
		if (s->at[i] == inode)
			return true;
	}
	return false;
}

static void read_sockets(struct process *p, const char *table, const struct inodes *ours)
{
	FILE *f = open_part(p->pid, table);
	char line[256], local[40], remote[40];

	while (f && p->sockets < PROCESS_SOCKETS_MAX && fgets(line, sizeof(line), f)) {
		struct process_socket *s = &p->socket[p->sockets];
		unsigned local_port, remote_port, state;
		unsigned long inode;

		if (sscanf(line, "%*d: %39[0-9A-F]:%x %39[0-9A-F]:%x %x %*s %*s %*s %*d %*d %lu",
			   local, &local_port, remote, &remote_port, &state, &inode) != 6 ||
		    !is_ours(ours, inode) || (state != STATE_LISTEN && state != STATE_ESTABLISHED))
			continue;
		s->listens = state == STATE_LISTEN;
		s->port = (int)(s->listens ? local_port : remote_port);
		p->sockets += parse_address(s->listens ? local : remote, s->address);
	}
	if (f)
		fclose(f);
}

int process_look(struct process *p, int pid, struct err *e)
{
	struct inodes *sockets = xcalloc(1, sizeof(*sockets));
	size_t len;

	*p = (struct process){.pid = pid};
	p->words = read_part_dup(pid, "cmdline", &len);
	p->environ = read_part_dup(pid, "environ", &p->environ_len);
	p->hidden = !p->environ;
	if (p->words)
		split_words(p, len);
	read_fds(p, sockets);
	read_sockets(p, "net/tcp", sockets);
	read_sockets(p, "net/tcp6", sockets);
	free(sockets);
	if (!p->words)
		return err_set(e, ESRCH, "no process has the number %d", pid);
	return p->argc ? 0 : err_set(e, EINVAL, "process %d has no command line", pid);
}

void process_fini(struct process *p)
{
	free(p->words);
	free(p->environ);
	*p = (struct process){.pid = 0};
}
