# SPDX-License-Identifier: Apache-2.0
"""LeRobot 0.5 imports Rerun, which nothing here shows."""
