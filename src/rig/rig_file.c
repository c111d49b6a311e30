/* SPDX-License-Identifier: Apache-2.0 */
#include "rig/rig_file.h"

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
#include "model/rig_name.h"

enum { RIGS_MAX = 1024 };

char *rig_file_dup(const char *name)
{
	struct buf b = {0};
	char *path;

	buf_printf(&b, "rigs/%s.json", name);
	path = path_config_dup(b.p);
	buf_fini(&b);
	return path;
}

int rig_file_name(const char *name, struct err *e)
{
	if (rig_name_valid(name))
		return 0;
	return err_set(e, EINVAL,
		       "'%s' is no name of a rig: letters, digits, '.', '_' and '-', at most %d",
		       name, RIG_BYTES - 1);
}

static char *text_dup(const char *path, size_t *len, struct err *e)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
	struct stat st;
	char *text = NULL;
	ssize_t n;

	if (fd < 0 || fstat(fd, &st)) {
		err_set(e, errno, "%s: %s", path, strerror(errno));
	} else if (!S_ISREG(st.st_mode)) {
		err_set(e, EBADMSG, "%s: is no file", path);
	} else if (st.st_size > RIG_FILE_MAX) {
		err_set(e, EFBIG, "%s: too large for a rig", path);
	} else {
		text = xcalloc(RIG_FILE_MAX + 1, 1);
		n = read(fd, text, RIG_FILE_MAX);
		*len = n > 0 ? (size_t)n : 0;
	}
	if (fd >= 0)
		close(fd);
	return text;
}

int rig_file_load(struct rig *r, struct rig_errors *errors, const char *name, struct err *e)
{
	char *path = rig_file_dup(name), *text = NULL;
	size_t len = 0;
	unsigned n = 0;
	int rc = rig_file_name(name, e);

	rig_init(r);
	errors->n = 0;
	if (!rc) {
		text = text_dup(path, &len, e);
		rc = text ? 0 : -e->code;
	}
	if (rc == -ENOENT)
		err_set(e, ENOENT, "no rig '%s': policytop rig from %s -- COMMAND makes one", name,
			name);
	else if (rc && rc != -EINVAL)
		err_hint(e, "policytop rig from %s --force -- COMMAND makes it anew", name);
	if (text)
		n = rig_parse(r, text, len, errors);
	if (n == 1)
		rc = err_set(e, EBADMSG, "%s, line %u: %s", path, errors->error[0].line,
			     errors->error[0].text);
	else if (n)
		rc = err_set(e, EBADMSG, "%s, line %u: %s (and %u more: policytop rig check %s)",
			     path, errors->error[0].line, errors->error[0].text, n - 1, name);
	free(text);
	free(path);
	return rc;
}

static int write_text(const char *path, const struct buf *b, struct err *e)
{
	struct buf part = {0};
	int fd, rc = 0;

	buf_printf(&part, "%s.part", path);
	fd = open(part.p, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0666);
	if (fd < 0 || write(fd, b->p, b->len) != (ssize_t)b->len || fsync(fd))
		rc = err_set(e, errno, "%s: %s", part.p, strerror(errno));
	if (fd >= 0 && close(fd) && !rc)
		rc = err_set(e, errno, "%s: %s", part.p, strerror(errno));
	if (!rc && rename(part.p, path))
		rc = err_set(e, errno, "%s: %s", path, strerror(errno));
	if (rc && fd >= 0)
		unlink(part.p);
	buf_fini(&part);
	return rc;
}

int rig_file_save(const struct rig *r, const char *name, bool replace, struct err *e)
{
	char *path = rig_file_dup(name);
	struct buf b = {0};
	int rc = rig_file_name(name, e);

	if (!rc && !replace && access(path, F_OK) == 0)
		rc = err_set(e, EEXIST, "%s: there is one already; --force replaces it", path);
	if (!rc)
		rc = path_make_parents(path, e);
	if (!rc) {
		rig_write(&b, r);
		rc = write_text(path, &b, e);
	}
	buf_fini(&b);
	free(path);
	return rc;
}

static int by_text(const void *a, const void *b)
{
	return strcmp(*(char *const *)a, *(char *const *)b);
}

int rig_file_each(void (*tell)(void *host, const char *name), void *host, struct err *e)
{
	char *folder = path_config_dup("rigs"), **names = NULL;
	DIR *d = opendir(folder);
	struct dirent *entry;
	size_t n = 0;
	int rc = 0;

	if (!d && errno != ENOENT)
		rc = err_set(e, errno, "%s: %s", folder, strerror(errno));
	while (d && n < RIGS_MAX && (entry = readdir(d))) {
		size_t len = strlen(entry->d_name);
		char name[256];

		if (len <= 5 || len >= sizeof(name) || !text_ends(entry->d_name, ".json"))
			continue;
		snprintf(name, sizeof(name), "%.*s", (int)len - 5, entry->d_name);
		if (!rig_name_valid(name))
			continue;
		names = xrealloc(names, n + 1, sizeof(*names));
		names[n++] = xstrdup(name);
	}
	if (d)
		closedir(d);
	if (n)
		qsort(names, n, sizeof(*names), by_text);
	for (size_t i = 0; i < n; i++) {
		tell(host, names[i]);
		free(names[i]);
	}
	free(names);
	free(folder);
	return rc;
}
