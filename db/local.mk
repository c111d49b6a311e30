# SPDX-License-Identifier: Apache-2.0
# The SQL texts are compiled in (embed.awk), so that an uninstalled program and an installed one
# read the same; the queries are installed too, for a stock sqlite3 shell.
DB_SCHEMAS = %D%/schema/1.sql %D%/schema/2.sql %D%/schema/3.sql %D%/schema/4.sql \
	%D%/schema/5.sql %D%/schema/6.sql
DB_QUERIES = \
	%D%/queries/cadence.sql \
	%D%/queries/chunks.sql \
	%D%/queries/closed.sql \
	%D%/queries/gaps.sql \
	%D%/queries/home.sql \
	%D%/queries/jumps.sql \
	%D%/queries/seams.sql \
	%D%/queries/timeline.sql

noinst_LIBRARIES += %D%/libdb.a
%C%_libdb_a_CFLAGS = $(AM_CFLAGS) $(SQLITE_CFLAGS) $(CJSON_CFLAGS)
%C%_libdb_a_SOURCES = \
	%D%/db.c %D%/db.h \
	%D%/extract.c %D%/extract.h %D%/extract_parts.c %D%/extract_parts.h \
	%D%/fs.c %D%/fs.h \
	%D%/migrate.c %D%/migrate.h \
	%D%/preflights.c %D%/preflights.h \
	%D%/profiles.c %D%/profiles.h \
	%D%/reader.c %D%/reader.h \
	%D%/run_find.c %D%/run_find.h \
	%D%/sql.c %D%/sql.h \
	%D%/summary.c %D%/summary.h \
	%D%/writer.c %D%/writer.h \
	%D%/writer_chunk.c %D%/writer_internal.h \
	%D%/writer_health.c \
	%D%/writer_run.c \
	%D%/writer_sample.c \
	%D%/writer_step.c
nodist_%C%_libdb_a_SOURCES = %D%/texts.c

%D%/texts.c: $(DB_SCHEMAS) $(DB_QUERIES) %D%/embed.awk
	$(AM_V_GEN)$(MKDIR_P) %D% && \
	$(AWK) -f $(srcdir)/%D%/embed.awk $(DB_SCHEMAS:%=$(srcdir)/%) \
		$(DB_QUERIES:%=$(srcdir)/%) >$@.tmp && mv $@.tmp $@

queriesdir = $(pkgdatadir)/queries
dist_queries_DATA = $(DB_QUERIES)
EXTRA_DIST += $(DB_SCHEMAS) %D%/embed.awk
CLEANFILES += %D%/texts.c
