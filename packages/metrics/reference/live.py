"""Reads the sets of live.reference.test.ts (JSON on standard input) and answers with scikit-learn's numbers for each."""

import json
import sys

import numpy as np
from sklearn.isotonic import IsotonicRegression
from sklearn.metrics import average_precision_score, brier_score_loss, log_loss, roc_auc_score

answers = []
for case in json.load(sys.stdin):
    labels, scores, weights = (np.array(case[name]) for name in ("labels", "a", "weights"))
    w = {"sample_weight": weights}
    fitted = IsotonicRegression().fit_transform(scores, labels)
    answers.append(
        {
            "auroc": roc_auc_score(labels, scores),
            "weighted": roc_auc_score(labels, scores, **w),
            "maxFpr": roc_auc_score(labels, scores, max_fpr=0.1, **w),
            "minTpr": roc_auc_score(1 - labels, -scores, max_fpr=0.2, **w),
            "averagePrecision": average_precision_score(labels, scores, **w),
            "brier": brier_score_loss(labels, scores, **w),
            "logLoss": log_loss(labels, scores, **w, labels=[0, 1]),
            "ici": float(np.mean(np.abs(fitted - scores))),
        }
    )
json.dump(answers, sys.stdout)
