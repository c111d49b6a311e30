/* SPDX-License-Identifier: Apache-2.0 */
#include "cmd/run.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/path.h"

char *run_db_dup(const struct app *app, struct err *e)
{
	char *path = cmd_db_dup(app);

	if (path_make_parents(path, e)) {
		free(path);
		return NULL;
	}
	return path;
}

bool run_slow_disk(const char *path)
{
	char link[64], target[512];
	struct stat st;
	ssize_t n;

	if (stat(path, &st))
		return false;
	snprintf(link, sizeof(link), "/sys/dev/block/%u:%u", major(st.st_dev), minor(st.st_dev));
	n = readlink(link, target, sizeof(target) - 1);
	target[n > 0 ? n : 0] = '\0';
	return strstr(target, "/mmcblk") != NULL;
}

char *run_result_json_dup(const struct engine_result *r)
{
	struct buf b = {0};

	buf_printf(&b, "{\"run\":%lld,\"steps\":%llu,\"dropped\":%llu,\"episodes\":%u",
		   (long long)r->run, (unsigned long long)r->steps, (unsigned long long)r->dropped,
		   r->episodes);
	buf_printf(&b, ",\"chunks\":%llu", (unsigned long long)r->chunks);
	buf_printf(&b, ",\"joints\":%u,\"unmatched\":%u", r->joints, r->unmatched);
	buf_printf(&b, ",\"segment\":%u,\"worst\":\"%s\"", r->segment, level_word(r->worst));
	buf_printf(&b, ",\"verdicts\":{\"note\":%llu,\"warn\":%llu,\"fail\":%llu}",
		   (unsigned long long)r->notes, (unsigned long long)r->warns,
		   (unsigned long long)r->fails);
	buf_printf(&b, ",\"bad_lines\":%llu", (unsigned long long)r->bad_lines);
	if (r->bad_lines) {
		buf_str(&b, ",\"bad_line\":");
		buf_json_str(&b, r->bad_line);
	}
	if (r->failed.code) {
		buf_str(&b, ",\"source_error\":");
		buf_json_str(&b, r->failed.msg);
	}
	if (r->unsaved.code) {
		buf_str(&b, ",\"unsaved\":");
		buf_json_str(&b, r->unsaved.msg);
	}
	buf_str(&b, ",\"schema\":1}");
	return b.p;
}

int run_exit_status(const struct engine_result *r)
{
	if (r->unsaved.code)
		return EXIT_IO;
	if (r->worst == LEVEL_FAIL)
		return EXIT_FAIL;
	if (r->failed.code) /* what the checks saw is not all there is */
		return cmd_status(&r->failed);
	if (!r->steps)
		return EXIT_UNSEEN;
	return r->worst == LEVEL_WARN ? EXIT_WARN : EXIT_OK;
}
