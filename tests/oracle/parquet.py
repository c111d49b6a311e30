# SPDX-License-Identifier: Apache-2.0
# Compares what our Parquet reader dumps with what pyarrow reads, bit for bit, and makes files of
# many kinds to compare. Usage: parquet.py DUMP FOLDER [FILE…]
import itertools
import os
import subprocess
import sys

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq


def plain(t):
    """The type whose bytes the file holds (to_pandas_dtype() would want pandas)."""
    return np.dtype({"float": "float32", "double": "float64"}.get(str(t), str(t)))


def hexes(array):
    """One hex text (or N) an element of a flat array."""
    t = array.type
    if pa.types.is_dictionary(t):
        array = array.cast(t.value_type)
        t = array.type
    if pa.types.is_string(t) or pa.types.is_binary(t) or pa.types.is_large_string(t):
        return [
            "N" if v is None else (v.encode() if isinstance(v, str) else v).hex()
            for v in array.to_pylist()
        ]
    if pa.types.is_boolean(t):
        return ["N" if v is None else ("01" if v else "00") for v in array.to_pylist()]
    valid = array.is_valid().to_numpy(zero_copy_only=False)
    values = array.fill_null(0).to_numpy(zero_copy_only=False).astype(plain(t))
    size = values.dtype.itemsize
    text = values.tobytes().hex()
    return [text[2 * size * i : 2 * size * (i + 1)] if ok else "N" for i, ok in enumerate(valid)]


def rows(array):
    t = array.type
    if not (pa.types.is_list(t) or pa.types.is_fixed_size_list(t) or pa.types.is_large_list(t)):
        return hexes(array)
    values = hexes(array.flatten())
    lengths = array.value_lengths().to_pylist()
    out, at = [], 0
    for n in lengths:
        if n is None:
            out.append("N")
            continue
        out.append("[" + ",".join(values[at : at + n]) + "]")
        at += n
    return out


def leaves(table):
    """(top-level name, rows) of every leaf that we support; None for those we do not."""
    for name in table.column_names:
        column = table[name]
        if pa.types.is_struct(column.type):
            whole = column.combine_chunks()
            for i in range(column.type.num_fields):
                yield name, rows(pa.compute.struct_field(whole, [i]))
            continue
        t = column.type
        nested = hasattr(t, "value_type") and not pa.types.is_dictionary(t)
        if nested and hasattr(t.value_type, "value_type"):
            yield name, None
            continue
        yield name, [r for chunk in column.chunks for r in rows(chunk)]


def dumped(dump, path):
    out = subprocess.run([dump, path], capture_output=True, text=True)
    if out.returncode:
        return None, out.stderr.strip()
    columns = []
    for line in out.stdout.split("\n")[:-1]:
        if line and " " in line:
            refused = " refused: " in line
            columns.append((line, None if refused else []))
        else:
            columns[-1][1].append(line)
    return columns, ""


def compare(dump, path):
    """The number of values that are equal, or a sentence about the first difference."""
    ours, why = dumped(dump, path)
    if ours is None:
        return 0, why
    theirs = list(leaves(pq.ParquetFile(path).read()))
    flat = 0
    nested = [c for c in theirs if c[1] is None]
    if len(nested) == 0 and len(ours) != len(theirs):
        return 0, f"{len(ours)} columns, not {len(theirs)}"
    for (head, got), (name, want) in zip(ours, theirs):
        if want is None:
            if got is not None:
                return flat, f"{name}: lists in lists were read"
            continue
        if got is None:
            return flat, head
        if not head.startswith(name):
            return flat, f"{head} stands where {name} should"
        if got != want:
            for i, (a, b) in enumerate(zip(got, want)):
                if a != b:
                    return flat, f"{name} row {i}: {a[:60]} is not {b[:60]}"
            return flat, f"{name}: {len(got)} rows, not {len(want)}"
        flat += sum(r.count(",") + 1 for r in want)
    return flat, ""


def tables(rng):
    """Tables that reach the corners: nulls, empty lists, long runs, wide dictionaries, no rows."""
    n = 3000
    holes = rng.random(n) < 0.1
    kinds = {
        "f32": pa.array(rng.normal(size=n).astype("f4"), mask=holes),
        "f64": pa.array(np.where(rng.random(n) < 0.01, np.nan, rng.normal(size=n))),
        "odd": pa.array(np.array([0.0, -0.0, np.inf, -np.inf, np.nan, 5e-324] * (n // 6))),
        "i32": pa.array(rng.integers(-(2**31), 2**31, n), pa.int32(), mask=holes),
        "i64": pa.array(rng.integers(-(2**63), 2**63 - 1, n), pa.int64()),
        "few": pa.array(rng.integers(0, 3, n), pa.int64()),
        "constant": pa.array(np.full(n, 7), pa.int32()),
        "runs": pa.array(np.repeat(np.arange(n // 100), 100), pa.int64()),
        "bool": pa.array(rng.random(n) < 0.3, mask=holes),
        "flag": pa.array(np.repeat([True, False], n // 2)),
        "text": pa.array([None if h else "é" * (i % 40) for i, h in enumerate(holes)]),
        "bytes": pa.array([bytes([i % 256] * (i % 9)) for i in range(n)]),
        "null": pa.array([None] * n, pa.float32()),
    }
    lists = {
        "fixed": pa.array(list(rng.normal(size=(n, 7)).astype("f4")), pa.list_(pa.float32(), 7)),
        "list": pa.array(
            [
                None if h else [None if v > 1 else v for v in rng.normal(size=i % 5)]
                for i, h in enumerate(holes)
            ],
            pa.list_(pa.float64()),
        ),
        "texts": pa.array([["a", "b\x1b"] * (i % 3) for i in range(n)], pa.list_(pa.string())),
        "ints": pa.array([list(range(i % 4)) for i in range(n)], pa.list_(pa.int64())),
    }
    image = {"image": pa.array([{"bytes": b"png" * (i % 5), "path": "x" if i % 3 else None} for i in range(n)])}
    everything = pa.table({**kinds, **lists, **image})
    yield "all", everything
    yield "empty", everything.slice(0, 0)
    yield "one", everything.slice(5, 1)
    required = pa.schema([pa.field("a", pa.float32(), nullable=False)])
    yield "required", pa.table({"a": rng.normal(size=n).astype("f4")}, schema=required)


def made(folder):
    rng = np.random.default_rng(1)
    options = itertools.product(
        tables(rng),
        ["1.0", "2.0"],
        ["snappy", "zstd", "gzip", "lz4", "none"],
        [True, False],
        [None, 500],
    )
    for (name, table), page, codec, dictionary, group in options:
        path = os.path.join(folder, f"{name}-{page}-{codec}-{dictionary}-{group}.parquet")
        pq.write_table(
            table,
            path,
            data_page_version=page,
            compression=codec,
            use_dictionary=dictionary,
            row_group_size=group or 1 << 20,
            data_page_size=4096,
            dictionary_pagesize_limit=2000 if group else 1 << 20,
            write_batch_size=100,
        )
        yield path
    path = os.path.join(folder, "rle.parquet")
    flags = pa.table({"b": pa.array(rng.random(5000) < 0.5), "c": pa.array([True] * 5000)})
    for page in ("1.0", "2.0"):
        pq.write_table(
            flags,
            path,
            use_dictionary=False,
            column_encoding={"b": "RLE", "c": "RLE"},
            data_page_version=page,
        )
        yield path
    path = os.path.join(folder, "long.parquet")
    pq.write_table(pa.table({"x": pa.array(np.zeros(3_000_000), pa.float32())}), path)
    yield path


def report(dump, name, paths):
    values, bad, n = 0, [], 0
    for path in paths:
        equal, why = compare(dump, path)
        values += equal
        n += 1
        if why:
            bad.append(f"{os.path.basename(path)}: {why}")
    print(f"{'not ok' if bad or not values else 'ok'} - {name}: {values} values of {n} files")
    for line in bad[:10]:
        print(f"# {line}")


def main():
    dump, folder, paths = sys.argv[1], sys.argv[2], sys.argv[3:]
    report(dump, "files made here", made(folder))
    if paths:
        report(dump, "real data", paths)
    else:
        print("ok - real data # SKIP POLICYTOP_DATA is not set")
    print("1..2")


main()
