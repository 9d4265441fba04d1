"""What the PyTorch twins of backend.ts, score.ts and train.ts are built of: layers as in packages/models/reference/nets.py."""

import torch
from torch import nn


def widener(width):
    """Channels at width 1 -> channels at this width."""
    return lambda channels: max(1, round(channels * width))


def unit(inputs, outputs, size, padding=0):
    return [nn.Conv2d(inputs, outputs, size, padding=padding, bias=False), nn.BatchNorm2d(outputs, eps=1e-3), nn.ReLU(inplace=True)]


def trunk(width):
    wide, layers, inputs = widener(width), [], 1
    for channels in (32, 64, 128, 256, 256, 512):
        layers += unit(inputs, wide(channels), 3, 1) + unit(wide(channels), wide(channels), 3, 1) + [nn.MaxPool2d(2)]
        inputs = wide(channels)
    layers += unit(inputs, wide(1024), 3) + unit(wide(1024), wide(512), 1) + [nn.Conv2d(wide(512), 5, 1)]
    return nn.Sequential(*layers)


class DreamNet(nn.Module):
    def __init__(self, width, rows, columns):
        super().__init__()
        wide = widener(width)
        self.trunk = trunk(width)
        high, long = (rows // 64 - 2) // 5, (columns // 64 - 2) // 5
        self.head = nn.Sequential(*unit(5, wide(16), (high, long)), *unit(wide(16), wide(8), 1), nn.Conv2d(wide(8), 1, 1))
        self.shortcut = nn.Linear(5 * high * long, 1)

    def forward(self, x):
        pooled = nn.functional.max_pool2d(torch.relu(self.trunk(x)), 5)
        return self.head(pooled).reshape(-1, 1) + self.shortcut(pooled.flatten(1))
