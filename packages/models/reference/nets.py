"""DetectorNet and DreamNet in PyTorch float64, written from the layer table and not from the TypeScript; prints a golden JSON.

Weights and pixels come from integer hashes that both sides compute, so the file holds results only. Each tensor is reported by its L2 norm and by its
inner product with a hashed probe vector, in TensorFlow's layout: a transposed axis or a swapped channel changes the second.
"""
import json, math, platform
import torch
import torch.nn.functional as F
import hashed
from hashed import f32, fnv1a, stream

EPS, MOMENTUM = 1e-3, 0.9

def he(seed, name, shape):  # shape as in TensorFlow: [..., in, out]
    n, fan_in = math.prod(shape), math.prod(shape[:-1])
    bound = math.sqrt(6 / fan_in)
    return torch.tensor([f32((u / 2**31 - 1) * bound) for u in stream(fnv1a(f"{seed}/{name}"), n)], dtype=torch.float64).reshape(shape)

def noise(name, shape):  # [0, 1)
    return torch.tensor(hashed.noise(name, shape), dtype=torch.float64).reshape(shape)

def summary(t, name):
    t = t.detach()
    return [float(t.norm()), float((t * (noise("probe/" + name, list(t.shape)) - 0.5)).sum())]

class Weights(dict):
    def __init__(self, seed): self.seed, self.buffers, self.margin = seed, {}, math.inf
    def kernel(self, name, shape): return self.setdefault(name, he(self.seed, name, shape).requires_grad_())
    def const(self, name, n, value): return self.setdefault(name, torch.full((n,), value, dtype=torch.float64).requires_grad_())
    def buffer(self, name, n, value): return self.buffers.setdefault(name, torch.full((n,), value, dtype=torch.float64))

def conv(w, x, name, cin, cout, size, pad):
    k = w.kernel(name + "/kernel", [*size, cin, cout])
    return F.conv2d(x, k.permute(3, 2, 0, 1), padding=pad)

def conv_norm_relu(w, x, name, cin, cout, size, pad, training):
    y = conv(w, x, name, cin, cout, size, pad)
    scale, offset = w.const(name + "/scale", cout, 1.0), w.const(name + "/offset", cout, 0.0)
    mean, var = w.buffer(name + "/mean", cout, 0.0), w.buffer(name + "/variance", cout, 1.0)
    if training:
        m, v = y.mean((0, 2, 3)), y.var((0, 2, 3), unbiased=False)
        w.buffers[name + "/mean"], w.buffers[name + "/variance"] = MOMENTUM * mean + (1 - MOMENTUM) * m.detach(), MOMENTUM * var + (1 - MOMENTUM) * v.detach()
    else:
        m, v = mean, var
    at = lambda t: t.reshape(1, -1, 1, 1)
    z = (y - at(m)) / torch.sqrt(at(v) + EPS) * at(scale) + at(offset)
    w.margin = min(w.margin, float(z.detach().abs().min()))
    return F.relu(z)

def conv_bias(w, x, name, cin, cout, size):
    return conv(w, x, name, cin, cout, size, 0) + w.const(name + "/bias", cout, 0.0).reshape(1, -1, 1, 1)

def blocks(w, x, width, training):  # the map of each of the six
    c = lambda n: max(1, round(n * width))
    cin, maps = 1, []
    for k, n in enumerate([32, 64, 128, 256, 256, 512], 1):
        x = conv_norm_relu(w, x, f"block{k}/conv1", cin, c(n), [3, 3], 1, training)
        x = conv_norm_relu(w, x, f"block{k}/conv2", c(n), c(n), [3, 3], 1, training)
        x = F.max_pool2d(x, 2, 2)
        cin = c(n)
        maps.append(x)
    return maps

def features(w, x, width, training):  # layers 1-8
    c = lambda n: max(1, round(n * width))
    x = conv_norm_relu(w, blocks(w, x, width, training)[-1], "conv7", c(512), c(1024), [3, 3], 0, training)
    return conv_norm_relu(w, x, "conv8", c(1024), c(512), [1, 1], 0, training)

def trunk(w, x, width, classes, training):
    return conv_bias(w, features(w, x, width, training), "conv9", max(1, round(512 * width)), classes, [1, 1])

def head(w, cells, width, activation, training):
    pooled = F.max_pool2d({"relu": F.relu, "softmax": lambda t: F.softmax(t, 1), "linear": lambda t: t}[activation](cells), 5, 5)
    _, classes, rows, columns = pooled.shape
    c = lambda n: max(1, round(n * width))
    a = conv_norm_relu(w, pooled, "head/conv1", classes, c(16), [rows, columns], 0, training)
    a = conv_norm_relu(w, a, "head/conv2", c(16), c(8), [1, 1], 0, training)
    a = conv_bias(w, a, "head/conv3", c(8), 1, [1, 1]).reshape(-1, 1)
    flat = pooled.permute(0, 2, 3, 1).reshape(len(pooled), -1)
    k = w.kernel("head/shortcut/kernel", [flat.shape[1], 1])
    return a + flat @ k + w.const("head/shortcut/bias", 1, 0.0)

nhwc = lambda t: t.permute(0, 2, 3, 1)

def grads(w, loss):
    names = sorted(w)
    return {n: summary(g, n) for n, g in zip(names, torch.autograd.grad(loss, [w[n] for n in names]))}

def detector_case(width, size, seed):
    w, x = Weights(seed), noise("pixels", [2, *size, 1]).permute(0, 3, 1, 2)
    trained = nhwc(trunk(w, x, width, 5, True))
    # An activation nearer to 0 than float32 can tell takes the other side of ReLU there, and the gradients with it: another seed, then.
    if w.margin < 4e-6: return detector_case(width, size, seed + 1)
    loss = (trained * noise("target", list(trained.shape))).sum()
    g = grads(w, loss)
    after = {n: summary(b, n) for n, b in sorted(w.buffers.items())}
    still = nhwc(trunk(w, x, width, 5, False))
    return {"width": width, "size": size, "seed": seed, "trainedLogits": trained.flatten().tolist(), "loss": float(loss), "gradients": g, "buffers": after, "logits": still.flatten().tolist()}

def head_case(activation, seed):
    w = Weights(seed)
    cells = (noise("cells/" + activation, [4, 16, 10, 5]) * 4 - 2).permute(0, 3, 1, 2)
    trained = head(w, cells, 1, activation, True)
    loss = (trained * noise("target", list(trained.shape))).sum()
    g = grads(w, loss)
    return {"activation": activation, "seed": seed, "trainedLogits": trained.flatten().tolist(), "gradients": g, "logits": head(w, cells, 1, activation, False).flatten().tolist()}

def dream_case(width, size, seed):
    w, x = Weights(seed), noise("pixels", [1, *size, 1]).permute(0, 3, 1, 2)
    cells = trunk(w, x, width, 5, False)
    return {"width": width, "size": size, "seed": seed, "heatmap": nhwc(cells).flatten().tolist(), "logit": float(head(w, cells, width, "relu", False))}

def short(value):
    if isinstance(value, float): return float(f"{value:.9g}")
    if isinstance(value, list): return [short(v) for v in value]
    return {k: short(v) for k, v in value.items()} if isinstance(value, dict) else value

if __name__ == "__main__":
    print(json.dumps(short({
        "by": {"script": "reference/nets.py", "torch": torch.__version__, "python": platform.python_version(), "dtype": "float64"},
        "detector": detector_case(1 / 32, [256, 320], 3),
        "heads": [head_case(a, 5) for a in ("relu", "softmax", "linear")],
        "dream": dream_case(1 / 32, [768, 448], 4),
    }), indent=1))
