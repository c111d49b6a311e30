# SPDX-License-Identifier: Apache-2.0
TESTS += %D%/t_hook.sh
EXTRA_DIST += %D%/t_hook.sh %D%/t_hook.py %D%/fake.py
TESTS += %D%/t_restart.sh
EXTRA_DIST += %D%/t_restart.sh %D%/restart.py
TESTS += %D%/t_oracle_openpi_client.sh
EXTRA_DIST += %D%/t_oracle_openpi_client.sh %D%/openpi_client.py %D%/requirements.txt
