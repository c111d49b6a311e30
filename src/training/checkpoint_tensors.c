/* SPDX-License-Identifier: Apache-2.0 */
/* Statistics in safetensors files: the header is read, and of the tensors those that are asked for. */
#include <errno.h>
#include <fcntl.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/mem.h"
#include "base/path.h"
#include "training/checkpoint_impl.h"
#include "wire/safetensors.h"

struct reading {
	struct checkpoint *c;
	cp_place_fn *place;
	int fd;
};

static int read_at(struct reading *r, void *to, size_t n, uint64_t from, struct err *e)
{
	size_t have = 0;

	while (have < n) {
		ssize_t got = pread(r->fd, (char *)to + have, n - have, (off_t)(from + have));

		if (got < 0 && errno == EINTR)
			continue;
		if (got <= 0)
			return err_set(e, got ? EIO : EBADMSG, "%s",
				       got ? strerror(errno) : "it ends too early");
		have += (size_t)got;
	}
	r->c->bytes_read += n;
	return 0;
}

/* [6]: a vector; [3,1,1]: channels of a camera; [16,5]: a vector for each step of the chunk. */
static void take(struct reading *r, const struct tensor *t, struct cp_place *p, const uint8_t *raw)
{
	struct norm_stats *s = cp_stats_add(p->side, p->key);
	unsigned n = (unsigned)t->count, horizon = t->dims == 2 ? (unsigned)t->shape[0] : 1;
	double *v;

	if (!s)
		return;
	if (p->stat == NORM_STATS) {
		s->count = n == 1 ? tensor_value(t->type, raw) : NAN;
		return;
	}
	v = xcalloc(n, sizeof(*v));
	for (unsigned i = 0; i < n; i++)
		v[i] = tensor_value(t->type, raw + (size_t)i * t->bytes);
	if (!cp_stats_take(s, p->stat, v, n / horizon, horizon))
		cp_warn(r->c, "%s: has not the %u values of its other statistics", t->name,
			s->width);
}

static int each(void *host, const struct tensor *t, struct err *e)
{
	struct reading *r = host;
	struct cp_place p = {0};
	uint8_t *raw;
	int rc;

	if (!r->place(r->c, t->name, &p))
		return 0;
	if (!t->bytes || !t->count || t->count > CHECKPOINT_VALUES_MAX) {
		cp_warn(r->c, "%s: is no statistic of 1 to %d numbers", t->name,
			CHECKPOINT_VALUES_MAX);
		return 0;
	}
	raw = xcalloc(t->size, 1);
	rc = read_at(r, raw, (size_t)t->size, t->from, e);
	if (!rc)
		take(r, t, &p, raw);
	free(raw);
	return rc;
}

static int read_file(struct reading *r, uint64_t size, struct err *e)
{
	uint8_t first[SAFETENSORS_FIRST] = {0};
	size_t length = 0;
	char *json;
	int rc = size < sizeof(first) ? 0 : read_at(r, first, sizeof(first), 0, e);

	if (!rc)
		rc = safetensors_length(first, size, &length, e);
	if (rc)
		return rc;
	json = xcalloc(length + 1, 1);
	rc = read_at(r, json, length, sizeof(first), e);
	if (!rc)
		rc = safetensors_each(json, length, size, each, r, e);
	free(json);
	return rc;
}

int cp_tensors(struct checkpoint *c, const char *name, cp_place_fn *place, struct err *e)
{
	char *path = path_join_dup(c->path, name);
	struct reading r = {c, place, open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)};
	struct stat st;
	int rc;

	if (r.fd < 0)
		rc = errno == ENOENT ? 1 : err_set(e, errno, "%s", strerror(errno));
	else if (fstat(r.fd, &st) || !S_ISREG(st.st_mode))
		rc = err_set(e, EBADMSG, "is no regular file");
	else
		rc = read_file(&r, (uint64_t)st.st_size, e);
	if (rc < 0)
		err_prefix(e, "%s", path);
	if (r.fd >= 0)
		close(r.fd);
	free(path);
	return rc;
}
