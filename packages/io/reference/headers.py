"""What stands in the headers of the mammograms of a data folder, field by field, by pydicom.

    python headers.py DATA > ../test/golden/headers.json

Needs requirements.txt. Every DICOM file below DATA whose modality is MG or whose body part is the breast is taken. The values are the attributes
as pydicom reads them, UIDs as their SHA-256; which attribute decides where several may is said here a second time, from the standard.
"""
import hashlib
import json
import sys
import warnings
from pathlib import Path

import pydicom

warnings.simplefilter("ignore")


def number(ds, keyword, scale=1.0):
    value = ds.get(keyword)
    return None if value in (None, "") else float(value) * scale


def pair(ds, keyword):
    value = ds.get(keyword)
    return None if not value else [float(value[0]), float(value[1])]


def group(ds, frame, macro):
    """The item of a functional group's macro, the frame's before the shared one."""
    for groups in (ds.get("PerFrameFunctionalGroupsSequence", [])[frame : frame + 1], ds.get("SharedFunctionalGroupsSequence", [])[:1]):
        for item in groups:
            if item.get(macro):
                return item[macro].value[0]
    return pydicom.Dataset()


def spacing(ds):
    pixel = pair(ds, "PixelSpacing") or pair(group(ds, 0, "PixelMeasuresSequence"), "PixelSpacing")
    imager = pair(ds, "ImagerPixelSpacing")
    if pixel and pixel != imager:
        return {"mmPerPixel": pixel, "source": "pixel-spacing", "magnification": 1}
    if imager:
        factor = number(ds, "EstimatedRadiographicMagnificationFactor") or 1
        return {"mmPerPixel": [value / factor for value in imager], "source": "imager-pixel-spacing", "magnification": factor}
    return None


def windows(ds):
    place = ds if "WindowCenter" in ds else group(ds, 0, "FrameVOILUTSequence")
    many = lambda value: [] if value is None else list(value) if isinstance(value, (pydicom.multival.MultiValue, list)) else [value]
    names = many(place.get("WindowCenterWidthExplanation"))
    return [
        {"center": float(center), "width": float(width), "function": place.get("VOILUTFunction", "LINEAR"), "explanation": names[index] if index < len(names) else None}
        for index, (center, width) in enumerate(zip(many(place.get("WindowCenter")), many(place.get("WindowWidth"))))
    ]


def sha256(uid):
    return hashlib.sha256(str(uid).encode()).hexdigest()


def header(ds):
    view = ds.ViewCodeSequence[0] if ds.get("ViewCodeSequence") else pydicom.Dataset()
    laterality = ds.get("ImageLaterality") or group(ds, 0, "FrameAnatomySequence").get("FrameLaterality") or ds.get("Laterality")
    exposure = number(ds, "ExposureInuAs", 1e-3)
    return {
        "sopClassUid": ds.SOPClassUID,
        "sopInstanceUid": sha256(ds.SOPInstanceUID),
        "studyInstanceUid": sha256(ds.StudyInstanceUID),
        "transferSyntaxUid": ds.file_meta.TransferSyntaxUID,
        "presentationIntent": ds.get("PresentationIntentType") or "FOR PRESENTATION",
        "laterality": laterality or None,
        "viewCode": view.get("CodeValue"),
        "viewString": ds.get("ViewPosition"),
        "modifierCodes": [item.CodeValue for item in view.get("ViewModifierCodeSequence", [])],
        "rows": ds.Rows,
        "columns": ds.Columns,
        "frames": int(ds.get("NumberOfFrames") or 1),
        "bits": [ds.BitsAllocated, ds.BitsStored, ds.HighBit, ds.PixelRepresentation],
        "photometricInterpretation": ds.PhotometricInterpretation,
        "presentationLutShape": ds.get("PresentationLUTShape"),
        "vois": len(ds.get("VOILUTSequence", [])) + len(windows(ds)),
        "windows": windows(ds),
        "tables": [{"explanation": item.get("LUTExplanation"), "descriptor": [int(value) for value in item.LUTDescriptor]} for item in ds.get("VOILUTSequence", [])],
        "padding": None if "PixelPaddingValue" not in ds else [ds.PixelPaddingValue, ds.get("PixelPaddingRangeLimit", ds.PixelPaddingValue)],
        "pixelIntensityRelationship": ds.get("PixelIntensityRelationship"),
        "spacing": spacing(ds),
        "hasImplant": {"YES": True, "NO": False}.get(ds.get("BreastImplantPresent")),
        "isPartialView": ds.get("PartialView") == "YES",
        "burnedIn": ds.get("BurnedInAnnotation"),
        "isQualityControl": ds.get("QualityControlImage") == "YES",
        "device": {"manufacturer": ds.get("Manufacturer") or None, "model": ds.get("ManufacturerModelName"), "software": ds.get("SoftwareVersions")},
        "exposure": {
            "kvp": number(ds, "KVP"),
            "exposure": exposure if exposure is not None else number(ds, "Exposure"),
            "relativeExposure": number(ds, "RelativeXRayExposure"),
            "organDose": number(ds, "OrganDose", 100),
            "thickness": number(ds, "BodyPartThickness"),
            "compressionForce": number(ds, "CompressionForce"),
            "angle": number(ds, "PositionerPrimaryAngle"),
            "anode": ds.get("AnodeTargetMaterial"),
            "filter": ds.get("FilterMaterial"),
        },
    }


def main():
    root = Path(sys.argv[1])
    found = []
    for path in sorted(root.rglob("*")):
        if not path.is_file():
            continue
        try:
            ds = pydicom.dcmread(path, stop_before_pixels=True)
        except Exception:
            continue
        if ds.get("Rows") and (ds.get("Modality") == "MG" or ds.get("BodyPartExamined") == "BREAST"):
            found.append({"path": str(path.relative_to(root)), **header(ds)})
    json.dump({"tools": {"pydicom": pydicom.__version__}, "files": found}, sys.stdout, indent=1)


main()
