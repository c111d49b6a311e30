/* SPDX-License-Identifier: Apache-2.0 */
/* Opening: new, strange, damaged, newer, older and forbidden files. */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "db/db.h"
#include "db/fs.h"
#include "db/migrate.h"
#include "db/sql.h"
#include "tests/db/dbtest.h"
#include "tests/tap.h"

static bool fails(const char *path, enum db_mode mode, int code, const char *word)
{
	struct err e = {0};
	struct db *db = db_open(path, mode, &e);

	if (db || e.code != code || !strstr(e.msg, word)) {
		printf("# %s: code %d (%s)\n", path, e.code, e.msg);
		db_close(db);
		return false;
	}
	return true;
}

static bool opens(const char *path, enum db_mode mode)
{
	struct err e = {0};
	struct db *db = db_open(path, mode, &e);

	if (!db)
		printf("# %s\n", e.msg);
	db_close(db);
	return db != NULL;
}

static void write_bytes(const char *path, const void *p, size_t n, long at)
{
	FILE *f = fopen(path, at ? "r+" : "w");

	fseek(f, at, SEEK_SET);
	fwrite(p, 1, n, f);
	fclose(f);
}

static void fresh(struct tap *t, const struct scratch *s)
{
	char nested[128], text[64];

	ok(t, fails(s->file, DB_READ, ENOENT, "no such database"), "reading nothing says so");
	ok(t, access(s->file, F_OK) != 0, "and makes no file");
	snprintf(nested, sizeof(nested), "%s/a/b/c.db", s->dir);
	ok(t, opens(nested, DB_WRITE), "folders are made");
	ok(t, opens(s->file, DB_WRITE) && opens(s->file, DB_READ), "made, then read");
	ok(t, sql_number(s->file, "PRAGMA user_version") == DB_VERSION, "user_version");
	ok(t, sql_number(s->file, "PRAGMA application_id") == DB_APPLICATION_ID, "application_id");
	ok(t, sql_number(s->file, "PRAGMA auto_vacuum") == 2, "auto_vacuum is incremental");
	sql_text(s->file, "PRAGMA journal_mode", text, sizeof(text));
	ok(t, strcmp(text, "wal") == 0, "WAL");
	ok(t, opens(s->file, DB_WRITE), "opened a second time");
	write_bytes(nested, "", 0, 0);
	ok(t, fails(nested, DB_READ, ENOENT, "empty") && opens(nested, DB_WRITE),
	   "an empty file is nobody's: it may become ours");
	snprintf(nested, sizeof(nested), "%s/q?mode=memory#%%41.db", s->dir);
	ok(t, opens(nested, DB_WRITE) && access(nested, F_OK) == 0, "a file name is no URI");
}

static void strange(struct tap *t, const struct scratch *s)
{
	char path[128];

	ok(t, fails("", DB_WRITE, EINVAL, "file name"), "empty path");
	ok(t, fails(s->dir, DB_WRITE, EISDIR, "folder"), "a folder");
	ok(t, fails("/dev/null", DB_WRITE, EBADMSG, "ordinary"), "a device");
	snprintf(path, sizeof(path), "%s/text.db", s->dir);
	write_bytes(path, "this is a letter to my mother, not a database; it goes on.....", 60, 0);
	ok(t, fails(path, DB_READ, EBADMSG, "no SQLite database"), "a text, read");
	ok(t, fails(path, DB_WRITE, EBADMSG, "no SQLite database"), "a text, written");
	snprintf(path, sizeof(path), "%s/other.db", s->dir);
	sql_do(path, "CREATE TABLE mine (x); INSERT INTO mine VALUES (1)");
	ok(t, fails(path, DB_WRITE, EBADMSG, "another program"), "another program's file");
	ok(t, sql_number(path, "SELECT count(*) FROM sqlite_schema") == 1, "is left as it was");
	ok(t, fails("/proc/x/y.db", DB_WRITE, ENOENT, "/proc/x"), "no folder can be made there");
}

static void damaged(struct tap *t, const struct scratch *s)
{
	char junk[8192], path[128];

	snprintf(path, sizeof(path), "%s/bad.db", s->dir);
	opens(path, DB_WRITE);
	memset(junk, 0xa5, sizeof(junk));
	write_bytes(path, junk, 3000, 100);
	ok(t, fails(path, DB_READ, EBADMSG, "damaged"), "a damaged schema page is named");
	ok(t, fails(path, DB_WRITE, EBADMSG, "damaged"), "for writing too");
	ok(t, truncate(path, 50) == 0 && fails(path, DB_READ, EBADMSG, "bad.db"), "cut short");
}

static void newer(struct tap *t, const struct scratch *s)
{
	sql_do(s->file, "PRAGMA user_version = 99");
	ok(t, opens(s->file, DB_READ), "a newer file can be read");
	ok(t, fails(s->file, DB_WRITE, EROFS, "newer policytop"),
	   "and not written, with the reason");
	sql_do(s->file, "PRAGMA user_version = 2");
}

static void forbidden(struct tap *t, const struct scratch *s)
{
	char path[128];

	if (geteuid() == 0) {
		tap_skip(t, "folders without write permission", "root may write anywhere");
		return;
	}
	snprintf(path, sizeof(path), "%s/locked/runs.db", s->dir);
	opens(path, DB_WRITE);
	path[strlen(path) - strlen("/runs.db")] = '\0';
	chmod(path, 0500);
	strcat(path, "/runs.db");
	ok(t, opens(path, DB_READ), "a read-only folder can be read");
	path[strlen(path) - strlen("/runs.db")] = '\0';
	strcat(path, "/new.db");
	ok(t, fails(path, DB_WRITE, EACCES, "new.db"), "and nothing new is made there");
	path[strlen(path) - strlen("/new.db")] = '\0';
	chmod(path, 0700);
}

/* SQLite's dot-file locking knows no shared memory, like the filesystems that it is made for. */
static void no_log(struct tap *t, const struct scratch *s)
{
	sqlite3_vfs *usual = sqlite3_vfs_find(NULL);
	char path[128];

	snprintf(path, sizeof(path), "%s/dot.db", s->dir);
	sqlite3_vfs_register(sqlite3_vfs_find("unix-dotfile"), 1);
	ok(t, fails(path, DB_WRITE, ENOTSUP, "give a file on another one"),
	   "where no log is possible nothing is recorded");
	sqlite3_vfs_register(usual, 1);
	ok(t, opens(path, DB_WRITE), "what is left does no harm");
}

static void network(struct tap *t)
{
	struct err e = {0};

	ok(t, !strcmp(fs_network_name(0x6969), "NFS"), "NFS is a network filesystem");
	ok(t, !strcmp(fs_network_name(0xffffffffff534d42), "CIFS"), "a type with its sign spread");
	ok(t, !fs_network_name(0xef53) && !fs_network_name(0x01021994), "ext4 and tmpfs are not");
	ok(t,
	   fs_network_fuse("fuse.sshfs") && !fs_network_fuse("fuse.ntfs-3g") &&
		   !fs_network_fuse("fuseblk"),
	   "sshfs is, a local FUSE is not");
	ok(t, fs_check("/tmp/no/such/folder/x.db", &e) == 0, "the nearest folder decides");
}

int main(void)
{
	struct scratch s;
	struct tap t = {0};

	scratch_make(&s);
	fresh(&t, &s);
	strange(&t, &s);
	damaged(&t, &s);
	newer(&t, &s);
	forbidden(&t, &s);
	no_log(&t, &s);
	network(&t);
	scratch_remove(&s);
	return tap_done(&t);
}
