# SPDX-License-Identifier: Apache-2.0
"""Lines of the stream protocol. Values are exact: a float becomes the shortest text that is it."""
import binascii
import json
import math
import struct

THUMB_WIDTH, THUMB_HEIGHT = 64, 48


def number(v):
    """A float, or None where v is no number."""
    if type(v) is float:
        return v
    try:
        return float(v)
    except (TypeError, ValueError, RuntimeError):
        return None


def plain(values):
    """Lists of floats from whatever holds numbers: lists, arrays, tensors; maps stay maps."""
    if isinstance(values, dict):
        return {str(k): number(v) for k, v in values.items()}
    if hasattr(values, "detach"):
        values = values.detach().cpu()
    if hasattr(values, "tolist"):
        values = values.tolist()
    if isinstance(values, (list, tuple)):
        return [plain(v) if isinstance(v, (list, tuple)) or hasattr(v, "tolist") else number(v)
                for v in values]
    return [number(values)]


_packs = {}


def row(values):
    """Floats as JSON: packed, which costs a tenth of a list; a list where one is unknown (None)."""
    n = len(values)
    try:
        pack = _packs[n]
    except KeyError:
        pack = _packs[n] = struct.Struct(f"<{n}d").pack
    try:
        return '"f8:' + binascii.b2a_base64(pack(*values), newline=False).decode("ascii") + '"'
    except (struct.error, TypeError):
        return json.dumps(values)


def seconds(ns):
    return "%d.%09d" % divmod(ns, 1000000000)


def line(kind, t_ns=None, **keys):
    """One line; keys that are None are left out."""
    out = {"type": kind}
    out.update((k, v) for k, v in keys.items() if v is not None)
    text = json.dumps(out)
    if t_ns is None:
        return text + "\n"
    return text[:-1] + ',"t":' + seconds(t_ns) + "}\n"


def done(text, ns):
    """A step's line, and when its goal had been sent."""
    return text[:-2] + ',"done":' + seconds(ns) + "}\n"


def step(seq, t_ns, vectors, driver=None, position=None, done_ns=None):
    """vectors: pairs of a name and JSON text, or None for what is unknown."""
    parts = ['{"type":"step","seq":%d,"t":%s' % (seq, seconds(t_ns))]
    if done_ns is not None:
        parts.append(',"done":' + seconds(done_ns))
    for name, text in vectors:
        if text is not None:
            parts.append(',"%s":%s' % (name, text))
    if driver:
        parts.append(',"driver":"%s"' % driver)
    if position is not None:
        parts.append(',"position":%d' % position)
    parts.append("}\n")
    return "".join(parts)


def chunk(rows, seq=None, t_ns=None, latency_s=None, execute=None, prompt=None):
    if latency_s is not None and not math.isfinite(latency_s):
        latency_s = None
    head = line("chunk", t_ns, seq=seq, latency_s=latency_s, execute=execute, prompt=prompt)
    return head[:-2] + ',"actions":[' + ",".join(map(row, rows)) + "]}\n"


def camera(name, image, t_ns=None):
    """A picture, [height][width][3] bytes, as a thumbnail; None when it is none."""
    shape = getattr(image, "shape", ())
    if len(shape) != 3 or shape[2] != 3 or str(getattr(image, "dtype", "")) != "uint8":
        return None
    height, width = int(shape[0]), int(shape[1])
    if not height or not width:
        return None
    small = image[::-(-height // THUMB_HEIGHT), ::-(-width // THUMB_WIDTH)]
    return line("camera", t_ns, name=name, width=width, height=height,
                thumb_width=int(small.shape[1]), thumb_height=int(small.shape[0]),
                rgb=binascii.b2a_base64(small.tobytes(), newline=False).decode())
