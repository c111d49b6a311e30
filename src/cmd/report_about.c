/* SPDX-License-Identifier: Apache-2.0 */
/* report.json: the program, its libraries, this machine, and what the report holds. */
#include "cmd/report_impl.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/sysinfo.h>
#include <sys/utsname.h>
#include <unistd.h>

#include <cjson/cJSON.h>
#include <yaml.h>

#include "base/clock.h"
#include "base/path.h"
#include "base/text.h"
#include "cmd/run_child.h"
#include "db/reader.h"
#include "hal/serial.h"
#include "ui/term.h"
#include "wire/parquet.h"
#include "wire/pngfile.h"

static void add_bool(struct buf *b, const char *key, bool v)
{
	buf_printf(b, ",\"%s\":%s", key, v ? "true" : "false");
}

static void add_libraries(struct buf *b)
{
	const struct parquet_libraries p = parquet_libraries();

	buf_str(b, ",\n\"libraries\":{\"sqlite\":");
	buf_json_str(b, db_library());
	buf_json_text(b, "ncurses", term_library());
	buf_json_text(b, "libserialport", serial_library());
	buf_json_text(b, "cjson", cJSON_Version());
	buf_json_text(b, "libyaml", yaml_get_version_string());
	buf_json_text(b, "libpng", pngfile_library());
	buf_json_text(b, "zlib", p.zlib);
	buf_json_text(b, "zstd", p.zstd);
	buf_json_text(b, "lz4", p.lz4);
	buf_str(b, "}");
}

/* What configure found, or was told. */
static void add_build(struct buf *b)
{
	bool turbojpeg = false, sanitized = false;

#ifdef HAVE_TURBOJPEG
	turbojpeg = true;
#endif
#ifdef POLICYTOP_SANITIZED
	sanitized = true;
#endif
	buf_str(b, ",\n\"build\":{\"compiler\":");
#ifdef __clang__
	buf_json_str(b, "clang " __clang_version__);
#else
	buf_json_str(b, "gcc " __VERSION__);
#endif
	add_bool(b, "turbojpeg", turbojpeg);
	add_bool(b, "sanitized", sanitized);
	buf_str(b, "}");
}

/* Programs of ours are there, or not; those of others are found in PATH, or not. */
static void add_helpers(struct buf *b)
{
	static const char *const own[] = {"policytop-tap", "policytop-video"};
	static const char *const others[] = {"tar",	"gzip",	   "tmux",
					     "sqlite3", "python3", "nvidia-smi"};

	buf_str(b, ",\n\"helpers\":{");
	for (size_t i = 0; i < sizeof(own) / sizeof(own[0]); i++) {
		char *path = path_helper_dup(own[i], NULL);

		buf_printf(b, "%s\"%s\":%s", i ? "," : "", own[i], path ? "true" : "false");
		free(path);
	}
	for (size_t i = 0; i < sizeof(others) / sizeof(others[0]); i++)
		add_bool(b, others[i], child_look(others[i], NULL) == 0);
	buf_str(b, "}");
}

/* PRETTY_NAME="Debian GNU/Linux 12 (bookworm)" */
static void distribution(char *dst, size_t size)
{
	static const char key[] = "PRETTY_NAME=";
	FILE *f = fopen("/etc/os-release", "re");
	char line[256];

	dst[0] = '\0';
	while (f && !dst[0] && fgets(line, sizeof(line), f)) {
		char *p = line + sizeof(key) - 1;

		if (!text_starts(line, key))
			continue;
		p[strcspn(p, "\n")] = '\0';
		p += *p == '"';
		text_clean(dst, size, p, strcspn(p, "\""));
	}
	if (f)
		fclose(f);
}

/* Names of the host are not asked for. */
static void add_system(struct buf *b)
{
	char name[128], kernel[256] = "";
	struct utsname u;
	struct sysinfo s;

	distribution(name, sizeof(name));
	if (uname(&u) == 0)
		snprintf(kernel, sizeof(kernel), "%s %s %s", u.sysname, u.release, u.machine);
	buf_str(b, ",\n\"system\":{\"cpus\":");
	buf_json_num(b, (double)sysconf(_SC_NPROCESSORS_ONLN));
	buf_json_text(b, "kernel", kernel);
	buf_json_text(b, "distribution", name);
	if (sysinfo(&s) == 0) {
		buf_json_number(b, "memory_bytes", (double)s.totalram * s.mem_unit);
		buf_json_number(b, "memory_free_bytes", (double)s.freeram * s.mem_unit);
		buf_json_number(b, "up_s", (double)s.uptime);
	}
	buf_str(b, "}");
}

static void add_terminal(struct buf *b)
{
	static const char *const names[] = {"TERM", "COLORTERM", "LANG", "LC_ALL", "TERM_PROGRAM"};
	struct winsize w = {0};

	buf_str(b, ",\n\"terminal\":{\"tmux\":");
	buf_str(b, getenv("TMUX") ? "true" : "false");
	add_bool(b, "ssh", getenv("SSH_CONNECTION") != NULL);
	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		buf_json_text(b, names[i], getenv(names[i]));
	for (int fd = 0; fd < 3 && !w.ws_col; fd++) {
		if (ioctl(fd, TIOCGWINSZ, &w))
			w = (struct winsize){0};
	}
	if (w.ws_col)
		buf_printf(b, ",\"columns\":%u,\"rows\":%u", w.ws_col, w.ws_row);
	else
		buf_str(b, ",\"columns\":null,\"rows\":null");
	buf_str(b, "}");
}

static int take_version(void *host, int n, const struct value *v, struct err *e)
{
	(void)n;
	(void)e;
	if (v[0].type == VALUE_INT)
		*(int64_t *)host = v[0].i;
	return 0;
}

static void add_database(struct buf *b, const struct report_run *run)
{
	const struct query q = {.sql = "PRAGMA user_version"};
	int64_t version = -1;
	const struct rows rows = {.ctx = &version, .row = take_version};

	if (run->db)
		db_query(run->db, &q, &rows, NULL);
	buf_printf(b, ",\n\"database\":{\"writes\":%d,\"version\":", DB_VERSION);
	if (version >= 0)
		buf_printf(b, "%lld", (long long)version);
	else
		buf_str(b, "null");
	buf_json_text(b, "file", run->path);
	buf_json_text(b, "trouble", run->why);
	buf_str(b, "}");
}

static void add_parts(struct buf *b, const char *key, const struct report_part *p, unsigned n,
		      bool made)
{
	buf_printf(b, ",\n\"%s\":[", key);
	for (unsigned i = 0; i < n; i++) {
		buf_str(b, i ? ",\n{\"name\":" : "\n{\"name\":");
		buf_json_str(b, p[i].name);
		if (made)
			buf_json_number(b, "bytes", (double)p[i].bytes);
		buf_json_text(b, made ? "what" : "why", p[i].note);
		buf_str(b, "}");
	}
	buf_str(b, "]");
}

void report_contents_json(struct buf *b, const struct report *r)
{
	buf_printf(b, ",\n\"redacted\":%s,\"pictures\":%s", r->redacts ? "true" : "false",
		   r->pictures ? "true" : "false");
	add_parts(b, "parts", r->part, r->parts, true);
	add_parts(b, "left_out", r->left, r->lefts, false);
	buf_str(b, ",\n\"replaced\":{");
	for (unsigned k = 0; k < REDACT_KINDS; k++) {
		buf_printf(b, "%s\"%s\":", k ? "," : "", redact_word(k));
		/* Who does not look for a kind does not know how many there are. */
		if (k == REDACT_SECRET || r->redacts)
			buf_printf(b, "%llu", (unsigned long long)redact_count(r->redact, k));
		else
			buf_str(b, "null");
	}
	buf_str(b, "}");
}

int report_about(struct report *r, const struct report_run *run, struct err *e)
{
	struct buf b = {0};
	char utc[32];
	int rc;

	clock_utc_text(utc, clock_wall_ns());
	buf_str(&b, "{\"schema\":1,\"policytop\":");
	buf_json_str(&b, PACKAGE_VERSION);
	buf_json_text(&b, "utc", utc);
	buf_str(&b, ",\"run\":");
	if (run->run)
		buf_printf(&b, "%lld", (long long)run->run);
	else
		buf_str(&b, "null");
	add_database(&b, run);
	add_libraries(&b);
	add_build(&b);
	add_system(&b);
	add_terminal(&b);
	add_helpers(&b);
	report_contents_json(&b, r);
	buf_str(&b, "}\n");
	rc = report_add(r, "report.json", b.p, b.len, "versions, this machine, and this list", e);
	buf_fini(&b);
	return rc;
}
