"""One small breast (a half disc, 96 x 64 pixels of 12 or 8 bits) in every compressed transfer syntax.

    python breasts.py > ../test/golden/breasts.json

Needs requirements.txt.
"""
import base64
import io
import json
import sys

import imagecodecs
import numpy as np
import PIL
from PIL import Image

y, x = np.mgrid[0:96, 0:64]
disc = np.hypot(y - 47.5, x + 0.5) < 38
twelve = np.where(disc, 2000 + 8 * (x % 7), 100).astype("u2")
eight = (twelve >> 4).astype("u1")


def pillow(**options):
    out = io.BytesIO()
    Image.fromarray(eight).save(out, "JPEG", quality=90, **options)
    return out.getvalue()


def rle():
    # The two bytes of each pixel as segments, the high one first, each row packed by itself (PS3.5 annex G).
    def packed(plane):
        return b"".join(bytes([length - 1]) + row[at : at + length].tobytes() for row in plane for at, length in ((0, 64),))

    segments = [packed((twelve >> shift).astype("u1")) for shift in (8, 0)]
    header = np.zeros(16, "<u4")
    header[:3] = [2, 64, 64 + len(segments[0])]
    return header.tobytes() + b"".join(segments)


progressive = pillow(progressive=True)
jpeg2000 = lambda **options: imagecodecs.jpeg2k_encode(twelve, codecformat="j2k", bitspersample=12, **options)
cases = {
    "4.50": (8, pillow()),
    "4.51": (16, imagecodecs.jpeg8_encode(twelve, level=90, bitspersample=12)),
    "4.53": (8, progressive),
    "4.55": (8, progressive),
    "4.57": (16, imagecodecs.jpeg8_encode(twelve, lossless=True, predictor=4, bitspersample=12)),
    "4.70": (16, imagecodecs.jpeg8_encode(twelve, lossless=True, predictor=1, bitspersample=12)),
    "4.80": (16, imagecodecs.jpegls_encode(twelve)),
    "4.81": (16, imagecodecs.jpegls_encode(twelve, level=2)),
    "4.90": (16, jpeg2000(reversible=True)),
    "4.91": (16, jpeg2000(level=40, reversible=False)),
    "4.201": (16, imagecodecs.htj2k_encode(twelve, reversible=True)),
    "4.202": (16, imagecodecs.htj2k_encode(twelve, reversible=True)),
    "4.203": (16, imagecodecs.htj2k_encode(twelve, reversible=False)),
    "5": (16, rle()),
}
json.dump(
    {
        "tools": {"imagecodecs": imagecodecs.__version__, "pillow": PIL.__version__, "numpy": np.__version__},
        "rows": 96,
        "columns": 64,
        "cells": twelve.ravel().tolist(),
        "cases": [{"syntax": f"1.2.840.10008.1.2.{key}", "bits": bits, "encoded": base64.b64encode(encoded).decode()} for key, (bits, encoded) in cases.items()],
    },
    sys.stdout,
)
