/* SPDX-License-Identifier: Apache-2.0 */
#include "engine/capture_file.h"

#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <unistd.h>

#include "wire/capture.h"

enum { FLUSH_BYTES = 64 * 1024 };

int capture_file_open(struct capture_file *f, const char *path, const char *const *word,
		      unsigned words, bool resume, struct err *e)
{
	off_t end;
	int rc;

	*f = (struct capture_file){.fd = -1};
	f->fd = open(path, O_WRONLY | O_CREAT | O_CLOEXEC | (resume ? O_APPEND : O_TRUNC), 0600);
	if (f->fd < 0)
		return err_set(e, errno, "%s: cannot write the capture: %m", path);
	end = lseek(f->fd, 0, SEEK_END);
	if (end > 0)
		return 0;
	rc = capture_put_header(&f->buf, word, words, e);
	capture_file_flush(f);
	if (!rc && f->error.code)
		rc = err_set(e, f->error.code, "%s: %s", path, f->error.msg);
	if (rc)
		capture_file_close(f);
	return rc;
}

void capture_file_add(struct capture_file *f, uint16_t source, int direction, int64_t t_ns,
		      const void *p, size_t len)
{
	const unsigned char *at = p;

	if (f->fd < 0)
		return;
	do {
		struct capture_record r = {
			.t_ns = t_ns,
			.source = source,
			.direction = (uint8_t)direction,
			.bytes = len ? at : NULL,
			.len = len < CAPTURE_PAYLOAD ? len : CAPTURE_PAYLOAD,
		};

		capture_put(&f->buf, &r);
		at += r.len;
		len -= r.len;
	} while (len);
	if (f->buf.len >= FLUSH_BYTES)
		capture_file_flush(f);
}

void capture_file_flush(struct capture_file *f)
{
	size_t at = 0;

	while (f->fd >= 0 && at < f->buf.len) {
		ssize_t n = write(f->fd, f->buf.p + at, f->buf.len - at);

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0) {
			err_set(&f->error, errno, "the capture ends here: %m");
			close(f->fd);
			f->fd = -1;
			break;
		}
		at += (size_t)n;
	}
	buf_clear(&f->buf);
}

void capture_file_close(struct capture_file *f)
{
	capture_file_flush(f);
	if (f->fd >= 0)
		close(f->fd);
	f->fd = -1;
	buf_fini(&f->buf);
}
