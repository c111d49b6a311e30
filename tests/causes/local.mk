# SPDX-License-Identifier: Apache-2.0
EXTRA_DIST += %D%/t_causes.sh %D%/causes.py %D%/parquet.py %D%/table.py %D%/world.py
