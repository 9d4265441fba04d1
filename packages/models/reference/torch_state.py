"""DreamNet as a PyTorch module, written from the layer table with PyTorch's own layers, names, layouts and epsilon: FOLDER/torchState.json holds its state_dict as
weights/reference/to_safetensors.py converts it, and its logit and heatmap for the hashed pixels of nets.py, in float64."""
import base64, json, os, platform, subprocess, sys, tempfile
import numpy, safetensors, torch
from torch import nn
from nets import nhwc, noise, short

WIDTH, SIZE = 1 / 32, [768, 448]  # pools to 2x1
c = lambda n: max(1, round(n * WIDTH))


class ConvNormRelu(nn.Sequential):
    def __init__(self, inputs, filters, size, padding=0):
        super().__init__(nn.Conv2d(inputs, filters, size, padding=padding, bias=False), nn.BatchNorm2d(filters), nn.ReLU())


class DreamNet(nn.Module):
    def __init__(self, pooled):
        super().__init__()
        self.blocks = nn.ModuleList()
        inputs = 1
        for n in [32, 64, 128, 256, 256, 512]:
            self.blocks.append(nn.Sequential(ConvNormRelu(inputs, c(n), 3, 1), ConvNormRelu(c(n), c(n), 3, 1), nn.MaxPool2d(2)))
            inputs = c(n)
        self.conv7, self.conv8 = ConvNormRelu(inputs, c(1024), 3), ConvNormRelu(c(1024), c(512), 1)
        self.conv9 = nn.Conv2d(c(512), 5, 1)
        self.branch = nn.Sequential(ConvNormRelu(5, c(16), pooled), ConvNormRelu(c(16), c(8), 1), nn.Conv2d(c(8), 1, 1))
        self.shortcut = nn.Linear(5 * pooled[0] * pooled[1], 1)

    def forward(self, x):
        for block in self.blocks: x = block(x)
        heatmap = self.conv9(self.conv8(self.conv7(x)))
        pooled = nn.functional.max_pool2d(heatmap.relu(), 5)
        return self.branch(pooled).flatten(1) + self.shortcut(pooled.flatten(1)), heatmap


torch.manual_seed(1)
model = DreamNet([2, 1]).eval()
for module in model.modules():  # not as a new layer's, which a wrong import might not read
    if isinstance(module, nn.BatchNorm2d):
        nn.init.uniform_(module.weight, 0.5, 1.5); nn.init.uniform_(module.bias, -0.3, 0.3)
        module.running_mean.uniform_(-0.3, 0.3); module.running_var.uniform_(0.3, 1.5)
    elif isinstance(module, nn.Conv2d): nn.init.kaiming_uniform_(module.weight, nonlinearity="relu")
with tempfile.TemporaryDirectory() as folder:
    torch.save({"step": 7, "model": model.state_dict()}, folder + "/state.pt")
    script = os.path.join(os.path.dirname(os.path.abspath(__file__)), "../../weights/reference/to_safetensors.py")
    subprocess.run([sys.executable, script, folder + "/state.pt", folder + "/out", "model"], check=True)
    state = open(folder + "/out", "rb").read()
with torch.no_grad():
    logit, heatmap = model.double()(noise("pixels", [1, *SIZE, 1]).permute(0, 3, 1, 2))
versions = {m.__name__: m.__version__ for m in (torch, safetensors, numpy)}
json.dump(short({
    "by": {"script": "reference/torch_state.py", **versions, "python": platform.python_version(), "dtype": "float64"},
    "width": WIDTH, "size": SIZE, "logit": float(logit), "heatmap": nhwc(heatmap).flatten().tolist(), "state": base64.b64encode(state).decode(),
}), open(sys.argv[1] + "/torchState.json", "w"), indent=1)
