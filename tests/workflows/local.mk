# SPDX-License-Identifier: Apache-2.0
# Five recorded workflows and what the screen shows of them. make.sh records them again.
TESTS += %D%/t_workflows.sh
EXTRA_DIST += %D%/t_workflows.sh %D%/make.sh %D%/served.py %D%/lerobot.py %D%/cap %D%/golden
