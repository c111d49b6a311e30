# SPDX-License-Identifier: Apache-2.0
TESTS += %D%/t_causes.sh %D%/t_bad_input.sh
EXTRA_DIST += %D%/t_causes.sh %D%/causes.py %D%/healthy.py %D%/parquet.py %D%/table.py %D%/world.py
EXTRA_DIST += %D%/t_bad_input.sh %D%/bad_input.py
