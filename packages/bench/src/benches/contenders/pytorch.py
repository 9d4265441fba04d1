"""The baseline of backend.ts: the same nets in PyTorch. python pytorch.py NET WIDTH BATCH ROWS COLUMNS forward|train THREADS [PIXELS], then one line {"run": n} per iteration or {"memory": 1}."""

import itertools
import json
import os
import resource
import sys
import time

try:
    import torch
    from layers import DreamNet, trunk
    from torch import nn
except ImportError as error:
    print(json.dumps({"missing": str(error)}), flush=True)
    sys.exit(0)

net, width, batch, rows, columns, task, threads, *files = sys.argv[1:]
width, batch, rows, columns = float(width), int(batch), int(rows), int(columns)
torch.set_num_threads(int(threads))
torch.manual_seed(0)

model = trunk(width) if net == "detector" else DreamNet(width, rows, columns)
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
