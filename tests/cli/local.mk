# SPDX-License-Identifier: Apache-2.0
CLI_TESTS = %D%/t_cli.sh %D%/t_bootstrap.sh
TESTS += $(CLI_TESTS)
EXTRA_DIST += $(CLI_TESTS)
