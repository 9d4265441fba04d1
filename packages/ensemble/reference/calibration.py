"""Makes beta.json, netcal.json, vennAbers.json, plattTight.json, nonNegativeStack.json and boxes.json of packages/ensemble/test/golden.

python -m venv ENV && ENV/bin/pip install -r packages/ensemble/reference/requirements.txt
ENV/bin/python packages/ensemble/reference/calibration.py [beta netcal venn_abers platt non_negative_stack boxes]
"""
import importlib
import json
import sys
from importlib.metadata import version
from pathlib import Path

import betacal.beta_calibration as betacal
import numpy as np
import sklearn.calibration
from ensemble_boxes import nms, weighted_boxes_fusion
from ensemble_boxes.ensemble_boxes_nms import cpu_soft_nms_float
from scipy.optimize import minimize
from sklearn.linear_model import LogisticRegression
from venn_abers import VennAbers

SEED = 11
FOLDER = Path(__file__).parent.parent / "test" / "golden"
PACKAGES = ["scikit-learn", "scipy", "numpy", "betacal", "venn-abers", "ensemble-boxes"]


def write(name, packages=PACKAGES, **content):
    made = {"made by": ", ".join(f"{p} {version(p)}" for p in packages) + ", reference/calibration.py", "seed": SEED}
    (FOLDER / f"{name}.json").write_text(json.dumps({**made, **content}) + "\n")


def samples(random):
    """Logits and labels: few and many, with ties, rare positives, logits that are too sure."""
    for n, prevalence, digits, gain in [(30, 0.5, 1, 1), (200, 0.3, 1, 1), (500, 0.05, 4, 1), (300, 0.4, 3, 3)]:
        labels = (random.random(n) < prevalence).astype(int)
        labels[:2] = [0, 1]
        yield np.round(gain * (random.normal(size=n) + 1.2 * labels - 0.6), digits), labels


def beta(random):
    # betacal's own solver stops at a gradient of 1e-4: the same regression, solved to the end.
    betacal.LogisticRegression = lambda C: LogisticRegression(C=C, solver="newton-cholesky", tol=1e-14, max_iter=10000)
    cases = []
    for logits, labels in samples(random):
        s = 1 / (1 + np.exp(-logits))
        model = betacal._BetaCal().fit(s, labels)
        at = np.linspace(logits.min() - 2, logits.max() + 2, 41)
        cases.append({"logits": logits.tolist(), "labels": labels.tolist(), "at": at.tolist(), "probabilities": model.predict(1 / (1 + np.exp(-at))).tolist()})
    write("beta", cases=cases)


def netcal(random):
    """Temperature and beta as netcal finds them, and where its own loss is lowest: its search takes slopes from differences and stops when the loss falls by 2e-9."""
    scaling = importlib.import_module("netcal.scaling")
    regression = sys.modules["netcal.scaling.AbstractLogisticRegression"]
    search = regression.minimize

    def to_the_end(fun, x0, **rest):
        found = search(fun, x0, **rest)
        for _ in range(3):
            found = search(fun, found.x, **rest, method="Nelder-Mead", options={"xatol": 1e-12, "fatol": 1e-18, "maxiter": 20000, "maxfev": 40000})
        return found

    cases = []
    for logits, labels in samples(random):
        s = 1 / (1 + np.exp(-logits))
        at = np.linspace(logits.min() - 2, logits.max() + 2, 41)
        case = {"logits": logits.tolist(), "labels": labels.tolist(), "at": at.tolist()}
        for key, minimize_by in [("asItIs", search), ("toTheEnd", to_the_end)]:
            regression.minimize = minimize_by
            temperature, beta = scaling.TemperatureScaling(), scaling.BetaCalibration()
            temperature.fit(s, labels)
            beta.fit(s, labels)
            # What netcal calls a temperature is what logits are multiplied by.
            case[key] = {"temperature": 1 / temperature.temperature.item(), "beta": beta.transform(1 / (1 + np.exp(-at))).tolist()}
        cases.append(case)
    write("netcal", ["netcal", "torch", "scipy", "numpy"], cases=cases)


def venn_abers(random):
    cases = []
    for scores, labels in samples(random):
        model = VennAbers()
        model.fit(np.column_stack([-scores, scores]), labels)
        at = np.concatenate([np.linspace(scores.min() - 1, scores.max() + 1, 41), scores[:20]])
        probability, ends = model.predict_proba(np.column_stack([-at, at]))
        cases.append({"scores": scores.tolist(), "labels": labels.tolist(), "at": at.tolist(), "probabilities": probability[:, 1].tolist(), "ends": ends.tolist()})
    write("vennAbers", cases=cases)


def platt(random):
    # scikit-learn stops its search at a gradient of 1e-5: the same function, searched to the end.
    tight = lambda loss, start, **rest: minimize(loss, start, jac=True, method="BFGS", options={"gtol": 1e-13, "maxiter": 10000})
    sklearn.calibration.minimize = tight
    cases = []
    for scores, labels in samples(random):
        a, b = sklearn.calibration._sigmoid_calibration(scores.astype(np.float64), labels)
        cases.append({"scores": scores.tolist(), "labels": labels.tolist(), "slope": -a, "intercept": -b})
    write("plattTight", cases=cases)


def non_negative_stack(random):
    """Members that agree, and one that speaks against."""
    cases = []
    for n, ridge in [(60, 1), (300, 0.1), (300, 25), (1000, 1e-3)]:
        labels = (random.random(n) < 0.4).astype(int)
        labels[:2] = [0, 1]
        shared = random.normal(size=n) + labels
        members = [shared + 0.3 * random.normal(size=n), shared + 0.5 * random.normal(size=n), random.normal(size=n) - 0.7 * labels, 3 * random.normal(size=n)]
        x = np.column_stack([np.round(m, 4) for m in members] + [np.ones(n)])

        def loss(beta):
            z = x @ beta
            p = 1 / (1 + np.exp(-z))
            penalty = np.array([ridge] * len(members) + [0.0])
            return np.logaddexp(0, z).sum() - (labels * z).sum() + (penalty * beta**2).sum() / 2, x.T @ (p - labels) + penalty * beta

        bounds = [(0, None)] * len(members) + [(None, None)]
        best = minimize(loss, np.zeros(x.shape[1]), jac=True, method="L-BFGS-B", bounds=bounds, options={"ftol": 1e-16, "gtol": 1e-12, "maxiter": 100000, "maxls": 100})
        cases.append({"members": x[:, :-1].T.tolist(), "labels": labels.tolist(), "ridge": ridge, "weights": best.x[:-1].tolist(), "intercept": float(best.x[-1])})
    write("nonNegativeStack", cases=cases)


def scene(random):
    """A few true places, seen by some models with jitter, and false ones."""
    models = int(random.integers(1, 6))
    places = random.uniform(0.1, 0.75, size=(int(random.integers(1, 5)), 2))
    case = {"boxes": [], "scores": [], "labels": [], "weights": random.uniform(0.5, 2, size=models).round(3).tolist()}
    for _ in range(models):
        count = int(random.integers(1, 7))
        corner = (places[random.integers(len(places), size=count)] + random.normal(scale=0.02, size=(count, 2))).clip(0, 0.8)
        size = random.uniform(0.08, 0.18, size=(count, 2))
        case["boxes"].append(np.hstack([corner, corner + size]).round(4).tolist())
        case["scores"].append((0.001 + 0.998 * random.random(count)).round(4).tolist())
        case["labels"].append(random.integers(2, size=count).tolist())
    return case


def short(values):
    """Eight decimals are enough for a comparison to the sixth."""
    return [round(float(v), 8) for v in values]


def soft(case, iou, code):
    """Boxes that soft suppression keeps, with their lowered scores: `soft_nms` itself gives back the first scores."""
    found = []
    box, score, label = (np.concatenate(case[key]) for key in ["boxes", "scores", "labels"])
    for c in np.unique(label):
        lowered = score[label == c].copy()
        keep = cpu_soft_nms_float(box[label == c].copy(), lowered, Nt=iou, sigma=0.1, thresh=0.001, method=code)
        found += [[int(c), *short([s, *box[label == c][k]])] for k, s in zip(keep, lowered[lowered > 0.001])]
    return found


def boxes(random):
    """100 random cases: fusion by each confidence type, and suppression, hard and soft. The tools change their scores in place: each gets a copy."""
    cases = []
    for i in range(100):
        case = scene(random)
        copy = lambda: json.loads(json.dumps([case["boxes"], case["scores"], case["labels"]]))
        iou = [0.3, 0.5, 0.55, 0.7][i % 4]
        # Order of equal scores is nobody's promise: by label and box.
        rows = lambda found: [[int(c), *short([s, *b])] for b, s, c in zip(*found)]
        fused = {rule: rows(weighted_boxes_fusion(*copy(), weights=case["weights"], iou_thr=iou, skip_box_thr=0.0001, conf_type=rule)) for rule in ["avg", "max", "box_and_model_avg", "absent_model_aware_avg"]}
        hard = rows(nms(*copy(), weights=None, iou_thr=iou))
        cases.append({**case, "iou": iou, "fused": fused, "hard": hard, "soft": {"linear": soft(case, iou, 1), "gaussian": soft(case, iou, 2)}})
    write("boxes", cases=cases)


for make in [beta, netcal, venn_abers, platt, non_negative_stack, boxes]:
    if len(sys.argv) == 1 or make.__name__ in sys.argv:
        make(np.random.default_rng(SEED))
