"""What the PyTorch twins of backend.ts and train.ts are built of: layers as in packages/models/reference/nets.py."""

from torch import nn


def widener(width):
    """Channels at width 1 -> channels at this width."""
    return lambda channels: max(1, round(channels * width))


def unit(inputs, outputs, size, padding=0):
    return [nn.Conv2d(inputs, outputs, size, padding=padding, bias=False), nn.BatchNorm2d(outputs, eps=1e-3), nn.ReLU(inplace=True)]
