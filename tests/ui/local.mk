# SPDX-License-Identifier: Apache-2.0
check_PROGRAMS += %D%/t_golden
TESTS += %D%/t_golden
%C%_t_golden_SOURCES = %D%/t_golden.c %D%/world.c %D%/world_health.c %D%/world_policy.c %D%/world.h
%C%_t_golden_LDADD = $(TEST_PROGRAM_LIBS)

check_PROGRAMS += %D%/t_canvas
TESTS += %D%/t_canvas
%C%_t_canvas_SOURCES = %D%/t_canvas.c %D%/world.c %D%/world_health.c %D%/world_policy.c %D%/world.h
%C%_t_canvas_LDADD = $(TEST_PROGRAM_LIBS)

check_PROGRAMS += %D%/t_layout
TESTS += %D%/t_layout
%C%_t_layout_SOURCES = %D%/t_layout.c %D%/world.c %D%/world_health.c %D%/world_policy.c %D%/world.h
%C%_t_layout_LDADD = $(TEST_PROGRAM_LIBS)

check_PROGRAMS += %D%/t_state
TESTS += %D%/t_state
%C%_t_state_SOURCES = %D%/t_state.c %D%/world.c %D%/world_health.c %D%/world_policy.c %D%/world.h
%C%_t_state_LDADD = $(TEST_PROGRAM_LIBS)

check_PROGRAMS += %D%/t_pictures
TESTS += %D%/t_pictures
%C%_t_pictures_SOURCES = %D%/t_pictures.c
%C%_t_pictures_LDADD = $(TEST_PROGRAM_LIBS)

check_PROGRAMS += %D%/t_plot
TESTS += %D%/t_plot
%C%_t_plot_SOURCES = %D%/t_plot.c
%C%_t_plot_LDADD = $(TEST_PROGRAM_LIBS)

check_PROGRAMS += %D%/t_onfail
TESTS += %D%/t_onfail
%C%_t_onfail_SOURCES = %D%/t_onfail.c
%C%_t_onfail_LDADD = $(TEST_PROGRAM_LIBS)
%C%_t_onfail_CFLAGS = $(AM_CFLAGS) $(CJSON_CFLAGS)

if HAVE_VTERM
check_PROGRAMS += %D%/t_tty
TESTS += %D%/t_tty
endif
%C%_t_tty_SOURCES = %D%/t_tty.c %D%/fake.c %D%/fake.h %D%/world.c %D%/world_health.c %D%/world_policy.c %D%/world.h
%C%_t_tty_CFLAGS = $(AM_CFLAGS) $(VTERM_CFLAGS)
%C%_t_tty_LDADD = $(TEST_PROGRAM_LIBS) $(VTERM_LIBS)

TESTS += %D%/t_once.sh
EXTRA_DIST += %D%/t_once.sh \
	%D%/golden/blind-132x43-utf8.txt \
	%D%/golden/blind-80x24-utf8.txt \
	%D%/golden/calm-132x43-ascii.txt \
	%D%/golden/calm-80x24-utf8.txt \
	%D%/golden/motors-60x16-ascii.txt \
	%D%/golden/motors-80x24-utf8.txt \
	%D%/golden/motors28-132x43-utf8.txt \
	%D%/golden/motors44-80x24-ascii.txt \
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
	%D%/golden/seam-80x24-utf8.txt \
	%D%/golden/asked-80x24-ascii.txt \
	%D%/golden/help-60x16-ascii.txt \
	%D%/golden/help-80x24-ascii.txt \
	%D%/golden/chunk-80x24-utf8.txt \
	%D%/golden/chunk-80x24-ascii.txt \
	%D%/golden/chunk-132x43-utf8.txt \
	%D%/golden/chunk14-200x60-utf8.txt \
	%D%/golden/chunk28-80x24-block.txt \
	%D%/golden/chunk44-132x43-ascii.txt \
	%D%/golden/chunk-40x12-ascii.txt \
	%D%/golden/chunk-60x16-utf8.txt \
	%D%/golden/traffic-80x24-utf8.txt \
	%D%/golden/traffic-80x24-ascii.txt \
	%D%/golden/traffic14-132x43-utf8.txt \
	%D%/golden/traffic28-200x60-ascii.txt \
	%D%/golden/traffic44-80x24-utf8.txt \
	%D%/golden/traffic-40x12-ascii.txt \
	%D%/golden/traffic-60x16-ascii.txt \
	%D%/golden/cadence-80x24-utf8.txt \
	%D%/golden/cadence-80x24-ascii.txt \
	%D%/golden/cadence14-80x24-block.txt \
	%D%/golden/cadence28-132x43-utf8.txt \
	%D%/golden/cadence44-200x60-utf8.txt \
	%D%/golden/cadence-40x12-ascii.txt \
	%D%/golden/cadence-60x16-utf8.txt \
	%D%/golden/cameras-80x24-utf8.txt \
	%D%/golden/cameras14-132x43-ascii.txt \
	%D%/golden/cameras-60x16-block.txt \
	%D%/golden/cameras-80x24-ascii.txt \
	%D%/golden/cameras-80x24-colour.txt \
	%D%/golden/cameras-200x60-ascii.txt \
	%D%/golden/cameras-200x60-colour.txt \
	%D%/golden/difference-80x24-colour.txt \
	%D%/golden/notick-80x24-utf8.txt \
	%D%/golden/notick-200x60-utf8.txt \
	%D%/golden/starved-80x24-utf8.txt \
	%D%/golden/starved-132x43-ascii.txt \
	%D%/golden/silent-80x24-utf8.txt
