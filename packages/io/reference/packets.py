"""JPEG 2000 codestreams of all that the packets' followers must know: golden/packets.json.

OpenJPEG 2.5.0's opj_compress (Debian's libopenjp2-tools 2.5.0-2+deb12u3) and numpy make them: python packets.py > ../test/golden/packets.json
"""
import base64
import json
import subprocess
import sys
import tempfile
from pathlib import Path

import numpy

STREAMS = {
    # name: (samples, bits, options)
    "SOP and EPH, layers": (1, 8, "-SOP -EPH -r 8,3,1 -p RLCP -n 3 -b 8,8"),
    "SOP and EPH, tile-parts by resolution, lengths": (1, 8, "-SOP -EPH -TP R -TLM -t 32,32 -n 3"),
    "tile-parts by component": (3, 8, "-TP C -p CPRL -n 3 -b 16,16 -mct 0"),
    "tile-parts by layer": (1, 8, "-TP L -r 6,2,1 -n 2 -b 16,16"),
    "arithmetic coder passed by": (1, 12, "-M 1 -n 2 -b 16,16"),
    "each pass ended": (1, 8, "-M 4 -n 2 -b 16,16"),
    "passed by, each pass ended": (1, 12, "-M 5 -n 2 -b 16,16 -r 4,1"),
    "all other modes": (1, 8, "-M 58 -n 3 -b 8,16"),
    "irreversible, layers": (1, 8, "-I -r 6,3,2 -n 4 -b 16,8"),
    "offsets of image and tiles": (1, 8, "-d 7,5 -T 3,2 -t 24,20 -n 3 -b 8,8"),
    "offsets that count for the tiles across": (1, 8, "-d 7,5 -T 3,2 -t 30,20 -n 2 -b 8,8"),
    "one component upshifted": (3, 8, "-ROI c=1,U=3 -n 2 -b 32,32"),
    "RPCL, small precincts": (1, 8, "-p RPCL -c [16,16],[8,8] -n 3 -b 4,4"),
    "PCRL, precincts, offsets, layers": (1, 8, "-p PCRL -c [16,32],[16,8] -n 3 -b 8,4 -d 9,3 -r 4,1"),
    "CPRL, precincts and tiles, layers": (3, 8, "-p CPRL -c [32,16] -t 32,40 -n 2 -b 8,8 -r 3,1"),
    "one resolution": (1, 8, "-n 1 -b 64,64"),
    "six resolutions of few pixels": (1, 8, "-n 6 -b 64,64 -p RPCL"),
    "subsampled": (1, 8, "-s 2,2 -n 2"),
    "orders that change": (3, 8, "-n 3 -POC T1=0,0,1,2,3,LRCP/T1=2,0,1,3,3,CPRL"),
}


def picture(samples: int, bits: int) -> numpy.ndarray:
    random = numpy.random.default_rng(7)
    rows, columns = numpy.mgrid[0:41, 0:53]
    waves = 0.5 + 0.3 * numpy.sin(rows / 5)[..., None] * numpy.cos(columns / 7)[..., None] + 0.1 * random.standard_normal((41, 53, samples))
    return numpy.clip(waves * (2**bits - 1), 0, 2**bits - 1).astype(">u2" if bits > 8 else "u1")


def encode(samples: int, bits: int, options: str) -> bytes:
    with tempfile.TemporaryDirectory() as folder:
        source, target = Path(folder, "a.ppm" if samples == 3 else "a.pgm"), Path(folder, "a.j2k")
        head = f"P{6 if samples == 3 else 5}\n53 41\n{2**bits - 1}\n"
        source.write_bytes(head.encode() + picture(samples, bits).tobytes())
        subprocess.run(["opj_compress", "-i", source, "-o", target, *options.split()], check=True, stdout=subprocess.DEVNULL)
        return target.read_bytes()


streams = {name: {"samples": samples, "bits": bits, "base64": base64.b64encode(encode(samples, bits, options)).decode()} for name, (samples, bits, options) in STREAMS.items()}
json.dump(streams, sys.stdout, indent=1)
print()
