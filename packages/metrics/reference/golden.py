"""Writes ../test/golden/sklearn.json: what scikit-learn says of a few fixed sets. Run with the versions of requirements.txt.

python golden.py [aSAH.csv]: with pROC's set as CSV (GPL, hence not here), also ../test/golden/sklearnAsah.json.
"""

import csv
import json
import pathlib
import sys

import numpy as np
import sklearn
from sklearn.isotonic import IsotonicRegression
from sklearn.metrics import average_precision_score, brier_score_loss, log_loss, roc_auc_score, roc_curve
from sklearn.calibration import calibration_curve

SEED = 7


def lists(*arrays):
    return [[None if np.isinf(v) else float(v) for v in array] for array in arrays]


def case(rng, n, share, levels=None, weighted=False):
    labels = (rng.random(n) < share).astype(int)
    labels[0], labels[1] = 0, 1
    scores = np.clip(rng.normal(labels * 0.8, 1) / 8 + 0.5, 0.001, 0.999)
    if levels:
        scores = np.clip(np.round(scores * levels) / levels, 0.001, 0.999)
    weights = rng.random(n) if weighted else np.ones(n)
    fpr, tpr, _ = roc_curve(labels, scores, sample_weight=weights, drop_intermediate=False)
    observed, predicted = calibration_curve(labels, scores, n_bins=5)
    fitted = IsotonicRegression().fit_transform(scores, labels, sample_weight=weights)
    return {
        "labels": labels.tolist(),
        "scores": scores.tolist(),
        "weights": weights.tolist(),
        "fpr": fpr.tolist(),
        "tpr": tpr.tolist(),
        "auroc": roc_auc_score(labels, scores, sample_weight=weights),
        "averagePrecision": average_precision_score(labels, scores, sample_weight=weights),
        "maxFpr": roc_auc_score(labels, scores, max_fpr=0.2, sample_weight=weights),
        "minTpr": roc_auc_score(1 - labels, -scores, max_fpr=0.2, sample_weight=weights),
        "brier": brier_score_loss(labels, scores, sample_weight=weights),
        "logLoss": log_loss(labels, scores, sample_weight=weights),
        "isotonicBrier": float(np.average((fitted - labels) ** 2, weights=weights)),
        "calibration": {"observed": observed.tolist(), "predicted": predicted.tolist()},
    }


rng = np.random.default_rng(SEED)
cases = [case(rng, 40, 0.4), case(rng, 60, 0.3, levels=8), case(rng, 50, 0.5, levels=20, weighted=True), case(rng, 400, 0.02, weighted=True)]
documented = {
    "auroc": roc_auc_score([0, 0, 1, 1], [0.1, 0.4, 0.35, 0.8]),
    "averagePrecision": average_precision_score([0, 0, 1, 1], [0.1, 0.4, 0.35, 0.8]),
    "brier": brier_score_loss([0, 1, 1, 0], [0.1, 0.9, 0.8, 0.3]),
    "logLoss": log_loss(["spam", "ham", "ham", "spam"], [[0.1, 0.9], [0.9, 0.1], [0.8, 0.2], [0.35, 0.65]]),
    "calibration": lists(*calibration_curve([0, 0, 0, 0, 1, 1, 1, 1, 1], [0.1, 0.2, 0.3, 0.4, 0.65, 0.7, 0.8, 0.9, 1.0], n_bins=3)),
    "pava": IsotonicRegression().fit_transform(np.arange(6), [1, 3, 2, 4, 3, 5]).tolist(),
}
out = {"made by": f"scikit-learn {sklearn.__version__}, reference/golden.py", "seed": SEED, "documented": documented, "cases": cases}
path = pathlib.Path(__file__).parent.parent / "test" / "golden" / "sklearn.json"
path.write_text(json.dumps(out, indent=1) + "\n")

if len(sys.argv) > 1:
    with open(sys.argv[1], newline="") as file:
        rows = list(csv.DictReader(file))
    poor = np.array([row["outcome"] == "Poor" for row in rows], dtype=int)
    asah = {"made by": f"scikit-learn {sklearn.__version__} on aSAH of pROC, reference/golden.py"}
    for marker in ("ndka", "wfns"):
        values = np.array([float(row[marker]) for row in rows])
        asah[marker] = {
            "auc": roc_auc_score(poor, values),
            "max_fpr_0.1": roc_auc_score(poor, values, max_fpr=0.1),
            "max_fpr_0.2": roc_auc_score(poor, values, max_fpr=0.2),
            "ap": average_precision_score(poor, values),
            "swap_.2": roc_auc_score(1 - poor, -values, max_fpr=0.2),
            "swap_.1": roc_auc_score(1 - poor, -values, max_fpr=0.1),
        }
    path.with_name("sklearnAsah.json").write_text(json.dumps(asah, indent=1) + "\n")
