"""The baseline of backend.ts: the same nets in PyTorch. python pytorch.py NET WIDTH BATCH ROWS COLUMNS forward|train THREADS [PIXELS], then one line {"run": n} per iteration or {"memory": 1}."""

import itertools
import json
import os
import resource
import sys
import time

try:
    import torch
    from layers import unit, widener
    from torch import nn
except ImportError as error:
    print(json.dumps({"missing": str(error)}), flush=True)
    sys.exit(0)

net, width, batch, rows, columns, task, threads, *files = sys.argv[1:]
width, batch, rows, columns = float(width), int(batch), int(rows), int(columns)
torch.set_num_threads(int(threads))
torch.manual_seed(0)


wide = widener(width)


def trunk():
    layers, inputs = [], 1
    for channels in (32, 64, 128, 256, 256, 512):
        layers += unit(inputs, wide(channels), 3, 1) + unit(wide(channels), wide(channels), 3, 1) + [nn.MaxPool2d(2)]
        inputs = wide(channels)
    layers += unit(inputs, wide(1024), 3) + unit(wide(1024), wide(512), 1) + [nn.Conv2d(wide(512), 5, 1)]
    return nn.Sequential(*layers)


class DreamNet(nn.Module):
    def __init__(self):
        super().__init__()
        self.trunk = trunk()
        high, long = (rows // 64 - 2) // 5, (columns // 64 - 2) // 5
        self.head = nn.Sequential(*unit(5, wide(16), (high, long)), *unit(wide(16), wide(8), 1), nn.Conv2d(wide(8), 1, 1))
        self.shortcut = nn.Linear(5 * high * long, 1)

    def forward(self, x):
        pooled = nn.functional.max_pool2d(torch.relu(self.trunk(x)), 5)
        return self.head(pooled).reshape(-1, 1) + self.shortcut(pooled.flatten(1))


model = trunk() if net == "detector" else DreamNet()
if files:
    count = os.path.getsize(files[0]) // 4
    batches = itertools.cycle(torch.from_file(files[0], size=count).reshape(-1, batch, 1, rows, columns).clone())
else:
    batches = itertools.repeat(torch.rand(batch, 1, rows, columns))
labels = torch.arange(batch) % 5
targets = (torch.arange(batch) % 2).float().reshape(-1, 1)
optimizer = torch.optim.Adam(model.parameters(), lr=1e-3)


def forward():
    with torch.no_grad():
        model(next(batches))


def train():
    optimizer.zero_grad()
    output = model(next(batches))
    if net == "detector":
        loss = nn.functional.cross_entropy(output.reshape(batch, 5), labels)
    else:
        loss = nn.functional.binary_cross_entropy_with_logits(output, targets)
    loss.backward()
    optimizer.step()


model.train(task == "train")
work = train if task == "train" else forward
parameters = sum(p.numel() for p in model.parameters())
print(json.dumps({"ready": True, "version": torch.__version__, "parameters": parameters, "threads": torch.get_num_threads()}), flush=True)
for line in sys.stdin:
    if "memory" in json.loads(line):
        print(json.dumps({"memory": {"peakMiB": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024}}), flush=True)
        continue
    start = time.perf_counter()
    work()
    print(json.dumps({"seconds": time.perf_counter() - start}), flush=True)
