# SPDX-License-Identifier: Apache-2.0
noinst_LIBRARIES += %D%/libdb.a
%C%_libdb_a_CFLAGS = $(AM_CFLAGS) $(SQLITE_CFLAGS) $(CJSON_CFLAGS)
%C%_libdb_a_SOURCES =
