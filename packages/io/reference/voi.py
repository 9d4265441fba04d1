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


def many(value):
    return list(value) if isinstance(value, pydicom.multival.MultiValue) else [value]


def case(ds, name, prefer_lut=True, index=0):
    if "PixelData" not in ds or ds.get("SamplesPerPixel", 1) != 1 or ds.BitsAllocated not in (8, 16):
        return None
    if not ds.PhotometricInterpretation.startswith("MONOCHROME") or not ("WindowCenter" in ds or "VOILUTSequence" in ds):
        return None
    bits, signed = int(ds.BitsStored), int(ds.PixelRepresentation)
    low, high = (-(2 ** (bits - 1)), 2 ** (bits - 1) - 1) if signed else (0, 2**bits - 1)
    stored = np.unique(np.linspace(low, high, 41).round()).astype(np.int32)
    value = apply_modality_lut(stored.astype(np.int16 if signed else np.uint16), ds)
    if "VOILUTSequence" in ds and prefer_lut:
        voi = lut(ds.VOILUTSequence[index])
        value = value.astype(np.int32)
        y_min, y_max = 0, 2 ** voi["bits"] - 1
    else:
        center, width = many(ds.WindowCenter)[index], many(ds.WindowWidth)[index]
        voi = {"kind": "window", "center": float(center), "width": float(width), "function": ds.get("VOILUTFunction", "LINEAR")}
        y_min, y_max = low, high
        if ds.get("ModalityLUTSequence"):
            y_min, y_max = 0, 2 ** int(ds.ModalityLUTSequence[0].LUTDescriptor[2]) - 1
        elif "RescaleSlope" in ds:
            slope, intercept = float(ds.RescaleSlope), float(ds.RescaleIntercept)
            y_min, y_max = y_min * slope + intercept, y_max * slope + intercept
    shown = (np.asarray(apply_voi_lut(value, ds, index=index, prefer_lut=prefer_lut), dtype=np.float64) - y_min) / (y_max - y_min)
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
    cases, seen, covered = [], {}, {}
    table = [line.split("\t") for line in (root / "EXPECTED_PIXELS.tsv").read_text().splitlines()[1:]]
    files = {"all": 0, "signed": 0, "bigEndian": 0, "tables": 0, "severalWindows": 0}
    for path in sorted(root / row[0] for row in table if row[10] != "none" and row[2] != ""):
        try:
            ds = pydicom.dcmread(path, force=True)
            found = [case(ds, str(path.relative_to(root)), True, index) for index in range(len(ds.get("VOILUTSequence", [])))]
            windows = many(ds.WindowCenter) if "WindowCenter" in ds else []
            found += [case(ds, str(path.relative_to(root)), False, index) for index in range(len(windows))]
        except Exception:  # Broken files are the subject of other tests.
            continue
        found = [one for one in found if one is not None]
        if not found:
            continue
        files["all"] += 1
        files["signed"] += int(ds.PixelRepresentation)
        files["bigEndian"] += not ds.original_encoding[1]
        files["tables"] += "VOILUTSequence" in ds or "ModalityLUTSequence" in ds
        files["severalWindows"] += len(windows) > 1
        indices = []
        for one in found:
            # The same transformation in another file is kept once; a table of many thousand entries not at all.
            key = json.dumps([one["modality"], one["voi"]])
            if len(key) > 40_000:
                continue
            if key not in seen:
                seen[key] = len(cases)
                cases.append(one)
            indices.append(seen[key])
        covered[str(path.relative_to(root))] = indices
    cases.extend(made())
    json.dump({"tools": {"pydicom": pydicom.__version__, "numpy": np.__version__}, "counts": files, "files": covered, "cases": cases}, sys.stdout)


main()
