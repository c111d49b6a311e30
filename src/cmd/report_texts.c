/* SPDX-License-Identifier: Apache-2.0 */
/* Texts of a report that lie on disk as they are: rigs, and the logs of engines. */
#include "cmd/report_impl.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/mem.h"
#include "base/path.h"
#include "base/text.h"
#include "rig/rig_file.h"
#include "view/client.h"

static int open_plain(const char *path, struct stat *st, struct err *e)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY);

	if (fd < 0)
		return err_set(e, errno, "%s",
			       errno == ELOOP ? "it is a link, and links are not followed"
					      : strerror(errno));
	if (fstat(fd, st) == 0 && S_ISREG(st->st_mode))
		return fd;
	close(fd);
	return err_set(e, EBADMSG, "it is no ordinary file");
}

/* A line that was cut may be the second half of a secret. */
static void drop_first_line(struct buf *b)
{
	char *end = b->len ? memchr(b->p, '\n', b->len) : NULL;
	size_t n = end ? (size_t)(end - b->p) + 1 : b->len;

	memmove(b->p, b->p + n, b->len - n);
	b->len -= n;
}

int report_tail(struct buf *b, const char *path, size_t most, bool *cut, struct err *e)
{
	char block[65536];
	struct stat st;
	off_t from;
	ssize_t n = 0;
	int fd = open_plain(path, &st, e);

	if (fd < 0)
		return fd;
	from = st.st_size > (off_t)most ? st.st_size - (off_t)most : 0;
	*cut = from > 0;
	while (b->len < most) {
		size_t room = most - b->len < sizeof(block) ? most - b->len : sizeof(block);

		n = pread(fd, block, room, from + (off_t)b->len);
		if (n <= 0)
			break;
		buf_add(b, block, (size_t)n);
	}
	close(fd);
	if (n < 0)
		return err_set(e, errno, "%s", strerror(errno));
	if (*cut)
		drop_first_line(b);
	return 0;
}

/* A log has what devices and programs say: no terminal must obey it. */
static void clean_lines(struct buf *out, const struct buf *in)
{
	size_t at = 0;

	while (at < in->len) {
		const char *end = memchr(in->p + at, '\n', in->len - at);
		size_t n = end ? (size_t)(end - in->p) - at : in->len - at, room = 8 * n + 1;
		char *line = xcalloc(room, 1);

		buf_add(out, line, text_clean(line, room, in->p + at, n));
		buf_str(out, "\n");
		free(line);
		at += n + 1;
	}
}

/* One of the two passes over a text: what it teaches, then what is left of it. */
struct pass {
	struct report *r;
	bool learns;
	struct err *e;
	int rc;
	unsigned n; /* files that are there, so far */
};

static void take(struct pass *p, const char *path, const char *name, size_t most, const char *note)
{
	struct buf raw = {0}, clean = {0}, text = {0};
	char said[REPORT_NOTE_BYTES];
	struct err why = {0};
	bool cut = false;
	int rc = report_tail(&raw, path, most, &cut, &why);

	p->n += rc != -ENOENT;
	if (rc && !p->learns && rc != -ENOENT)
		report_left(p->r, name, "%s", why.msg);
	if (!rc && p->learns)
		redact_learn(p->r->redact, buf_text(&raw), raw.len);
	if (!rc && !p->learns) {
		redact_text(p->r->redact, &text, buf_text(&raw), raw.len);
		clean_lines(&clean, &text);
		snprintf(said, sizeof(said), "%s%s", note, cut ? ", its end" : "");
		p->rc = report_add_bytes(p->r, name, buf_text(&clean), clean.len, said, p->e);
	}
	buf_fini(&raw);
	buf_fini(&text);
	buf_fini(&clean);
}

static void take_rig(void *host, const char *name)
{
	struct pass *p = host;
	char file[REPORT_NAME_BYTES];
	char *path;

	if (p->rc || p->n >= REPORT_RIGS_MAX)
		return;
	path = rig_file_dup(name);
	snprintf(file, sizeof(file), "rig-%s.json", name);
	take(p, path, file, RIG_FILE_MAX, "the rig's file");
	free(path);
}

static void take_logs(struct pass *p, const char *rig)
{
	static const char *const ends[] = {".log", ".log.1"};

	for (size_t i = 0; !p->rc && i < sizeof(ends) / sizeof(ends[0]); i++) {
		char file[REPORT_NAME_BYTES];
		char *path;

		snprintf(file, sizeof(file), "%s%s", rig, ends[i]);
		path = path_state_dup(file);
		take(p, path, file, REPORT_LOG_BYTES,
		     i ? "the engine's log before that" : "the engine's log");
		free(path);
	}
}

static void take_all_logs(struct pass *p)
{
	char *folder = path_state_dup("");
	struct dirent **entry = NULL;
	int n = scandir(folder, &entry, NULL, alphasort);

	for (int i = 0; i < n; i++) {
		char rig[NAME_MAX + 1];
		size_t len = text_copy(rig, sizeof(rig), entry[i]->d_name);

		if (len > 4 && text_ends(rig, ".log")) {
			rig[len - 4] = '\0';
			if (rig_name_valid(rig) && p->n < REPORT_RIGS_MAX)
				take_logs(p, rig);
		}
		free(entry[i]);
	}
	free(entry);
	free(folder);
}

static void pass_over(struct pass *p, const struct report_run *run)
{
	if (run->run && run->rig[0] && rig_name_valid(run->rig)) {
		take_rig(p, run->rig);
		p->n = 0;
		take_logs(p, run->rig);
		if (!p->learns && !p->rc && !p->n)
			report_left(p->r, "log", "there is none of %s", run->rig);
	} else if (run->run) {
		if (!p->learns)
			report_left(p->r, "log", "nobody knows the rig of this run");
	} else {
		rig_file_each(take_rig, p, NULL);
		p->n = 0;
		take_all_logs(p);
	}
}

int report_texts(struct report *r, const struct report_run *run, struct err *e)
{
	struct pass learn = {.r = r, .learns = true, .e = e};
	struct pass add = {.r = r, .e = e};

	pass_over(&learn, run);
	pass_over(&add, run);
	return add.rc;
}
