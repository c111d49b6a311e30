# SPDX-License-Identifier: Apache-2.0
noinst_LIBRARIES += %D%/libbase.a
%C%_libbase_a_SOURCES = \
	%D%/base64.c %D%/base64.h \
	%D%/buf.c %D%/buf.h \
	%D%/clock.c %D%/clock.h \
	%D%/decimal.c %D%/decimal.h \
	%D%/err.c %D%/err.h \
	%D%/loop.c %D%/loop.h \
	%D%/mem.c %D%/mem.h \
	%D%/opt.c %D%/opt.h \
	%D%/path.c %D%/path.h \
	%D%/ring.c %D%/ring.h \
	%D%/rng.c %D%/rng.h \
	%D%/text.c %D%/text.h \
	%D%/thread.c %D%/thread.h \
	%D%/uri.c %D%/uri.h
