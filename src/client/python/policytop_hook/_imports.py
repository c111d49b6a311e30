# SPDX-License-Identifier: Apache-2.0
"""Calls a function when a module has been imported, or at once when it is already."""
import importlib.abc
import importlib.machinery
import sys


class _Finder(importlib.abc.MetaPathFinder):
    def __init__(self):
        self.wanted = {}
        self.halfway = []  # (module, act): it was being imported when it was asked for

    def settle(self):
        """Acts on what has been imported to its end meanwhile."""
        ready = [x for x in self.halfway if not _initializing(x[0])]
        self.halfway = [x for x in self.halfway if _initializing(x[0])]
        for module, act in ready:
            act(module)

    def find_spec(self, name, path=None, target=None):
        if self.halfway:
            self.settle()
        act = self.wanted.get(name)
        if act is None:
            return None
        for finder in sys.meta_path:
            find = getattr(finder, "find_spec", None)
            if finder is self or find is None:
                continue
            spec = find(name, path, target)
            if spec is not None:
                if spec.loader is not None and hasattr(spec.loader, "exec_module"):
                    spec.loader = _Loader(spec.loader, self, name)
                return spec
        return None


class _Loader(importlib.abc.Loader):
    """The module's own loader, and then the function."""

    def __init__(self, loader, finder, name):
        self._loader, self._finder, self._name = loader, finder, name

    def create_module(self, spec):
        return self._loader.create_module(spec)

    def exec_module(self, module):
        module.__spec__.loader = module.__loader__ = self._loader
        self._loader.exec_module(module)
        for act in self._finder.wanted.pop(self._name, ()):
            act(module)

    def __getattr__(self, name):
        return getattr(self._loader, name)


def _initializing(module):
    return getattr(getattr(module, "__spec__", None), "_initializing", False)


def _finder():
    for f in sys.meta_path:
        if isinstance(f, _Finder):
            return f
    f = _Finder()
    sys.meta_path.insert(0, f)
    return f


def when(name, act):
    """act(module), never raising, once the module of that name is there."""
    from . import quiet
    act = quiet(act)
    module = sys.modules.get(name)
    if module is not None and _initializing(module):
        _finder().halfway.append((module, act))
    elif module is not None:
        act(module)
    else:
        _finder().wanted.setdefault(name, []).append(act)
