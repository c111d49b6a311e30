# SPDX-License-Identifier: Apache-2.0
check_PROGRAMS += %D%/t_golden
TESTS += %D%/t_golden
%C%_t_golden_SOURCES = %D%/t_golden.c %D%/world.c %D%/world.h
%C%_t_golden_LDADD = $(TEST_PROGRAM_LIBS)
EXTRA_DIST += \
	%D%/golden/blind-132x43-utf8.txt \
	%D%/golden/blind-80x24-utf8.txt \
	%D%/golden/calm-132x43-ascii.txt \
	%D%/golden/calm-80x24-utf8.txt \
	%D%/golden/empty-60x16-ascii.txt \
	%D%/golden/empty-80x24-utf8.txt \
	%D%/golden/humanoid-200x60-utf8.txt \
	%D%/golden/humanoid-80x24-utf8.txt \
	%D%/golden/many-132x43-utf8.txt \
	%D%/golden/odd-132x43-ascii.txt \
	%D%/golden/odd-80x24-utf8.txt \
	%D%/golden/seam-132x43-utf8.txt \
	%D%/golden/seam-200x60-ascii.txt \
	%D%/golden/seam-50x10-ascii.txt \
	%D%/golden/seam-60x16-utf8.txt \
	%D%/golden/seam-80x24-ascii.txt \
	%D%/golden/seam-80x24-block.txt \
	%D%/golden/seam-80x24-utf8.txt
