# SPDX-License-Identifier: Apache-2.0
"""Writes small Parquet files with the standard library alone: plain, not compressed, one row group."""
import struct

INT64, FLOAT, BYTES = 2, 4, 6
UTF8, LIST = 0, 3
REQUIRED, REPEATED = 0, 2


def varint(n):
    out = b""
    while n > 0x7f:
        out += bytes([n & 0x7f | 0x80])
        n >>= 7
    return out + bytes([n])


def zigzag(n):
    return varint(n << 1 ^ n >> 63)


def number(n):
    return 6, zigzag(n)


def text(s):
    s = s.encode()
    return 8, varint(len(s)) + s


def many(kind, values):
    head = bytes([len(values) << 4 | kind]) if len(values) < 15 else \
        bytes([0xf0 | kind]) + varint(len(values))
    return 9, head + b"".join(values)


def record(fields):
    """A Thrift struct in the compact protocol, of {id: (type, bytes)}."""
    out, last = b"", 0
    for key in sorted(fields):
        kind, value = fields[key]
        out += bytes([key - last << 4 | kind]) + value
        last = key
    return out + b"\0"


def element(name, repetition, kind=None, children=0, converted=None):
    fields = {3: (5, zigzag(repetition)), 4: text(name)}
    if kind is not None:
        fields[1] = 5, zigzag(kind)
    if children:
        fields[5] = 5, zigzag(children)
    if converted is not None:
        fields[6] = 5, zigzag(converted)
    return record(fields)


def plain(kind, values):
    if kind == BYTES:
        raw = [v.encode() for v in values]
        return b"".join(struct.pack("<I", len(v)) + v for v in raw)
    return struct.pack(f"<{len(values)}{'q' if kind == INT64 else 'f'}", *values)


def levels(bits):
    """Repetition levels of one bit each, packed; then as many definition levels, all 1."""
    groups = (len(bits) + 7) // 8
    packed = bytearray(groups)
    for i, bit in enumerate(bits):
        packed[i // 8] |= bit << i % 8
    first = varint(groups << 1 | 1) + bytes(packed)
    second = varint(len(bits) << 1) + b"\1"
    return b"".join(struct.pack("<I", len(x)) + x for x in (first, second))


def column(name, rows):
    """Schema elements, path, type, number of values, and the page's bytes."""
    listed = bool(rows) and isinstance(rows[0], (list, tuple))
    values = [v for r in rows for v in r] if listed else rows
    kind = BYTES if values and isinstance(values[0], str) else \
        FLOAT if values and isinstance(values[0], float) else INT64
    converted = UTF8 if kind == BYTES else None
    if not listed:
        return [element(name, REQUIRED, kind, 0, converted)], [name], kind, len(rows), \
            plain(kind, values)
    schema = [element(name, REQUIRED, None, 1, LIST), element("list", REPEATED, None, 1),
              element("element", REQUIRED, kind, 0, converted)]
    bits = [int(i > 0) for r in rows for i in range(len(r))]
    return schema, [name, "list", "element"], kind, len(values), levels(bits) + plain(kind, values)


def write(path, columns):
    """columns: {name: rows}; a row is a number, a text, or a list of either that is not empty."""
    schema, chunks, out = [element("schema", REQUIRED, None, len(columns))], [], b"PAR1"
    rows = len(next(iter(columns.values())))
    for name, values in columns.items():
        elements, where, kind, count, page = column(name, values)
        schema += elements
        five = record({1: (5, zigzag(count)), 2: (5, zigzag(0)), 3: (5, zigzag(3)),
                       4: (5, zigzag(3))})
        head = record({1: (5, zigzag(0)), 2: (5, zigzag(len(page))), 3: (5, zigzag(len(page))),
                       5: (12, five)})
        meta = record({1: (5, zigzag(kind)), 2: many(5, [zigzag(0), zigzag(3)]),
                       3: many(8, [text(w)[1] for w in where]), 4: (5, zigzag(0)),
                       5: number(count), 6: number(len(head) + len(page)),
                       7: number(len(head) + len(page)), 9: number(len(out))})
        chunks.append(record({2: number(len(out)), 3: (12, meta)}))
        out += head + page
    group = record({1: many(12, chunks), 2: number(len(out) - 4), 3: number(rows)})
    foot = record({1: (5, zigzag(2)), 2: many(12, schema), 3: number(rows), 4: many(12, [group]),
                   6: text("policytop tests")})
    with open(path, "wb") as f:
        f.write(out + foot + struct.pack("<I", len(foot)) + b"PAR1")
