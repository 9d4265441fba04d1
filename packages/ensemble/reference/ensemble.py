"""Makes the golden files of packages/ensemble/test/golden from the reference tools.

python -m venv ENV && ENV/bin/pip install -r packages/ensemble/reference/requirements.txt
ENV/bin/python packages/ensemble/reference/ensemble.py
"""
import json
from pathlib import Path

import numpy as np
import scipy
import sklearn
from ensemble_boxes import weighted_boxes_fusion
from scipy.optimize import brentq, linear_sum_assignment, minimize
from scipy.special import expit
from sklearn.calibration import _sigmoid_calibration
from sklearn.isotonic import IsotonicRegression
from sklearn.linear_model import LogisticRegression
from sklearn.preprocessing import StandardScaler

SEED = 7
FOLDER = Path(__file__).parent.parent / "test" / "golden"
TOOLS = f"scikit-learn {sklearn.__version__}, scipy {scipy.__version__}, numpy {np.__version__}, ensemble-boxes 1.0.9"


def write(name, **content):
    FOLDER.mkdir(parents=True, exist_ok=True)
    made = {"made by": f"{TOOLS}, reference/ensemble.py", "seed": SEED}
    (FOLDER / f"{name}.json").write_text(json.dumps({**made, **content}, indent=1) + "\n")


def samples(random):
    """Scores and labels: few and many, with ties, rare positives, a large offset."""
    yield [5.0, -4.0, 1.0], [1, 0, 0]  # scikit-learn's own test of Platt
    for n, prevalence, digits, offset in [(20, 0.5, 2, 0), (200, 0.3, 1, 0), (500, 0.02, 6, 0), (200, 0.4, 3, 50)]:
        labels = (random.random(n) < prevalence).astype(int)
        labels[:2] = [0, 1]
        scores = np.round(random.normal(size=n) + 1.2 * labels + offset, digits)
        yield scores.tolist(), labels.tolist()


def platt(random):
    cases = []
    for scores, labels in samples(random):
        a, b = _sigmoid_calibration(np.array(scores), np.array(labels))
        cases.append({"scores": scores, "labels": labels, "slope": -a, "intercept": -b})
    write("platt", cases=cases)


def temperature(random):
    """Where the slope of the loss over 1 / temperature crosses zero, to the last digits; an end of the range where it does not."""
    cases = []
    for scores, labels in samples(random):
        z, y = np.array(scores), np.array(labels)
        # (sigmoid(w z) - y) z, without the cancellation of 1 - sigmoid.
        slope = lambda w: np.sum(z * np.where(y == 1, -expit(-w * z), expit(w * z)))
        coldest, hottest = 1e-3, 1e3
        if slope(1 / hottest) >= 0:
            best = hottest
        elif slope(1 / coldest) <= 0:
            best = coldest
        else:
            best = 1 / brentq(slope, 1 / hottest, 1 / coldest, xtol=1e-16, rtol=4 * np.finfo(float).eps)
        cases.append({"scores": scores, "labels": labels, "temperature": float(best)})
    write("temperature", cases=cases)


def isotonic(random):
    cases = []
    for scores, labels in samples(random):
        model = IsotonicRegression(out_of_bounds="clip").fit(scores, labels)
        at = np.linspace(min(scores) - 1, max(scores) + 1, 41).tolist()
        cases.append({"scores": scores, "labels": labels, "at": at, "probabilities": model.predict(at).tolist()})
    write("isotonic", cases=cases)


def stack(random):
    """Members that agree, one that speaks against, one on another scale; also separable ones."""
    cases = []
    for n, ridge, gain in [(60, 1, 1), (300, 0.1, 1), (300, 25, 1), (40, 1, 30)]:
        labels = (random.random(n) < 0.4).astype(int)
        labels[:2] = [0, 1]
        shared = random.normal(size=n) + gain * labels
        members = [shared + 0.3 * random.normal(size=n), shared + 0.5 * random.normal(size=n), random.normal(size=n) - 0.7 * labels, 50 + 200 * (shared + random.normal(size=n))]
        members = np.round(members, 4)
        model = LogisticRegression(C=1 / ridge, solver="newton-cholesky", tol=1e-13, max_iter=1000).fit(members.T, labels)
        cases.append({"members": members.tolist(), "labels": labels.tolist(), "ridge": ridge, "weights": model.coef_[0].tolist(), "intercept": float(model.intercept_[0])})
    write("stack", cases=cases)


def linear_probe(random):
    """More features than rows, features that agree, one that never varies, one on another scale; ridges weak and strong."""
    cases = []
    for n, width, ridge in [(30, 3, 1), (40, 60, 60), (40, 60, 0.01), (80, 20, 1000)]:
        labels = (random.random(n) < 0.4).astype(int)
        labels[:2] = [0, 1]
        rows = random.normal(size=(n, width)) + np.outer(labels, random.normal(size=width))
        rows[:, 1] = rows[:, 0] + 0.01 * random.normal(size=n)
        rows[:, 2] = 1000 + 300 * rows[:, 2]
        if width > 3:
            rows[:, 3] = 5
        rows = np.round(rows, 4)
        scaler = StandardScaler().fit(rows)
        model = LogisticRegression(C=1 / ridge, solver="newton-cholesky", tol=1e-13, max_iter=1000).fit(scaler.transform(rows), labels)
        logits = model.decision_function(scaler.transform(rows))
        cases.append({"rows": rows.tolist(), "labels": labels.tolist(), "ridge": ridge, "intercept": float(model.intercept_[0]), "logits": logits.tolist()})
    write("linearProbe", cases=cases)


def finding_calibrator(random):
    """Distances that count, that count nothing and that speak the other way; findings that are the highest of their breast are left out."""
    cases = []
    for n, breast, view, peak, ridge in [(60, 1, 1, 1, 1), (150, 1.3, 0, 2.5, 1), (150, 0.6, 0.4, 1.7, 0.1), (100, 1, 2, -0.5, 1), (60, 1, 3, 3, 25)]:
        breasts = np.round(2 * random.normal(size=n), 4)
        below = -np.round(np.abs(2 * random.normal(size=(2, n))), 4) * (random.random((2, n)) < 0.7)
        labels = (random.random(n) < expit(breast * breasts - 0.3 + view * below[0] + peak * below[1])).astype(int)
        columns = np.vstack([breasts, below])
        used = (below != 0).any(axis=0)

        def loss(beta):
            z = beta[:3] @ columns[:, used] + beta[3]
            off = expit(z) - labels[used]
            value = np.sum(np.logaddexp(0, z) - z * labels[used]) + ridge / 2 * np.sum(beta[:3] ** 2)
            return value, np.append(columns[:, used] @ off + ridge * beta[:3], off.sum())

        bounds = [(0, None)] * 3 + [(None, None)]
        best = minimize(loss, [1.0, 1.0, 1.0, 0.0], jac=True, method="L-BFGS-B", bounds=bounds, options={"ftol": 1e-16, "gtol": 1e-11, "maxiter": 10_000})
        found = dict(zip(["breast", "view", "peak", "intercept"], best.x.tolist()))
        cases.append({"breasts": breasts.tolist(), "below": below.T.tolist(), "labels": labels.tolist(), "ridge": ridge, **found})
    write("findingCalibrator", cases=cases)


def assign(random):
    cases = []
    for rows, columns in [(1, 1), (3, 3), (5, 8), (8, 5), (20, 20), (40, 30)]:
        cost = random.normal(size=(rows, columns)).round(6)
        pairs = linear_sum_assignment(cost)
        cases.append({"rows": rows, "columns": columns, "cost": cost.ravel().tolist(), "total": float(cost[pairs].sum())})
    write("assign", cases=cases)


README = {  # the example of the ensemble-boxes README
    "boxes": [
        [[0.00, 0.51, 0.81, 0.91], [0.10, 0.31, 0.71, 0.61], [0.01, 0.32, 0.83, 0.93], [0.02, 0.53, 0.11, 0.94], [0.03, 0.24, 0.12, 0.35]],
        [[0.04, 0.56, 0.84, 0.92], [0.12, 0.33, 0.72, 0.64], [0.38, 0.66, 0.79, 0.95], [0.08, 0.49, 0.21, 0.89]],
    ],
    "scores": [[0.9, 0.8, 0.2, 0.4, 0.7], [0.5, 0.8, 0.7, 0.3]],
    "labels": [[0, 1, 0, 1, 1], [1, 1, 1, 0]],
    "weights": [2, 1],
}


def some_boxes(random, models, boxes_each):
    """A few true places, seen by the models with jitter."""
    places = random.uniform(0.1, 0.8, size=(4, 2))
    case = {"boxes": [], "scores": [], "labels": [], "weights": random.uniform(0.5, 2, size=models).round(3).tolist()}
    for _ in range(models):
        corner = (places[random.integers(4, size=boxes_each)] + random.normal(scale=0.02, size=(boxes_each, 2))).clip(0, 0.8)
        size = random.uniform(0.1, 0.18, size=(boxes_each, 2))
        case["boxes"].append(np.hstack([corner, corner + size]).round(4).tolist())
        case["scores"].append(random.random(boxes_each).round(4).tolist())
        case["labels"].append(random.integers(2, size=boxes_each).tolist())
    return case


def fusion(random):
    cases = []
    for case in [README, some_boxes(random, 3, 6), some_boxes(random, 5, 4)]:
        for rule in ["avg", "max", "box_and_model_avg", "absent_model_aware_avg"]:
            boxes, scores, labels = weighted_boxes_fusion(
                case["boxes"], case["scores"], case["labels"], weights=case["weights"], iou_thr=0.5, skip_box_thr=0.0001, conf_type=rule
            )
            expected = [{"box": b, "score": s, "label": int(c)} for b, s, c in zip(boxes.tolist(), scores.tolist(), labels.tolist())]
            cases.append({**case, "rule": rule, "expected": expected})
    write("fusion", cases=cases)


for make in [platt, temperature, isotonic, stack, linear_probe, finding_calibrator, assign, fusion]:
    make(np.random.default_rng(SEED))
