"""The view codes of CID 4014 and the modifiers of CID 4015 as pydicom's copy of PS3.16 lists them, SNOMED CT and SNOMED RT.

    python views.py > ../test/golden/views.json

Needs requirements.txt.
"""
import json
import sys

import pydicom
from pydicom.sr._snomed_dict import mapping
from pydicom.sr.codedict import Collection


def concepts(cid):
    found = Collection(f"CID{cid}")
    codes = (getattr(found, name) for name in found.dir())
    return [{"meaning": code.meaning, "sct": code.value, "srt": mapping["SCT"][code.value]} for code in codes]


json.dump({"tools": {"pydicom": pydicom.__version__}, "views": concepts(4014), "modifiers": concepts(4015)}, sys.stdout, indent=1)
