"""Adam, AdamW and SGD of PyTorch over hashed gradients, in float64; prints a golden JSON of the parameters after each step."""
import json, math, platform
import torch

SHAPES = {"a/kernel": [2, 3], "b/bias": [3]}
STEPS = 12

def value(name, step, i):  # both sides compute it
    return math.sin(1.7 * i + 0.9 * step + len(name)) * (1 + step % 3)

def tensor(name, step):
    n = math.prod(SHAPES[name])
    return torch.tensor([value(name, step, i) for i in range(n)], dtype=torch.float64).reshape(SHAPES[name])

def run(make, clip=None):
    params = {n: tensor(n, -1).clone().requires_grad_() for n in SHAPES}
    optimizer = make(params)
    track = []
    for step in range(STEPS):
        for n, p in params.items(): p.grad = tensor(n, step)
        if clip: torch.nn.utils.clip_grad_norm_(params.values(), clip)
        optimizer.step()
        track.append({n: p.detach().flatten().tolist() for n, p in params.items()})
    return track

def kernels_decay(rate):  # our default: kernels decay, biases do not
    return lambda p: [{"params": [p["a/kernel"]], "weight_decay": rate}, {"params": [p["b/bias"]], "weight_decay": 0}]

def averaged(decay):
    average, out = {n: tensor(n, -1) for n in SHAPES}, []
    for step in range(STEPS):
        average = {n: decay * average[n] + (1 - decay) * tensor(n, step) for n in SHAPES}
        out.append({n: t.flatten().tolist() for n, t in average.items()})
    return out

cosine = torch.optim.SGD([torch.zeros(1)], lr=0.5)
schedule = torch.optim.lr_scheduler.CosineAnnealingLR(cosine, T_max=20)
rates = []
for _ in range(21):
    rates.append(cosine.param_groups[0]["lr"])
    cosine.step(); schedule.step()

print(json.dumps({
    "by": {"script": "reference/optimizers.py", "torch": torch.__version__, "python": platform.python_version(), "dtype": "float64"},
    "shapes": SHAPES,
    "adam": run(lambda p: torch.optim.Adam(p.values(), lr=1e-2)),
    "adamBetas": run(lambda p: torch.optim.Adam(p.values(), lr=1e-2, betas=(0.5, 0.9), eps=1e-3)),
    "adamw": run(lambda p: torch.optim.AdamW(kernels_decay(0.1)(p), lr=1e-2)),
    "adamClipped": run(lambda p: torch.optim.Adam(p.values(), lr=1e-2), clip=1.5),
    "sgd": run(lambda p: torch.optim.SGD(p.values(), lr=1e-2)),
    "sgdMomentum": run(lambda p: torch.optim.SGD(kernels_decay(0.1)(p), lr=1e-2, momentum=0.9)),
    "ema": averaged(0.9),
    "cosine": rates,
}))
