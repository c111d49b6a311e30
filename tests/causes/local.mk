# SPDX-License-Identifier: Apache-2.0
TESTS += %D%/t_causes.sh
EXTRA_DIST += %D%/t_causes.sh %D%/causes.py %D%/healthy.py %D%/parquet.py %D%/table.py %D%/world.py
