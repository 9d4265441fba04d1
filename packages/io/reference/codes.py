"""The codes of the written objects with their meanings, from pydicom's tables of PS3.16.

    pip install -r requirements.txt
    python codes.py > ../test/golden/codes.json
"""

import json

import pydicom
from pydicom.sr._cid_dict import cid_concepts
from pydicom.sr._concepts_dict import concepts

# Context groups of TID 4000 and the templates under it, and the breast's sides and views.
GROUPS = [4014, 4015, 6014, 6022, 6034, 6035, 6036, 6042, 6043, 6047]

# Language, laterality, and what a segmentation of a heatmap is, is of and is made from.
OTHERS = ["121049", "272741003", "113076", "121322", "49755003", "52988006"]


def meanings():
    found = {}
    for scheme in ("DCM", "SCT"):
        for entries in concepts[scheme].values():
            for code, (meaning, groups) in entries.items():
                is_cad = scheme == "DCM" and "111001" <= code <= "111099"
                if is_cad or code in OTHERS or set(GROUPS) & set(groups):
                    # The standard's web pages put invisible breaks behind slashes.
                    found[f"{code} {scheme}"] = meaning.replace("\u200b", "")
    return dict(sorted(found.items()))


print(json.dumps({"pydicom": pydicom.__version__, "meanings": meanings()}, indent=1))
