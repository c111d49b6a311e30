# SPDX-License-Identifier: Apache-2.0
"""Python imports this at its start when this folder is in PYTHONPATH: clients of openpi and GR00T,
and scripts that use LeRobot's classes by themselves, are then seen by policytop."""
import os
import sys


def _chain():
    """The sitecustomize that this one hides."""
    import importlib.machinery
    import importlib.util
    here = os.path.dirname(os.path.abspath(__file__))
    path = [p for p in sys.path if os.path.abspath(p or ".") != here]
    spec = importlib.machinery.PathFinder.find_spec("sitecustomize", path)
    if spec is not None and spec.loader is not None:
        module = importlib.util.module_from_spec(spec)
        sys.modules["sitecustomize"] = module
        spec.loader.exec_module(module)


def _install():
    try:
        from policytop_hook import _clients, _imports
        _clients.install()
        _imports.when("lerobot.robots.robot", lambda m: __import__("lerobot_robot_policytop"))
    except Exception as e:  # a program must start, whatever is wrong with us
        sys.stderr.write(f"policytop hook: {type(e).__name__}: {e}\n")


_install()
_chain()
