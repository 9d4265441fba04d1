"""Small codestreams of every family, with the pixels that their own reference libraries decode from them.

    python codestreams.py > ../test/golden/codestreams.json

Needs requirements.txt. Pictures are 24 rows x 20 columns: a gradient with noise, seed 7.
"""
import base64
import io
import json
import sys

import imagecodecs
import numpy as np
import PIL
from PIL import Image

rng = np.random.default_rng(7)


def picture(bits):
    y, x = np.mgrid[0:24, 0:20]
    wave = 0.5 + 0.4 * np.sin(x / 5) * np.cos(y / 7)
    return np.clip(wave * (2**bits - 1) + rng.normal(0, 2**bits / 60, (24, 20)), 0, 2**bits - 1).astype("u1" if bits == 8 else "u2")


def pillow(image, **options):
    out = io.BytesIO()
    Image.fromarray(image).save(out, "JPEG", **options)
    return out.getvalue()


def cases():
    eight, twelve, sixteen = picture(8), picture(12), picture(16)
    for predictor in range(1, 8):
        encoded = imagecodecs.jpeg8_encode(twelve, lossless=True, predictor=predictor, bitspersample=12)
        yield f"lossless, predictor {predictor}", "1.2.840.10008.1.2.4.57", 16, encoded, twelve
    yield "lossless, 16 bits", "1.2.840.10008.1.2.4.70", 16, imagecodecs.ljpeg_encode(sixteen, bitspersample=16), sixteen
    yield "lossless, 8 bits", "1.2.840.10008.1.2.4.70", 8, imagecodecs.jpeg8_encode(eight, lossless=True, predictor=1), eight
    for name, encoded in (
        ("baseline", pillow(eight, quality=85)),
        ("baseline, restarts", pillow(eight, quality=85, restart_marker_blocks=2)),
        ("progressive", pillow(eight, quality=85, progressive=True)),
    ):
        syntax = "1.2.840.10008.1.2.4.55" if name == "progressive" else "1.2.840.10008.1.2.4.50"
        yield name, syntax, 8, encoded, imagecodecs.jpeg8_decode(encoded)
    encoded = imagecodecs.jpeg8_encode(twelve, level=90, bitspersample=12)
    yield "extended, 12 bits", "1.2.840.10008.1.2.4.51", 16, encoded, imagecodecs.jpeg8_decode(encoded)
    yield "JPEG-LS", "1.2.840.10008.1.2.4.80", 16, imagecodecs.jpegls_encode(twelve), twelve
    yield "JPEG 2000", "1.2.840.10008.1.2.4.90", 16, imagecodecs.jpeg2k_encode(twelve, codecformat="j2k", reversible=True, bitspersample=12), twelve
    yield "HTJ2K", "1.2.840.10008.1.2.4.201", 16, imagecodecs.htj2k_encode(twelve, reversible=True), twelve


def main():
    found = []
    for name, syntax, bits, encoded, pixels in cases():
        found.append({"name": name, "syntax": syntax, "bits": bits, "encoded": base64.b64encode(encoded).decode(), "pixels": np.asarray(pixels).ravel().tolist()})
    json.dump({"tools": {"imagecodecs": imagecodecs.__version__, "pillow": PIL.__version__, "numpy": np.__version__}, "seed": 7, "rows": 24, "columns": 20, "cases": found}, sys.stdout)


main()
