"""Golden values of modality and VOI transformations by pydicom, for the DICOM files of a data folder.

    python voi.py DATA > ../test/golden/voi.json

Needs requirements.txt. Each case holds what stands in the header and what pydicom makes of some stored values, scaled to [0, 1]
by the output range that pydicom itself uses.
"""
import json
import sys
import warnings
from pathlib import Path

import numpy as np
import pydicom
from pydicom.pixels import apply_modality_lut, apply_voi_lut

warnings.simplefilter("ignore")


def lut(item):
    descriptor = item.LUTDescriptor
    data = item.LUTData
    if isinstance(data, bytes):
        data = np.frombuffer(data, dtype="<u2").tolist()
    return {"kind": "lut", "firstMapped": int(descriptor[1]), "bits": int(descriptor[2]), "data": [int(value) for value in data]}


def case(ds, name, prefer_lut=True):
    if "PixelData" not in ds or ds.get("SamplesPerPixel", 1) != 1 or ds.BitsAllocated not in (8, 16):
        return None
    if not ds.PhotometricInterpretation.startswith("MONOCHROME") or not ("WindowCenter" in ds or "VOILUTSequence" in ds):
        return None
    bits, signed = int(ds.BitsStored), int(ds.PixelRepresentation)
    low, high = (-(2 ** (bits - 1)), 2 ** (bits - 1) - 1) if signed else (0, 2**bits - 1)
    stored = np.unique(np.linspace(low, high, 41).round()).astype(np.int32)
    value = apply_modality_lut(stored.astype(np.int16 if signed else np.uint16), ds)
    if "VOILUTSequence" in ds and prefer_lut:
        voi = lut(ds.VOILUTSequence[0])
        value = value.astype(np.int32)
        y_min, y_max = 0, 2 ** voi["bits"] - 1
    else:
        center, width = ds.WindowCenter, ds.WindowWidth
        first = lambda v: float(v[0] if isinstance(v, pydicom.multival.MultiValue) else v)
        voi = {"kind": "window", "center": first(center), "width": first(width), "function": ds.get("VOILUTFunction", "LINEAR")}
        y_min, y_max = low, high
        if ds.get("ModalityLUTSequence"):
            y_min, y_max = 0, 2 ** int(ds.ModalityLUTSequence[0].LUTDescriptor[2]) - 1
        elif "RescaleSlope" in ds:
            slope, intercept = float(ds.RescaleSlope), float(ds.RescaleIntercept)
            y_min, y_max = y_min * slope + intercept, y_max * slope + intercept
    shown = (np.asarray(apply_voi_lut(value, ds, index=0, prefer_lut=prefer_lut), dtype=np.float64) - y_min) / (y_max - y_min)
    if ds.get("ModalityLUTSequence"):
        modality = lut(ds.ModalityLUTSequence[0])
    else:
        modality = {"kind": "rescale", "slope": float(ds.get("RescaleSlope", 1)), "intercept": float(ds.get("RescaleIntercept", 0))}
    return {"path": name, "modality": modality, "voi": voi, "stored": stored.tolist(), "shown": shown.tolist()}


def made():
    """Shapes that no file of the folder has; their names begin with "made"."""
    for function in ("LINEAR", "LINEAR_EXACT", "SIGMOID"):
        for bits, signed, slope, intercept in ((12, 0, 1, 0), (16, 1, 2.5, -1024), (8, 0, -1, 255)):
            for center, width in ((1000.5, 700), (2, 1.5), (-40, 2)):
                ds = pydicom.Dataset()
                ds.PixelData, ds.PhotometricInterpretation = b"", "MONOCHROME2"
                ds.BitsStored, ds.PixelRepresentation, ds.BitsAllocated = bits, signed, 16
                ds.RescaleSlope, ds.RescaleIntercept = slope, intercept
                ds.WindowCenter, ds.WindowWidth, ds.VOILUTFunction = center, width, function
                if slope > 0:
                    yield case(ds, f"made {function} {bits} {center}")
    ds = pydicom.Dataset()
    ds.PixelData, ds.PhotometricInterpretation = b"", "MONOCHROME2"
    ds.BitsStored, ds.PixelRepresentation, ds.BitsAllocated = 12, 0, 16
    ds.WindowCenter, ds.WindowWidth = 500, 400
    table = pydicom.Dataset()
    table.LUTDescriptor, table.LUTData = [64, 100, 16], [(977 * k) % 65536 for k in range(64)]
    table["LUTDescriptor"].VR, table["LUTData"].VR = "US", "US"
    ds.ModalityLUTSequence = [table]
    yield case(ds, "made modality LUT")
    ds.VOILUTSequence = [table]
    yield case(ds, "made modality and VOI LUT")


def main():
    root = Path(sys.argv[1])
    cases, seen = [], set()
    table = [line.split("\t") for line in (root / "EXPECTED_PIXELS.tsv").read_text().splitlines()[1:]]
    for path in sorted(root / row[0] for row in table if row[10] != "none"):
        for prefer_lut in (True, False):
            try:
                found = case(pydicom.dcmread(path, force=True), str(path.relative_to(root)), prefer_lut)
            except Exception:  # Broken files are the subject of other tests.
                continue
            key = found and json.dumps([found["modality"], found["voi"]])
            if found is None or key in seen or len(key) > 40_000:
                continue
            seen.add(key)
            cases.append(found)
    cases.extend(made())
    json.dump({"tools": {"pydicom": pydicom.__version__, "numpy": np.__version__}, "cases": cases}, sys.stdout)


main()
