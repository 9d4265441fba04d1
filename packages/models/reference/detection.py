"""Anchors, box coder, matcher and suppression by torchvision (soft NMS, which it lacks, from the paper); prints a golden JSON of 100 random cases.

Inputs come from integer hashes that both sides compute (nets.py), in torch's order x, y; results are printed in ours, y, x. Corners are whole numbers, so
overlaps are exact ratios and ties fall alike.
"""
import json, platform
import torch, torchvision
from torchvision.models.detection._utils import BoxCoder, Matcher
from torchvision.models.detection.anchor_utils import AnchorGenerator
from torchvision.models.detection.image_list import ImageList
from torchvision.ops import batched_nms, box_iou, nms
from nets import fnv1a, stream

def whole(key, n, below):
    return [u * below >> 32 for u in stream(fnv1a(key), n)]

def boxes(key, n, jitter=None):  # rows of top, left, height, width from the hash; x, y order for torch
    parts = torch.tensor(whole(key, 4 * n, 28), dtype=torch.float64).reshape(-1, 4)
    top, left, bottom, right = parts[:, 0], parts[:, 1], parts[:, 0] + parts[:, 2] + 4, parts[:, 1] + parts[:, 3] + 4
    return torch.stack([left, top, right, bottom], 1)

yx = [1, 0, 3, 2]
coder, flat = BoxCoder((1.0, 1.0, 1.0, 1.0)), lambda t: t.flatten().tolist()

def soft_nms(at, scores, decay, sigma=0.5, threshold=0.3, least=0.001):
    scores, left, out = scores.clone(), list(range(len(at))), []
    overlap = box_iou(at, at)
    while left:
        best = max(left, key=lambda i: (float(scores[i]), -i))
        if scores[best] < least: break
        left.remove(best)
        out.append([best, float(scores[best])])
        for i in left:
            o = float(overlap[best, i])
            scores[i] *= float(torch.exp(torch.tensor(-(o * o) / sigma, dtype=torch.float64))) if decay == "gaussian" else (1 - o if o > threshold else 1)
    return out

def short(value):
    if isinstance(value, float): return float(f"{value:.7g}")
    if isinstance(value, list): return [short(v) for v in value]
    return {k: short(v) for k, v in value.items()} if isinstance(value, dict) else value

def anchors_case(case):
    rows, columns, stride, a, b = [1 + v for v in whole(f"{case}/grid", 5, 4)]
    sizes, ratios = [4 * a, 4 * (a + b)], [[0.25, 1.0, 4.0], [1.0], [4.0, 1.0]][case % 3]
    generator = AnchorGenerator(sizes=((*sizes,),), aspect_ratios=((*ratios,),))
    image = torch.zeros(1, 1, rows * stride, columns * stride, dtype=torch.float64)
    found = generator(ImageList(image, [(rows * stride, columns * stride)]), [torch.zeros(1, 1, rows, columns, dtype=torch.float64)])[0]
    return {"rows": rows, "columns": columns, "stride": stride, "sizes": sizes, "ratios": ratios, "anchors": flat(found[:, yx])}

def case_of(case):
    n, m = 14, case % 4
    anchors, truths = boxes(f"{case}/anchors", n), boxes(f"{case}/truths", m)
    offsets = torch.tensor(whole(f"{case}/offsets", 4 * n, 12001), dtype=torch.float64).reshape(-1, 4) / 1000 - 6  # some beyond the clip
    offsets[:, :2] /= 6
    result = {"encoded": flat(coder.encode_single(boxes(f"{case}/others", n), anchors)[:, yx]), "decoded": flat(coder.decode_single(offsets[:, yx], anchors)[:, yx])}
    for low in (False, True):
        matcher = Matcher(0.5, 0.4, allow_low_quality_matches=low)
        quality = box_iou(truths, anchors)
        result["low" if low else "plain"] = matcher(quality).tolist() if m else [-1] * n
    at, scores, labels = boxes(f"{case}/anchors", n), torch.tensor(whole(f"{case}/scores", n, 100000), dtype=torch.float64) / 100000, torch.tensor(whole(f"{case}/labels", n, 3))
    threshold = 0.2 + 0.1 * (case % 4)
    return {**result, "threshold": threshold, "nms": nms(at, scores, threshold).tolist(), "classWise": batched_nms(at, scores, labels, threshold).tolist(),
            "gaussian": soft_nms(at, scores, "gaussian"), "linear": soft_nms(at, scores, "linear")}

print(json.dumps(short({
    "by": {"script": "reference/detection.py", "torch": torch.__version__, "torchvision": torchvision.__version__, "python": platform.python_version()},
    "anchors": [anchors_case(c) for c in range(12)],
    "cases": [case_of(c) for c in range(100)],
})))
