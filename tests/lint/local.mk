# SPDX-License-Identifier: Apache-2.0
LINT_TESTS = %D%/t_files.sh %D%/t_headers.sh %D%/t_manual.sh %D%/t_motion.sh %D%/t_rooms.sh %D%/t_symbols.sh %D%/t_tools.sh
TESTS += $(LINT_TESTS)
EXTRA_DIST += $(LINT_TESTS) %D%/rooms.txt

lint: all
	$(MAKE) check TESTS='$(LINT_TESTS)'
.PHONY: lint
