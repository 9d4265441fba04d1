"""The baseline of metrics.ts: scikit-learn on the same numbers. python scikitLearn.py TASK LABELS SCORES, then one line {"run": n} per iteration."""

import json
import sys
import time

try:
    import numpy as np
    import sklearn
    from sklearn.metrics import roc_auc_score
except ImportError as error:
    print(json.dumps({"missing": str(error)}), flush=True)
    sys.exit(0)

task, labels, scores, per_cluster, replicates, of = sys.argv[1:7]
y = np.fromfile(labels, dtype=np.uint8)
s = np.fromfile(scores, dtype=np.float64)
clusters = len(y) // int(per_cluster)
cluster = np.arange(len(y)) // int(per_cluster)
rng = np.random.default_rng(1)


def area():
    roc_auc_score(y, s)


def bootstrap():
    """Some replicates in a loop: rows of the drawn clusters, then both areas. (Partial area over sensitivity: swapped classes.)"""
    for _ in range(int(replicates)):
        counts = np.bincount(rng.integers(0, clusters, clusters), minlength=clusters)
        rows = np.repeat(np.arange(len(y)), counts[cluster])
        roc_auc_score(y[rows], s[rows])
        roc_auc_score(1 - y[rows], -s[rows], max_fpr=0.2)


work, scale = (area, 1) if task == "area" else (bootstrap, int(of) / int(replicates))
print(json.dumps({"ready": True, "sklearn": sklearn.__version__, "numpy": np.__version__}), flush=True)
for line in sys.stdin:
    start = time.perf_counter()
    work()
    print(json.dumps({"seconds": (time.perf_counter() - start) * scale}), flush=True)
