/* SPDX-License-Identifier: Apache-2.0 */
#include <errno.h>
#include <fcntl.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/text.h"
#include "preflight/ask.h"
#include "wire/capture.h"

/* What the sources of a capture were heard to ask for. */
struct heard_all {
	struct capture_header head;
	struct infer_heard *heard[CAPTURE_SOURCES_MAX]; /* NULL: no policy's connection */
	const struct infer_wire *wire[CAPTURE_SOURCES_MAX];
	int64_t end_ns; /* of the last record */
};

/* "openpi:…" and "left=openpi:…" are of openpi. */
static const struct infer_wire *wire_of(const char *word)
{
	const char *equals = strchr(word, '='), *colon = strchr(word, ':');
	char kind[16];

	if (equals && colon && equals < colon)
		word = equals + 1;
	if (!colon || (size_t)(colon - word) >= sizeof(kind))
		return NULL;
	text_copy(kind, (size_t)(colon - word) + 1, word);
	return infer_find(kind);
}

static void take_record(struct heard_all *all, const struct capture_record *r)
{
	struct infer_heard *h = all->heard[r->source];

	all->end_ns = r->t_ns;
	if (!h)
		return;
	if (r->is_lost)
		infer_heard_lost(h);
	else if (!r->bytes)
		infer_heard_begin(h);
	else if (r->direction == 1)
		infer_heard_take(h, r->bytes, r->len, r->t_ns);
}

static void read_all(struct heard_all *all, const struct infer_wire *wire, const void *p, size_t n)
{
	ssize_t used = capture_get_header(&all->head, p, n, NULL);
	struct capture_record r;
	size_t at = 0;

	for (unsigned i = 0; used > 0 && i < all->head.sources; i++) {
		all->wire[i] = wire_of(all->head.word[i]);
		if (all->wire[i] && (!wire || all->wire[i] == wire))
			all->heard[i] = infer_heard_new(all->wire[i]);
	}
	while (used > 0) {
		at += (size_t)used;
		used = capture_get(&r, (const char *)p + at, n - at, all->head.sources, NULL);
		if (used > 0)
			take_record(all, &r);
	}
}

/* The newest of all connections. modified_ns: of the file, which is when its last record was made. */
static void choose(struct ask_question *q, const struct heard_all *all, int64_t modified_ns)
{
	int64_t newest_ns = TIME_UNKNOWN, t_ns;
	const struct buf *best = NULL;

	for (unsigned i = 0; i < all->head.sources; i++) {
		const struct buf *b = all->heard[i] ? infer_heard_last(all->heard[i], &t_ns) : NULL;

		if (!b || (best && t_ns < newest_ns))
			continue;
		best = b;
		newest_ns = t_ns;
	}
	if (!best) {
		snprintf(q->why, sizeof(q->why), "%s holds no request for actions", q->source);
		return;
	}
	buf_add(&q->body, best->p, best->len);
	q->age_s = (double)(clock_wall_ns() - modified_ns + all->end_ns - newest_ns) / 1e9;
}

void ask_recorded(struct ask_question *q, const char *path, const struct infer_wire *wire)
{
	const char *slash = strrchr(path, '/');
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
	struct heard_all all = {.end_ns = 0};
	struct stat st;
	void *p = MAP_FAILED;

	*q = (struct ask_question){.age_s = NAN};
	text_clean(q->source, sizeof(q->source), slash ? slash + 1 : path,
		   strlen(slash ? slash + 1 : path));
	if (fd >= 0 && fstat(fd, &st) == 0 && S_ISREG(st.st_mode) && st.st_size > 0)
		p = mmap(NULL, (size_t)st.st_size, PROT_READ, MAP_PRIVATE, fd, 0);
	if (p == MAP_FAILED) {
		snprintf(q->why, sizeof(q->why), "%s: %s", path,
			 fd < 0 ? strerror(errno) : "it is empty, or no file");
	} else {
		read_all(&all, wire, p, (size_t)st.st_size);
		choose(q, &all, st.st_mtim.tv_sec * NS_PER_S + st.st_mtim.tv_nsec);
		munmap(p, (size_t)st.st_size);
	}
	for (unsigned i = 0; i < all.head.sources; i++)
		infer_heard_free(all.heard[i]);
	if (all.head.sources)
		capture_header_fini(&all.head);
	if (fd >= 0)
		close(fd);
}
