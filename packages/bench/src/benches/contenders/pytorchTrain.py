"""The baseline of train.ts: the same graphs in PyTorch, trained on batches of its DataLoader. python pytorchTrain.py FOLDER WIDTH STEPS WORKERS THREADS CASE (JSON), then one line {"run": n} an iteration or {"memory": 1}.

FOLDER holds the views: pixels.bin, 16-bit values of one behind the other, and views.json, what else is known of each. Crops are cut at places drawn as the recipes draw them, from other random numbers.
"""

import json
import math
import os
import resource
import sys
import time

try:
    import numpy as np
    import torch
    import torch.nn.functional as F
    from torch import nn
    from layers import unit, widener
    from torch.utils.data import DataLoader, Dataset
except ImportError as error:
    print(json.dumps({"missing": str(error)}), flush=True)
    sys.exit(0)

folder, width, steps, workers, threads, case = sys.argv[1:7]
width, steps, workers, case = float(width), int(steps), int(workers), json.loads(case)
kind, batch = case["kind"], case["batch"]
torch.set_num_threads(int(threads))
torch.manual_seed(0)

# Graphs: the layers of packages/models/reference/{nets,graphs}.py as modules

wide = widener(width)


def block(inputs, outputs):
    return nn.Sequential(*unit(inputs, outputs, 3, 1), *unit(outputs, outputs, 3, 1), nn.MaxPool2d(2))


def blocks():
    channels = [1, *(wide(n) for n in (32, 64, 128, 256, 256, 512))]
    return [block(inputs, outputs) for inputs, outputs in zip(channels, channels[1:])]


def features():
    return nn.Sequential(*blocks(), *unit(wide(512), wide(1024), 3), *unit(wide(1024), wide(512), 1))


class DetectorNet(nn.Module):
    def __init__(self):
        super().__init__()
        self.trunk = nn.Sequential(features(), nn.Conv2d(wide(512), 5, 1))

    def forward(self, x):
        return self.trunk(x)

    def loss(self, b):
        return F.cross_entropy(self(b["pixels"]).flatten(1), b["classes"])


class Head(nn.Module):
    """A view's logit from its heatmap of 16 x 10 cells, and from what else is told of it."""

    def __init__(self, inputs, extras=0):
        super().__init__()
        self.branch = nn.Sequential(*unit(inputs, 16, (3, 2)), *unit(16, 8, 1), nn.Conv2d(8, 1, 1))
        self.shortcut = nn.Linear(6 * inputs + extras, 1)

    def forward(self, cells, extra=None):
        pooled = F.max_pool2d(torch.relu(cells), 5)
        flat = pooled.flatten(1) if extra is None else torch.cat([pooled.flatten(1), extra], 1)
        return self.branch(pooled).reshape(-1, 1) + self.shortcut(flat)


class DreamNet(nn.Module):
    def __init__(self):
        super().__init__()
        self.trunk, self.head = DetectorNet(), Head(5)

    def loss(self, b):
        return F.binary_cross_entropy_with_logits(self.head(self.trunk(b["pixels"]))[:, 0], b["labels"])


class RetinaNet(nn.Module):
    def __init__(self):
        super().__init__()
        self.blocks = nn.ModuleList(blocks())
        own = wide(256)
        self.lateral = nn.ModuleList(nn.Conv2d(wide(n), own, 1) for n in (128, 256, 256, 512))
        self.output = nn.ModuleList(nn.Conv2d(own, own, 3, padding=1) for _ in range(4))
        self.top = nn.Conv2d(own, own, 2, stride=2)
        self.heads = nn.ModuleList([self.tower(own, 4), self.tower(own, 4)])
        nn.init.constant_(self.heads[0][-1].bias, -math.log(99))

    def tower(self, own, numbers):
        groups = own // 8 if own % 8 == 0 else 1
        layer = lambda: [nn.Conv2d(own, own, 3, padding=1, bias=False), nn.GroupNorm(groups, own, eps=1e-3), nn.ReLU(inplace=True)]
        return nn.Sequential(*(one for _ in range(4) for one in layer()), nn.Conv2d(own, 9 * numbers, 3, padding=1))

    def forward(self, x):
        maps = []
        for one in self.blocks:
            x = one(x)
            maps.append(x)
        merged = []
        for lateral, cells in reversed(list(zip(self.lateral, maps[2:]))):
            own = lateral(cells)
            merged.insert(0, own + F.interpolate(merged[0], scale_factor=2.0, mode="nearest") if merged else own)
        levels = [output(cells) for output, cells in zip(self.output, merged)]
        levels.append(self.top(levels[-1]))
        return [torch.cat([head(level).permute(0, 2, 3, 1).reshape(len(x), -1, 4) for level in levels], 1) for head in self.heads]

    def loss(self, b):
        logits, offsets = self(b["pixels"])
        target, counted, matched = b["classes"], b["counted"][..., None], b["matched"]
        p = torch.sigmoid(logits)
        hit = p * target + (1 - p) * (1 - target)
        weight = 0.25 * target + 0.75 * (1 - target)
        focal = (F.binary_cross_entropy_with_logits(logits, target, reduction="none") * weight * (1 - hit) ** 2 * counted).sum()
        boxes = (F.smooth_l1_loss(offsets, b["offsets"], beta=1 / 9, reduction="none") * matched[..., None]).sum()
        return focal / (target * counted).sum().clamp(min=1) + boxes / matched.sum().clamp(min=1)


class CaracNet(nn.Module):
    def __init__(self):
        super().__init__()
        self.features = features()
        self.dense, self.malignancy, self.kind = nn.Linear(2 * wide(512) + 8, wide(256)), nn.Linear(wide(256), 1), nn.Linear(wide(256), 4)

    def loss(self, b):
        fine, context = self.features(torch.cat([b["fine"], b["context"]])).mean((2, 3)).chunk(2)
        vector = torch.relu(self.dense(torch.cat([fine, context, b["geometry"]], 1)))
        malignant = F.binary_cross_entropy_with_logits(self.malignancy(vector)[:, 0], b["labels"])
        return malignant + F.cross_entropy(self.kind(vector), b["kinds"])


def both_sides(b):
    left, right = (b["present"][:, side].reshape(-1, 1, 1, 1) for side in (0, 1))
    return torch.cat([b["left"] * left + b["right"] * (1 - left), b["right"] * right + b["left"] * (1 - right)])


def other_side(own, present, nothing):
    left, right = own.chunk(2)
    there = torch.cat([present[:, 1], present[:, 0]]).reshape(-1, *[1] * (own.dim() - 1))
    return torch.cat([right, left]) * there + nothing * (1 - there), (1 - there).reshape(-1, 1)


class CaracNetSymmetry(nn.Module):
    def __init__(self):
        super().__init__()
        self.features, self.nothing = features(), nn.Parameter(torch.zeros(1, wide(512)))
        self.dense, self.malignancy = nn.Linear(4 * wide(512) + 1, wide(256)), nn.Linear(wide(256), 1)

    def loss(self, b):
        own = self.features(both_sides(b)).mean((2, 3))
        other, missing = other_side(own, b["present"], self.nothing)
        vector = torch.relu(self.dense(torch.cat([own, other, (own - other).abs(), own * other, missing], 1)))
        return F.binary_cross_entropy_with_logits(self.malignancy(vector)[: len(b["labels"]), 0], b["labels"])


class DreamNetSymmetry(nn.Module):
    def __init__(self):
        super().__init__()
        self.features, self.nothing = features(), nn.Parameter(torch.zeros(1, wide(512), 1, 1))
        self.detect, self.compare, self.head = nn.Conv2d(wide(512), 5, 1), nn.Conv2d(wide(512), 5, 1), Head(10, 1)

    def loss(self, b):
        own = self.features(both_sides(b))
        other, missing = other_side(own, b["present"], self.nothing)
        cells = torch.cat([self.detect(own), self.compare(own - F.max_pool2d(other, 3, 1, 1))], 1)
        logits = torch.cat(self.head(cells, missing).chunk(2), 1)
        return F.binary_cross_entropy_with_logits(logits * b["present"], b["labels"])


# Batches: an item of the data set is one of a batch

views = json.load(open(os.path.join(folder, "views.json")))
rows, columns = views[0]["rows"], views[0]["columns"]
pixels = np.fromfile(os.path.join(folder, "pixels.bin"), dtype=np.uint16).reshape(len(views), rows, columns)
lesions = [(view, lesion) for view, own in enumerate(views) for lesion in own["lesions"]]
kinds = ["mass", "calcification", "distortion", "asymmetry"]


def shown(values):
    """16-bit values -> [1, h, w] in [0, 1]."""
    return torch.from_numpy(values.astype(np.float32))[None] / 65535


def between(random, low, high):
    return float(random.uniform(low, high))


def crop(view, center, side, scale=1.0, angle=0.0, shear=0.0, flip_rows=False, flip_columns=False):
    """A turned square of side x side pixels, [1, side, side]; 0 outside the image."""
    cos, sin = math.cos(angle) / scale, math.sin(angle) / scale
    down, right = -1 if flip_rows else 1, -1 if flip_columns else 1
    turn = torch.tensor([[down * cos, right * (shear * cos - sin)], [down * sin, right * (shear * sin + cos)]])
    reach = turn.abs().sum(1) * side / 2
    top, left = (max(0, math.floor(center[axis] - float(reach[axis])) - 2) for axis in (0, 1))
    bottom, end = (min(size, math.ceil(center[axis] + float(reach[axis])) + 2) for axis, size in ((0, rows), (1, columns)))
    if bottom <= top or end <= left:
        return torch.zeros(1, side, side)
    part = shown(pixels[view, top:bottom, left:end])
    at = torch.arange(side) + 0.5 - side / 2
    y = turn[0, 0] * at[:, None] + turn[0, 1] * at + (center[0] - top)
    x = turn[1, 0] * at[:, None] + turn[1, 1] * at + (center[1] - left)
    grid = torch.stack([2 * x / part.shape[2] - 1, 2 * y / part.shape[1] - 1], -1)
    return F.grid_sample(part[None], grid[None], align_corners=False)[0]


def background_place(random, view):
    own, candidates = views[view], []
    breast = own["breast"]
    for _ in range(200):
        row, column = between(random, breast["top"], breast["bottom"]), between(random, breast["left"], breast["right"])
        clear = all(
            row < box["top"] - 48 or row > box["bottom"] + 48 or column < box["left"] - 48 or column > box["right"] + 48
            for box in (lesion["box"] for lesion in own["lesions"])
        )
        if clear and pixels[view, int(row), int(column)] > 0:
            candidates.append((row, column))
        if len(candidates) == 3:
            break
    if not candidates:
        return breast["bottom"], breast["right"]
    if random.random() < 0.5:
        return candidates[0]
    around = lambda row, column: pixels[view, max(0, int(row) - 40) : int(row) + 40 : 8, max(0, int(column) - 40) : int(column) + 40 : 8]
    return max(candidates, key=lambda place: int(around(*place).sum()))


def center_of(box):
    return (box["top"] + box["bottom"]) / 2, (box["left"] + box["right"]) / 2


def patch(random, step, item):
    classes = [[one for one in lesions if class_of(one[1]) == index] for index in range(1, 5)]
    present = [index for index in range(1, 5) if classes[index - 1]]
    turn = dict(
        angle=math.radians(between(random, -25, 25)),
        scale=between(random, 0.8, 1.2),
        shear=between(random, -0.2, 0.2),
        flip_rows=random.random() < 0.5,
        flip_columns=random.random() < 0.5,
    )
    if item % 2 == 0:
        view = int(random.integers(len(views)))
        return {"pixels": crop(view, background_place(random, view), 224, **turn), "classes": 0}
    wanted = present[((item - 1) // 2 + step) % len(present)]
    view, lesion = classes[wanted - 1][int(random.integers(len(classes[wanted - 1])))]
    box = lesion["box"]
    center = between(random, box["top"], box["bottom"]), between(random, box["left"], box["right"])
    return {"pixels": crop(view, center, 224, **turn), "classes": wanted}


def class_of(lesion):
    return 1 + int(lesion["kind"] != "calcification") + 2 * int(lesion["malignant"])


def anchors_of(side):
    found = []
    for stride in (8, 16, 32, 64, 128):
        sizes = [(2.5 * stride * 2 ** (k / 3), ratio) for ratio in (0.5, 1, 2) for k in range(3)]
        halves = np.array([(size * math.sqrt(ratio) / 2, size / math.sqrt(ratio) / 2) for size, ratio in sizes])
        at = stride / 2 + stride * np.arange(side // stride)
        y, x = (axis[..., None] for axis in np.meshgrid(at, at, indexing="ij"))
        found.append(np.stack([y - halves[:, 0], x - halves[:, 1], y + halves[:, 0], x + halves[:, 1]], -1).reshape(-1, 4))
    return np.concatenate(found).astype(np.float32)


anchors = anchors_of(256)


def targets(boxes, labels):
    count = len(anchors)
    onehot, counted, matched, offsets = (np.zeros((count, *shape), np.float32) for shape in ([4], [], [], [4]))
    if len(boxes) == 0:
        return {"classes": onehot, "counted": counted + 1, "matched": matched, "offsets": offsets}
    boxes = np.array(boxes, np.float32)
    inner = np.clip(np.minimum(anchors[:, None, 2:], boxes[:, 2:]) - np.maximum(anchors[:, None, :2], boxes[:, :2]), 0, None).prod(-1)
    area = lambda of: (of[:, 2] - of[:, 0]) * (of[:, 3] - of[:, 1])
    overlap = inner / (area(anchors)[:, None] + area(boxes) - inner)
    nearest, highest = overlap.argmax(1), overlap.max(1)
    of_truth = (highest >= 0.5) | ((overlap == overlap.max(0)) & (overlap > 0)).any(1)
    counted[(highest < 0.4) | of_truth] = 1
    matched[of_truth] = 1
    own, truth = anchors[of_truth], boxes[nearest[of_truth]]
    onehot[of_truth, np.array(labels)[nearest[of_truth]]] = 1
    side = own[:, 2:] - own[:, :2]
    offsets[of_truth, :2] = (truth[:, :2] + truth[:, 2:] - own[:, :2] - own[:, 2:]) / 2 / side
    offsets[of_truth, 2:] = np.log((truth[:, 2:] - truth[:, :2]) / side)
    return {"classes": onehot, "counted": counted, "matched": matched, "offsets": offsets}


def window(random, step, item):
    found = [kind for kind in kinds if any(lesion["kind"] == kind for _, lesion in lesions)]
    of_kind = max(1, (batch - round(batch / 3)) // len(found))
    within = lambda at, length: min(length - 128, max(128, at))
    if item < of_kind * len(found):
        own = [one for one in lesions if one[1]["kind"] == found[item // of_kind]]
        view, lesion = own[int(random.integers(len(own)))]
        box, (row, column) = lesion["box"], center_of(lesion["box"])
        down, right = abs(256 - (box["bottom"] - box["top"])) / 2, abs(256 - (box["right"] - box["left"])) / 2
        center = within(row + between(random, -down, down), rows), within(column + between(random, -right, right), columns)
    else:
        view = int(random.integers(len(views)))
        center = background_place(random, view)
    scale, flips = between(random, 0.85, 1.2), [random.random() < 0.5, random.random() < 0.5]
    boxes, labels = [], []
    for lesion in views[view]["lesions"]:
        box = lesion["box"]
        corners = [
            [128 + (-1 if flip else 1) * scale * (at - middle) for at in (box[first], box[last])]
            for flip, middle, (first, last) in zip(flips, center, (("top", "bottom"), ("left", "right")))
        ]
        (top, bottom), (left, right) = (np.clip(sorted(pair), 0, 256) for pair in corners)
        if (bottom - top) * (right - left) >= 0.5 * scale**2 * (box["bottom"] - box["top"]) * (box["right"] - box["left"]):
            boxes.append([top, left, bottom, right])
            labels.append(kinds.index(lesion["kind"]))
    return {"pixels": crop(view, center, 256, scale=scale, flip_rows=flips[0], flip_columns=flips[1]), **targets(boxes, labels)}


def drawn_lesion(random, step, item):
    half = [one for one in lesions if one[1]["malignant"] == bool(item % 2)]
    found = sorted({lesion["kind"] for _, lesion in half})
    own = [one for one in half if one[1]["kind"] == found[(step + (item >> 1)) % len(found)]]
    view, lesion = own[int(random.integers(len(own)))]
    box, (row, column) = lesion["box"], center_of(lesion["box"])
    height, breadth = box["bottom"] - box["top"], box["right"] - box["left"]
    row, column = row + between(random, -0.1, 0.1) * height, column + between(random, -0.1, 0.1) * breadth
    height, breadth = height * between(random, 0.8, 1.25), breadth * between(random, 0.8, 1.25)
    turn = dict(angle=between(random, -math.pi, math.pi), flip_columns=random.random() < 0.5)
    return view, lesion, (row, column), (height, breadth), turn


def lesion_crops(random, step, item):
    view, lesion, center, (height, breadth), turn = drawn_lesion(random, step, item)
    cut = lambda times: crop(view, center, 224, scale=224 / (times * max(height, breadth)), **turn)
    cm, code = views[view]["mmPerPixel"] / 10, views[view]["view"]
    geometry = [math.log(height * cm), math.log(breadth * cm), center[0] / rows, center[1] / columns, code.startswith("CC"), code.startswith("MLO"), 0, 0]
    labels = {"labels": np.float32(lesion["malignant"]), "kinds": kinds.index(lesion["kind"])}
    return {"fine": cut(1.25), "context": cut(2.5), "geometry": np.array(geometry, np.float32), **labels}


def opposite_crops(random, step, item):
    view, lesion, center, size, turn = drawn_lesion(random, step, item)
    own = views[view]
    same = [at for at, one in enumerate(views) if (one["patientId"], one["view"]) == (own["patientId"], own["view"]) and one["laterality"] != own["laterality"]]
    scale = 224 / (2.5 * max(size))
    left, right = crop(view, center, 224, scale=scale, **turn), torch.zeros(1, 224, 224)
    if same:
        place = [at - here + there for at, here, there in zip(center, own["nipple"], views[same[0]]["nipple"])]
        right = crop(same[0], place, 224, scale=scale, **turn)
    return {"left": left, "right": right, "present": np.array([1, len(same) > 0], np.float32), "labels": np.float32(lesion["malignant"])}


def turned(view, flip):
    return shown(pixels[view, ::-1] if flip else pixels[view])


def whole_view(random, step, item):
    own = [at for at, view in enumerate(views) if view["cancer"] == item % 2]
    view = own[int(random.integers(len(own)))]
    return {"pixels": turned(view, random.random() < 0.5), "labels": np.float32(views[view]["cancer"])}


def breast_pair(random, step, item):
    pairs = {}
    for at, view in enumerate(views):
        pairs.setdefault((view["patientId"], view["view"]), {}).setdefault(view["laterality"], at)
    cancer = lambda pair: any(views[at]["cancer"] for at in pair.values())
    own = [pair for pair in pairs.values() if cancer(pair) == bool(item % 2)]
    pair, flip = own[int(random.integers(len(own)))], random.random() < 0.5
    sides = [pair.get(side, next(iter(pair.values()))) for side in "LR"]
    left, right = (turned(view, flip) for view in sides)
    flags = {"present": [side in pair for side in "LR"], "labels": [views[view]["cancer"] for view in sides]}
    return {"left": left, "right": right, **{name: np.array(values, np.float32) for name, values in flags.items()}}


class Batches(Dataset):
    def __len__(self):
        # As many ahead of the last timed step as the loader prefetches: none of its work falls outside the time.
        return batch * (1 + steps + 2 * workers)

    def __getitem__(self, index):
        return makers[kind](np.random.default_rng([1, index]), index // batch, index % batch)


graphs = {"patches": DetectorNet, "windows": RetinaNet, "lesions": CaracNet, "opposite": CaracNetSymmetry, "views": DreamNet, "pairs": DreamNetSymmetry}
makers = {"patches": patch, "windows": window, "lesions": lesion_crops, "opposite": opposite_crops, "views": whole_view, "pairs": breast_pair}

model = graphs[kind]()
# Whole views and windows are too few for batch statistics: as in the recipes, the running ones hold.
model.train(kind in ("patches", "lesions", "opposite"))
optimizer = torch.optim.AdamW(model.parameters(), lr=1e-3, weight_decay=1e-3)


def train(b):
    optimizer.zero_grad()
    loss = model.loss(b)
    loss.backward()
    nn.utils.clip_grad_norm_(model.parameters(), 5)
    optimizer.step()
    return loss.item()


loader = DataLoader(Batches(), batch_size=batch, num_workers=workers, persistent_workers=True, prefetch_factor=2)


def iterate():
    """Seconds of a step, over all but the first. What the loader has begun beyond the last is waited for: it takes no time from others."""
    for step, b in enumerate(loader):
        if step <= steps and not math.isfinite(train(b)):
            raise ValueError(f"Expected a finite loss at step {step}")
        if step == 0:
            start = time.perf_counter()
        if step == steps:
            seconds = (time.perf_counter() - start) / steps
    return seconds


iterate()
parameters = sum(p.numel() for p in model.parameters())
print(json.dumps({"ready": True, "version": torch.__version__, "parameters": parameters, "threads": torch.get_num_threads()}), flush=True)
for line in sys.stdin:
    if "memory" in json.loads(line):
        print(json.dumps({"memory": {"peakMiB": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024}}), flush=True)
        continue
    print(json.dumps({"seconds": iterate()}), flush=True)
