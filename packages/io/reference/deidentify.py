"""What de-identification knows of the standard, as data: the value representation of each tag (PS3.6) from pydicom, and the
actions of PS3.15 Table E.1-1, Basic Profile, edition 2026c, from dicom-anonymizer.

    pip install -r requirements.txt
    python deidentify.py dictionary > ../src/dicom/deidentify/dictionary.ts
    python deidentify.py multiplicity > ../src/dicom/deidentify/multiplicity.ts
    python deidentify.py profile > ../src/dicom/deidentify/basicProfile.ts
    python deidentify.py uids > ../src/dicom/deidentify/standardUids.ts
"""

import sys

from dicomanonymizer.dicom_anonymization_databases import dicomfields_2026c as table
from pydicom import __version__ as version
from pydicom._uid_dict import UID_dictionary
from pydicom.datadict import DicomDictionary

ACTIONS = ["D", "Z", "X", "U", "Z_D", "X_Z", "X_D", "X_Z_D", "X_Z_U_STAR"]


def base36(number):
    digits = ""
    while number or not digits:
        digits = "0123456789abcdefghijklmnopqrstuvwxyz"[number % 36] + digits
        number //= 36
    return digits


def steps(tags):
    """Ascending tags as base-36 steps from one to the next."""
    ordered = sorted(tags)
    return ",".join(base36(tag - before) for before, tag in zip([0] + ordered, ordered))


def lines(rows):
    return "\n".join(f'  "{name}": "{value}",' if not name.isalpha() else f'  {name}: "{value}",' for name, value in rows)


def dictionary():
    by_vr = {}
    for tag, (vr, *_) in DicomDictionary.items():
        # Command, meta and directory groups do not stand in a data set; delimiters have no representation.
        if tag >> 16 not in (0, 2, 4) and len(vr.split(" ")[0]) == 2:
            by_vr.setdefault(vr.replace(" or ", "/"), []).append(tag)
    print("// Made by reference/deidentify.py from pydicom 3.0.2.")
    print("/** Tags of the standard by value representation (PS3.6 6), ascending, as base-36 steps from one to the next. */")
    print("export const tagSteps = {\n" + lines((vr, steps(tags)) for vr, tags in sorted(by_vr.items())) + "\n} as const;")


NUMERIC = {"AT", "FD", "FL", "SL", "SS", "SV", "UL", "US", "UV"}


def multiplicity():
    by_vm = {}
    for tag, (vr, vm, *_) in DicomDictionary.items():
        if tag >> 16 not in (0, 2, 4) and NUMERIC & set(vr.split(" or ")):
            most = vm.split("-")[-1]
            by_vm.setdefault("n" if most.endswith("n") else most, []).append(tag)
    del by_vm["1"]
    print("// Made by reference/deidentify.py from pydicom 3.0.2.")
    print("/** Binary numbers that may come more than once (PS3.6 6): tags by the most values of one, ascending, as base-36 steps from one to the next. */")
    print("export const multiplicitySteps = {\n" + lines((vm, steps(tags)) for vm, tags in sorted(by_vm.items())) + "\n} as const;")


def profile():
    rows = []
    for action in ACTIONS:
        # Four numbers are a repeating group (curves, overlays) with its mask: the program knows those itself.
        tags = [entry[0] << 16 | entry[1] for entry in getattr(table, f"{action}_TAGS") if len(entry) == 2]
        rows.append((action.replace("_STAR", "*").replace("_", "/"), steps(tags)))
    print("// Made by reference/deidentify.py from dicom-anonymizer 2.1.0.")
    print("/** PS3.15 Table E.1-1, Basic Profile, edition 2026c: tags by action code, ascending, as base-36 steps from one to the next. */")
    print("export const actionSteps = {\n" + lines(rows) + "\n} as const;")


def uids():
    root = "1.2.840.10008."
    by_parent = {}
    for uid in sorted(UID_dictionary, key=lambda one: [int(part) for part in one.split(".")]):
        parent, _, last = uid.removeprefix(root).rpartition(".")
        by_parent.setdefault(parent, []).append(last)
    text = ";".join(f"{parent}:{' '.join(lasts)}" for parent, lasts in by_parent.items())
    print(f"// Made by reference/deidentify.py from pydicom {version}.")
    print("/** The UIDs that PS3.6 annex A gives out, retired ones too, below 1.2.840.10008: parent, colon, its last parts. */")
    print(f'const given =\n  "{text}";\n')
    print("/** UIDs that DICOM itself gives out: classes, syntaxes, coding schemes, well-known instances. They name kinds of things, no thing. */")
    print("""export const standardUids: ReadonlySet<string> = new Set(
  given.split(";").flatMap((group) => {
    const [parent, lasts] = group.split(":") as [string, string];
    return lasts.split(" ").map((last) => ["1.2.840.10008", ...(parent === "" ? [] : [parent]), last].join("."));
  }),
);""")


{"uids": uids, "dictionary": dictionary, "multiplicity": multiplicity, "profile": profile}[sys.argv[1]]()
