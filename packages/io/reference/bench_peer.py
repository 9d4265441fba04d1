"""The rival of the io bench: pydicom + GDCM + scikit-image bring one file from bytes to a standardized picture, on one thread.

    python bench_peer.py FILE    speaks the bench's lines of JSON; needs requirements.txt

The same steps as ours: decode, modality and VOI, one mm per pixel by area means, mask by threshold and largest region, flip, pad.
"""
import io
import json
import sys
import time
import warnings
from pathlib import Path

warnings.simplefilter("ignore")

try:
    import gdcm
    import numpy as np
    import pydicom
    import skimage
    from pydicom.pixels import apply_modality_lut, apply_voi_lut, pixel_array
    from scipy import ndimage
    from skimage.filters import threshold_otsu
    from skimage.measure import label
    from skimage.transform import resize
except ImportError as error:
    print(json.dumps({"missing": str(error)}), flush=True)
    sys.exit(0)

ROWS, COLUMNS, MM = 1200, 800, 0.25


def standardize(data):
    ds = pydicom.dcmread(io.BytesIO(data))
    pixels = pixel_array(ds, decoding_plugin="gdcm")
    shown = apply_voi_lut(apply_modality_lut(pixels, ds), ds)
    low, high = float(shown.min()), float(shown.max())
    image = ((shown - low) / (high - low)).astype(np.float32)
    if ds.PhotometricInterpretation == "MONOCHROME1":
        image = 1 - image
    spacing = float(ds.ImagerPixelSpacing[0]) if "ImagerPixelSpacing" in ds else 0.05
    shape = (round(image.shape[0] * spacing / MM), round(image.shape[1] * spacing / MM))
    small = resize(image, shape, order=1, anti_aliasing=True)
    mask = ndimage.binary_opening(small > 0.2 * threshold_otsu(small), iterations=8)
    labels = label(mask)
    mask = ndimage.binary_fill_holes(labels == np.bincount(labels.ravel())[1:].argmax() + 1)
    rows, columns = np.where(mask.any(1))[0], np.where(mask.any(0))[0]
    breast = (small * mask)[rows[0] : rows[-1] + 1, columns[0] : columns[-1] + 1][:ROWS, :COLUMNS]
    if breast[:, : breast.shape[1] // 6].sum() < breast[:, -breast.shape[1] // 6 :].sum():
        breast = breast[:, ::-1]
    out = np.zeros((ROWS, COLUMNS), np.float32)
    top = (ROWS - breast.shape[0]) // 2
    out[top : top + breast.shape[0], : breast.shape[1]] = breast
    return out


versions = {"pydicom": pydicom.__version__, "gdcm": gdcm.Version.GetVersion(), "scikit-image": skimage.__version__}
if __name__ == "__main__":
    data = Path(sys.argv[1]).read_bytes()
    standardize(data)
    print(json.dumps({"ready": True, **versions}), flush=True)
    for _ in sys.stdin:
        start = time.perf_counter()
        standardize(data)
        print(json.dumps({"seconds": time.perf_counter() - start}), flush=True)
