# SPDX-License-Identifier: Apache-2.0
"""Methods with something before and after them, that stay what they are to everybody else."""
import functools
import threading

from . import complain

_depth = threading.local()


def method(cls, name, around, outer=None, kind=""):
    """
    Replaces cls.name by one that calls around(self, call, args, kwargs), which must return call()'s
    result. Of methods of one kind and name that call each other (a robot of two arms) only the
    outermost is seen.
    """
    key = kind + name
    f = getattr(cls, name, None)
    if f is None or getattr(f, "_policytop", False) or getattr(f, "__isabstractmethod__", False):
        return

    @functools.wraps(f)
    def g(self, *a, **kw):
        if getattr(_depth, key, False):
            return f(self, *a, **kw)
        setattr(_depth, key, True)
        try:
            return around(self, lambda: f(self, *a, **kw), a, kw)
        finally:
            setattr(_depth, key, False)

    g = outer(g) if outer else g
    g._policytop = True
    setattr(cls, name, g)


def observe(before=None, after=None, failed=None):
    """An `around` of functions that get (self, args, kwargs[, result or exception])."""
    def around(self, call, a, kw):
        if before:
            attempt(before, self, a, kw)
        try:
            r = call()
        except BaseException as e:
            if failed:
                attempt(failed, self, a, kw, e)
            raise
        if after:
            attempt(after, self, a, kw, r)
        return r
    return around


def attempt(f, *a):
    try:
        f(*a)
    except Exception as e:
        complain(e)


def constructor(base, act):
    """Calls act(type of the object) before an object of a class below base is made."""
    f = base.__init__
    if getattr(f, "_policytop", False):
        return

    @functools.wraps(f)
    def init(self, *a, **kw):
        attempt(act, type(self), self)
        f(self, *a, **kw)

    init._policytop = True
    base.__init__ = init
