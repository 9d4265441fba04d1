"""Reads a folder of shards with stock Python, as a training program would: hashes, tar members, PNG pictures, offsets of the index.

    python read_shards.py FOLDER              prints one JSON object: picture by key, with the SHA-256 of its values as uint16 little endian
    python read_shards.py FOLDER --manifest   prints manifest.parquet's rows as JSON; needs pyarrow
"""
import hashlib
import json
import struct
import sys
import tarfile
import zlib
from pathlib import Path


def read_png16(png):
    """A 16-bit grey PNG with filter Sub -> (rows, columns, values)."""
    assert png[:8] == b"\x89PNG\r\n\x1a\n"
    at, data = 8, b""
    while at < len(png):
        length, kind = struct.unpack(">I4s", png[at : at + 8])
        body = png[at + 8 : at + 8 + length]
        assert struct.unpack(">I", png[at + 8 + length : at + 12 + length])[0] == zlib.crc32(kind + body)
        if kind == b"IHDR":
            columns, rows, bits, colour = struct.unpack(">IIBB", body[:10])
            assert (bits, colour) == (16, 0)
        if kind == b"IDAT":
            data += body
        at += 12 + length
    lines = zlib.decompress(data)
    values = []
    for row in range(rows):
        line = lines[row * (2 * columns + 1) : (row + 1) * (2 * columns + 1)]
        assert line[0] == 1
        high = low = 0
        for column in range(columns):
            high = (high + line[1 + 2 * column]) & 255
            low = (low + line[2 + 2 * column]) & 255
            values.append(high << 8 | low)
    return rows, columns, values


def read_folder(folder):
    for line in (folder / "SHA256SUMS").read_text().splitlines():
        sha256, name = line.split("  ")
        assert hashlib.sha256((folder / name).read_bytes()).hexdigest() == sha256, name
    found = {}
    for path in sorted(folder.glob("*.tar")):
        version, *lines = path.with_suffix(".idx").read_text().splitlines()
        assert version == f"v1.2 {len(lines)}"
        with tarfile.open(path) as tar:
            members = tar.getmembers()
            assert members[0].name == "__schema__" and json.load(tar.extractfile(members[0]))["schema"] == "mammo-shards-1"
            assert all(member.mtime == 0 and member.uid == 0 and member.isfile() for member in members)
            names = [member.name for member in members[1:]]
            assert names == sorted(names)
            content = {member.name: tar.extractfile(member).read() for member in members}
        whole = path.read_bytes()
        for line in lines:
            words = line.split(" ")
            for extension, offset, size, name in zip(*(words[k::4] for k in range(4))):
                assert name.endswith("." + extension) and whole[int(offset) : int(offset) + int(size)] == content[name]
        for key in [name[:-4] for name in names if name.endswith(".png")]:
            sidecar = json.loads(content[key + ".json"])
            rows, columns, values = read_png16(content[key + ".png"])
            assert (rows, columns) == (sidecar["rows"], sidecar["columns"])
            picture = hashlib.sha256(struct.pack(f"<{len(values)}H", *values)).hexdigest()
            found[key] = {"rows": rows, "columns": columns, "view": sidecar["view"], "laterality": sidecar["laterality"], "picture": picture}
    return found


if "--manifest" in sys.argv:
    import pyarrow.parquet

    print(json.dumps(pyarrow.parquet.read_table(Path(sys.argv[1]) / "manifest.parquet").to_pylist()))
else:
    print(json.dumps(read_folder(Path(sys.argv[1]))))
