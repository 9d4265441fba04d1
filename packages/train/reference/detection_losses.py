"""Focal, GIoU and smooth-L1 losses of 100 random cases with their gradients, by torchvision in float64; prints a golden JSON."""
import json, platform
import torch, torchvision
from torchvision.ops import generalized_box_iou_loss, sigmoid_focal_loss

torch.manual_seed(7)
N, K = 4, 3
yx = [1, 0, 3, 2]
round3 = lambda t: (t * 1000).round() / 1000
flat = lambda t: [float(f"{v:.9g}") for v in t.detach().flatten().tolist()]

def graded(value, z):
    return {"value": float(f"{float(value):.9g}"), "grad": flat(torch.autograd.grad(value, z)[0])}

def boxes():  # x, y order
    corner, side = torch.rand(N, 2, dtype=torch.float64) * 12, torch.rand(N, 2, dtype=torch.float64) * 9 + 1
    return round3(torch.cat([corner, corner + side], 1))

def case(index):
    alpha, gamma, beta = [0.25, 0.5, 0.9][index % 3], [2.0, 0.5, 3.0][index % 3], [1 / 9, 1.0][index % 2]
    logits = round3(torch.randn(N, K, dtype=torch.float64) * 3).requires_grad_()
    targets = (torch.rand(N, K) < 0.3).double()
    counted, matched = (torch.rand(N) < 0.8).double(), (torch.rand(N) < 0.7).double()
    focal = (sigmoid_focal_loss(logits, targets, alpha, gamma) * counted[:, None]).sum() / max(1.0, float((targets * counted[:, None]).sum()))
    a, b = boxes(), boxes().requires_grad_()
    count = max(1.0, float(matched.sum()))
    giou = (generalized_box_iou_loss(b, a) * matched).sum() / count
    u, v = round3(torch.randn(N, 4, dtype=torch.float64)), round3(torch.randn(N, 4, dtype=torch.float64)).requires_grad_()
    smooth = (torch.nn.functional.smooth_l1_loss(v, u, beta=beta, reduction="none") * matched[:, None]).sum() / count
    giou_result = graded(giou, b)
    giou_result["grad"] = [giou_result["grad"][4 * n + i] for n in range(N) for i in yx]
    return {"alpha": alpha, "gamma": gamma, "beta": beta, "logits": flat(logits), "targets": flat(targets), "counted": flat(counted), "matched": flat(matched),
            "focal": graded(focal, logits), "truths": flat(a[:, yx]), "boxes": flat(b[:, yx]), "giou": giou_result,
            "wanted": flat(u), "offsets": flat(v), "smooth": graded(smooth, v)}

print(json.dumps({"by": {"script": "reference/detection_losses.py", "torch": torch.__version__, "torchvision": torchvision.__version__, "python": platform.python_version(), "seed": 7}, "cases": [case(i) for i in range(100)]}))
