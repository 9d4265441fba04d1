"""DetectorNet in Keras, written from the layer table with Keras's own layers, names and .h5 file: FOLDER/kerasState.json holds the file as
weights/reference/to_safetensors.py converts it, and its logits for the hashed pixels of nets.py."""
import base64, json, os, platform, subprocess, sys, tempfile
import h5py, keras, numpy, safetensors, tensorflow
from keras import layers
from hashed import noise

WIDTH, SIZE = 1 / 32, [224, 256]
c = lambda n: max(1, round(n * WIDTH))
random = numpy.random.default_rng(1)


def conv_norm_relu(x, name, filters, size, pad):
    x = layers.Conv2D(filters, size, padding=pad, use_bias=False, name=name)(x)
    return layers.ReLU(name=name + "_relu")(layers.BatchNormalization(name=name + "_norm")(x))


def detector():
    x = pixels = keras.Input([None, None, 1])
    for k, n in enumerate([32, 64, 128, 256, 256, 512], 1):
        x = conv_norm_relu(x, f"block{k}_conv1", c(n), 3, "same")
        x = conv_norm_relu(x, f"block{k}_conv2", c(n), 3, "same")
        x = layers.MaxPool2D(name=f"block{k}_pool")(x)
    x = conv_norm_relu(x, "conv7", c(1024), 3, "valid")
    x = conv_norm_relu(x, "conv8", c(512), 1, "valid")
    return keras.Model(pixels, layers.Conv2D(5, 1, name="conv9")(x))


def moved(weight):  # not as a new layer's, which a wrong import might not read
    if len(weight.shape) > 1: return random.uniform(-1, 1, weight.shape) * (6 / numpy.prod(weight.shape[:-1])) ** 0.5
    return random.uniform(0.5, 1.5, weight.shape) if weight.name in ("gamma", "moving_variance") else random.uniform(-0.3, 0.3, weight.shape)


model = detector()
model.set_weights([moved(weight) for weight in model.weights])
with tempfile.TemporaryDirectory() as folder:
    model.save(folder + "/model.h5")
    script = os.path.join(os.path.dirname(os.path.abspath(__file__)), "../../weights/reference/to_safetensors.py")
    subprocess.run([sys.executable, script, folder + "/model.h5", folder + "/out"], check=True)
    state = open(folder + "/out", "rb").read()
logits = model(numpy.array(noise("pixels", [2, *SIZE, 1]), numpy.float32).reshape(2, *SIZE, 1)).numpy()
versions = {m.__name__: m.__version__ for m in (keras, tensorflow, h5py, safetensors, numpy)}
json.dump({
    "by": {"script": "reference/keras_state.py", **versions, "python": platform.python_version(), "dtype": "float32"},
    "width": WIDTH, "size": SIZE, "logits": logits.flatten().tolist(), "state": base64.b64encode(state).decode(),
}, open(sys.argv[1] + "/kerasState.json", "w"), indent=1)
