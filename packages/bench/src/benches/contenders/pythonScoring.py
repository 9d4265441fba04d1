"""The open Python way of score.ts: pydicom + GDCM + scikit-image to the standard image, then DreamNet in PyTorch. python pythonScoring.py WIDTH THREADS FILE..., then a line of JSON each iteration."""

import json
import resource
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[4] / "io" / "reference"))
try:
    import bench_peer
    import torch
    from layers import DreamNet
except ImportError as error:
    print(json.dumps({"missing": str(error)}), flush=True)
    sys.exit(0)

width, threads, *files = sys.argv[1:]
torch.set_num_threads(int(threads))
torch.manual_seed(0)
model = DreamNet(float(width), bench_peer.ROWS, bench_peer.COLUMNS).eval()


def standard(path):
    return torch.from_numpy(bench_peer.standardize(Path(path).read_bytes()))


def score():
    """Files are read by as many threads as there are, ahead of the net."""
    with ThreadPoolExecutor(int(threads)) as pool, torch.inference_mode():
        for image in pool.map(standard, files):
            float(model(image[None, None]))


score()
print(json.dumps({"ready": True, "torch": torch.__version__, **bench_peer.versions}), flush=True)
for line in sys.stdin:
    if "memory" in json.loads(line):
        print(json.dumps({"memory": {"peakMiB": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024}}), flush=True)
        continue
    start = time.perf_counter()
    score()
    print(json.dumps({"seconds": time.perf_counter() - start}), flush=True)
