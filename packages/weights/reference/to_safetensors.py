"""A PyTorch or Keras file -> a safetensors file with its arrays under their own names, shapes and layouts; `importWeights` of @mammo/models maps them.

    python3 to_safetensors.py STATE.pt OUT.safetensors [KEY]   a state_dict, or the one under KEY (`state_dict`, `model.ema`) of a checkpoint; needs torch
    python3 to_safetensors.py MODEL.h5 OUT.safetensors         also .hdf5, .weights.h5 and .keras; needs h5py
                                                               names are paths in the file: model_weights/LAYER/…/kernel

Half precision becomes float32, which holds each of its numbers; nothing else is changed. Pickles are read by torch's `weights_only`, so that no code of theirs runs.
"""
import io, sys, zipfile
import numpy
from safetensors.numpy import save_file


def torch_arrays(path, key):
    import torch

    state = torch.load(path, map_location="cpu", weights_only=True)
    for part in key.split(".") if key else []:
        state = state[part]
    other = sorted(name for name, value in state.items() if not isinstance(value, torch.Tensor))
    if other:
        sys.exit(f"Expected a state_dict of tensors, got also {', '.join(other)}: name the state's key as the third argument.")
    half = (torch.float16, torch.bfloat16)
    return {name: (t.float() if t.dtype in half else t).detach().contiguous().numpy() for name, t in state.items()}


def keras_arrays(path):
    import h5py

    arrays = {}

    def take(name, one):
        if isinstance(one, h5py.Dataset) and one.dtype.kind in "fiu":
            arrays[name] = one[()].astype(numpy.float32) if one.dtype == numpy.float16 else numpy.asarray(one[()])

    source = io.BytesIO(zipfile.ZipFile(path).read("model.weights.h5")) if zipfile.is_zipfile(path) else path
    with h5py.File(source, "r") as file:
        file.visititems(take)
    return arrays


path, out, key = [*sys.argv[1:], None][:3]
is_keras = path.endswith((".h5", ".hdf5", ".keras"))
save_file(keras_arrays(path) if is_keras else torch_arrays(path, key), out)
