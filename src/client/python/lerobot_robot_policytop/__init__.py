# SPDX-License-Identifier: Apache-2.0
"""Found by LeRobot's own discovery of plug-ins through the name of its distribution."""
from policytop_hook import quiet


@quiet
def _install():
    from policytop_hook import _lerobot, _state
    if "lerobot" not in _state:
        _state["lerobot"] = _lerobot.install()


_install()
