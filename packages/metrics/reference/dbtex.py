"""Writes ../test/golden/dbtex.json: what the official evaluation of DBTex says of a few invented reading sets.

python dbtex.py FOLDER, with duke_dbt_data.py of github.com/mazurowski-lab/duke-dbt-data in that folder and pandas installed. Its first lines import
matplotlib, pydicom and skimage, which evaluate() does not need.
"""

import io
import json
import pathlib
import sys

import numpy as np
import pandas as pd

sys.path.insert(0, sys.argv[1])
from duke_dbt_data import evaluate

SEED = 7


def reading(rng, volumes, share, marks, digits):
    """Volumes, some with one to three lesions; marks near lesions and anywhere, scores rounded so that some tie."""
    made = []
    for _ in range(volumes):
        slices = int(rng.integers(40, 81))
        count = int(rng.integers(1, 4)) if rng.random() < share else 0
        truths = [
            {"X": int(rng.integers(100, 1500)), "Y": int(rng.integers(100, 1900)), "Width": int(rng.integers(20, 400)), "Height": int(rng.integers(20, 400)), "Slice": int(rng.integers(0, slices))}
            for _ in range(count)
        ]
        if count > 1 and rng.random() < 0.5:  # two lesions so near that a mark hits both
            truths[1] = {**truths[0], "X": truths[0]["X"] + 40, "Slice": min(slices - 1, truths[0]["Slice"] + 2)}
        found = []
        for truth in truths:
            for _ in range(int(rng.integers(0, 3))):
                width, height, depth = (int(v) for v in rng.integers(1, 60, size=3) * 2)
                # On the circle of the reach as well as inside and outside: 60 and 80 right angles make 100 exactly.
                down, across = [(60, 80), (0, 100), (0, 101), tuple(int(v) for v in rng.integers(-90, 90, size=2))][int(rng.integers(0, 4))]
                x = truth["X"] + truth["Width"] / 2 + across - width / 2
                y = truth["Y"] + truth["Height"] / 2 + down - height / 2
                z = truth["Slice"] + float(rng.choice([0, slices / 4, slices / 4 + 1, 3])) - depth / 2
                found.append({"X": x, "Y": y, "Width": width, "Height": height, "Z": z, "Depth": depth, "Score": round(float(rng.random() ** 0.5), digits)})
        for _ in range(int(rng.poisson(marks))):
            found.append({"X": int(rng.integers(0, 1600)), "Y": int(rng.integers(0, 2000)), "Width": 30, "Height": 50, "Z": int(rng.integers(0, slices)), "Depth": 4, "Score": round(float(rng.random()), digits)})
        made.append({"slices": slices, "truths": truths, "marks": found})
    return made


def csv(rows):
    return io.StringIO(pd.DataFrame(rows).to_csv(index=False))


def case(*options):
    made = reading(rng, *options)
    name = lambda k: {"StudyUID": f"study{k:03}", "View": ["lcc", "rmlo"][k % 2]}
    labels = csv([name(k) for k in range(len(made))])
    boxes = csv([{**name(k), **truth, "VolumeSlices": volume["slices"]} for k, volume in enumerate(made) for truth in volume["truths"]])
    marks = csv([{**name(k), **mark} for k, volume in enumerate(made) for mark in volume["marks"]])
    official = {key: float(value) for key, value in evaluate(labels, boxes, marks).items()}
    return {"volumes": made, "official": official}


rng = np.random.default_rng(SEED)
cases = [case(30, 0.5, 1.5, 2), case(25, 0.4, 6, 2), case(20, 0.6, 6, 1), case(12, 1.0, 0.3, 3), case(40, 0.1, 5, 4)]
out = {"made by": f"duke_dbt_data.evaluate (mazurowski-lab/duke-dbt-data), pandas {pd.__version__}, numpy {np.__version__}, reference/dbtex.py", "seed": SEED, "cases": cases}
(pathlib.Path(__file__).parent.parent / "test" / "golden" / "dbtex.json").write_text(json.dumps(out) + "\n")
print([c["official"] for c in cases])
