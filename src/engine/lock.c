/* SPDX-License-Identifier: Apache-2.0 */
#include "engine/lock.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/path.h"
#include "view/client.h"

static int held_by(int fd, const char *rig, struct err *e)
{
	char pid[16] = "";
	ssize_t n = pread(fd, pid, sizeof(pid) - 1, 0);

	pid[n > 0 ? n : 0] = '\0';
	pid[strcspn(pid, "\n")] = '\0';
	return err_set(e, EBUSY,
		       "an engine of '%s' runs already (pid %s): policytop watch attaches to it, "
		       "policytop stop %s ends it",
		       rig, pid[0] ? pid : "unknown", rig);
}

int lock_rig(const char *rig, struct err *e)
{
	char *dir, text[16];
	struct buf path = {0};
	int fd, rc = 0, n;

	if (!rig_name_valid(rig))
		return err_set(e, EINVAL, "rig name '%s': letters, digits, '.', '_' and '-' only",
			       rig);
	dir = path_runtime_dup(e);
	if (!dir)
		return -EACCES;
	buf_printf(&path, "%s/%s.lock", dir, rig);
	free(dir);
	fd = open(path.p, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
	if (fd < 0) {
		rc = err_set(e, errno, "%s: %m", path.p);
	} else if (flock(fd, LOCK_EX | LOCK_NB)) {
		rc = errno == EWOULDBLOCK ? held_by(fd, rig, e)
					  : err_set(e, errno, "%s: cannot lock: %m", path.p);
	} else {
		n = snprintf(text, sizeof(text), "%ld\n", (long)getpid());
		if (ftruncate(fd, 0) || pwrite(fd, text, (size_t)n, 0) != n)
			rc = err_set(e, errno, "%s: cannot write: %m", path.p);
	}
	buf_fini(&path);
	if (rc && fd >= 0)
		close(fd);
	return rc ? rc : fd;
}
