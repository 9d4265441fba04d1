"""Small pictures of known cells, written by other tools, for readRaster.

    python rasters.py > ../test/golden/rasters.json

Needs requirements.txt. Cell (r, c) is (2621 r + 977 c + 7 (r c mod 251)) mod 65536, or its high byte in 8 bits.
"""
import base64
import io
import json

import imagecodecs
import numpy as np
import PIL
import png
import tifffile
from PIL import Image

ROWS, COLUMNS = 37, 29
r, c = np.mgrid[0:ROWS, 0:COLUMNS]
wide = ((2621 * r + 977 * c + 7 * (r * c % 251)) % 65536).astype(np.uint16)
narrow = (wide >> 8).astype(np.uint8)
# Long repeats, so that codes reach their greatest width and runs their greatest length.
large = np.tile(wide, (4, 3))


def tiff(cells, **options):
    file = io.BytesIO()
    byteorder = options.pop("byteorder", "<")
    options.setdefault("photometric", "minisblack")
    tifffile.imwrite(file, cells, byteorder=byteorder, metadata=None, **options)
    return file.getvalue()


def pillow(cells, kind, **options):
    file = io.BytesIO()
    Image.fromarray(cells).save(file, kind, **options)
    return file.getvalue()


def pypng(cells, **options):
    file = io.BytesIO()
    bits = 16 if cells.dtype == np.uint16 else 8
    channels = 1 if cells.ndim == 2 else cells.shape[2]
    planes = cells.reshape(cells.shape[0], -1)
    png.Writer(cells.shape[1], cells.shape[0], greyscale=channels == 1, alpha=channels == 4, bitdepth=bits, **options).write(file, planes.tolist())
    return file.getvalue()


def pgm(cells, maximum):
    big = cells.astype(">u2") if cells.dtype == np.uint16 else cells
    return b"P5\n# a film\n%d %d\n%d\n" % (COLUMNS, ROWS, maximum) + big.tobytes()


cases = {}
for name, cells in {"8 bits": narrow, "16 bits": wide}.items():
    for order in "<>":
        for compression in [None, "lzw", "zlib", "packbits"]:
            cases[f"tiff {name} {order} {compression} strips"] = tiff(cells, byteorder=order, compression=compression, rowsperstrip=7)
            cases[f"tiff {name} {order} {compression} tiles"] = tiff(cells, byteorder=order, compression=compression, tile=(32, 16))
    for compression in ["lzw", "zlib"]:
        cases[f"tiff {name} {compression} predictor"] = tiff(cells, compression=compression, predictor=True, rowsperstrip=20)
    for kind in ["tiff_lzw", "tiff_adobe_deflate", "packbits", "raw"]:
        cases[f"tiff {name} pillow {kind}"] = pillow(cells, "TIFF", compression=kind)
    cases[f"tiff {name} white is zero"] = tiff((255 if cells is narrow else 65535) - cells, photometric="miniswhite", compression="lzw")
    colour = np.stack([cells, cells // 2, cells // 3], axis=-1)
    cases[f"tiff {name} colour"] = tiff(colour, photometric="rgb", compression="zlib", predictor=True, rowsperstrip=9)
    cases[f"tiff {name} planes"] = tiff(np.moveaxis(colour, -1, 0), photometric="rgb", planarconfig="separate", rowsperstrip=13)
    cases[f"png {name}"] = pypng(cells)
    cases[f"png {name} interlaced"] = pypng(cells, interlace=True)
    cases[f"png {name} colour"] = pypng(colour)
    cases[f"png {name} colour interlaced"] = pypng(colour, interlace=True)
    cases[f"png {name} pillow"] = pillow(cells, "PNG")
cases["tiff 16 bits large lzw"] = tiff(large, compression="lzw", rowsperstrip=400)
cases["tiff 16 bits large packbits"] = tiff(np.zeros_like(large), compression="packbits", rowsperstrip=400)
cases["png 8 bits 4 channels"] = pypng(np.stack([narrow, narrow, narrow, narrow], axis=-1))
cases["pgm 8 bits"] = pgm(narrow, 255)
cases["pgm 16 bits"] = pgm(wide, 65535)
# A lossless JPEG would not be read as a picture; this one may differ by the cosine transform's rounding.
smooth = ((r + c) * 2).astype(np.uint8)
cases["jpeg smooth"] = pillow(smooth, "JPEG", quality=100)
cases["jpeg smooth colour"] = pillow(np.stack([smooth] * 3, axis=-1), "JPEG", quality=100, subsampling=2)

made = f"Pillow {PIL.__version__}, tifffile {tifffile.__version__}, imagecodecs {imagecodecs.__version__}, pypng {png.__version__}, reference/rasters.py"
print(json.dumps({"made by": made, "cases": {name: base64.b64encode(data).decode() for name, data in cases.items()}}, indent=1))
