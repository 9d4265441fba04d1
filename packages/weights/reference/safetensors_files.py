"""Files written by the format's own library, and the numbers in them: FOLDER/safetensors.json holds the bytes in base64."""
import base64, json, platform, sys
import numpy, safetensors
from safetensors.numpy import save

mixed = {
    "b/kernel": numpy.arange(6, dtype=numpy.float32).reshape(2, 3) / 7,
    "a/count": numpy.array(12345.0, dtype=numpy.float64),
    "labels": numpy.array([-1, 0, 2**31 - 1], dtype=numpy.int32),
    "bytes": numpy.array([0, 255, 3], dtype=numpy.uint8),
    "wide": numpy.array([-(2**62), 5], dtype=numpy.int64),
    "short": numpy.array([[-32768], [7]], dtype=numpy.int16),
    "none": numpy.zeros([0, 4], dtype=numpy.float32),
    "7": numpy.ones([1], dtype=numpy.float32),
    "ünï\"code": numpy.full([2], -0.5, dtype=numpy.float32),
}
files = {"mixed": save(mixed), "withMetadata": save({"x": mixed["b/kernel"]}, {"format": "pt"}), "empty": save({})}
json.dump({
    "by": {"script": "reference/safetensors_files.py", "safetensors": safetensors.__version__, "numpy": numpy.__version__, "python": platform.python_version()},
    "files": {name: base64.b64encode(data).decode() for name, data in files.items()},
    "mixed": {n: {"dtype": str(a.dtype), "shape": list(a.shape), "values": [str(v) for v in a.flatten().tolist()]} for n, a in mixed.items()},
}, open(sys.argv[1] + "/safetensors.json", "w"), indent=1)
