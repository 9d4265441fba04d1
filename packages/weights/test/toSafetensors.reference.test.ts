import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { decodeSafetensors, type NamedArray } from "@mammo/weights";
import { afterAll, describe, expect, it } from "vitest";

const python = process.env["MAMMO_PYTHON"] ?? "python3";
const has = (modules: string) => spawnSync(python, ["-c", `import ${modules}`]).status === 0;
const hasH5py = has("h5py, safetensors");
const hasTorch = has("torch, safetensors");
const folder = mkdtempSync(join(tmpdir(), "mammo-states-"));
afterAll(() => rmSync(folder, { recursive: true }));

const run = (...args: readonly string[]) => spawnSync(python, args, { cwd: folder, encoding: "utf8" });
function write(program: string): void {
  const { status, stderr } = run("-c", program);
  expect(status, stderr).toBe(0);
}
function convert(...args: readonly string[]): Readonly<Record<string, NamedArray>> {
  const { status, stderr } = run(fileURLToPath(new URL("../reference/to_safetensors.py", import.meta.url)), args[0]!, "out", ...args.slice(1));
  expect(status, stderr).toBe(0);
  return { ...decodeSafetensors(readFileSync(join(folder, "out"))).arrays };
}

describe.skipIf(!hasH5py)("to_safetensors.py on Keras's files (needs Python with h5py and safetensors, see MAMMO_PYTHON)", () => {
  const file = `
import h5py, numpy
with h5py.File(NAME, "w") as file:
    layer = file.create_group("model_weights/conv1/conv1")
    layer["kernel"] = numpy.arange(6, dtype="f4").reshape(1, 1, 2, 3)
    layer["half"] = numpy.array([0.1, -65504], "f2")
    file["optimizer_weights/iteration"] = numpy.int64(2**40)
    file["model_config"] = "a text is no array"
`;
  const expected = {
    "model_weights/conv1/conv1/kernel": { shape: [1, 1, 2, 3], data: Float32Array.of(0, 1, 2, 3, 4, 5) },
    "model_weights/conv1/conv1/half": { shape: [2], data: Float32Array.of(0.0999755859375, -65504) },
    "optimizer_weights/iteration": { shape: [], data: BigInt64Array.of(2n ** 40n) },
  };

  it("keeps names, shapes and dtypes of an .h5 file; half precision becomes float32", () => {
    write(file.replace("NAME", '"model.h5"'));
    expect(convert("model.h5")).toEqual(expected);
  });

  it("reads a .keras archive alike", () => {
    write(`${file.replace("NAME", '"model.weights.h5"')}
import zipfile
with zipfile.ZipFile("model.keras", "w") as archive: archive.write("model.weights.h5")
`);
    expect(convert("model.keras")).toEqual(expected);
  });
});

describe.skipIf(!hasTorch)("to_safetensors.py on PyTorch's files (needs Python with torch and safetensors, see MAMMO_PYTHON)", () => {
  const state = `
import torch
state = {"conv.weight": torch.arange(6.0).reshape(1, 2, 3).transpose(1, 2), "half": torch.tensor([0.1]).bfloat16(), "bn.num_batches_tracked": torch.tensor(7)}
`;
  const expected = {
    "conv.weight": { shape: [1, 3, 2], data: Float32Array.of(0, 3, 1, 4, 2, 5) },
    half: { shape: [1], data: Float32Array.of(0.10009765625) },
    "bn.num_batches_tracked": { shape: [], data: BigInt64Array.of(7n) },
  };

  it("keeps names, shapes and dtypes of a state_dict, and of one within a checkpoint", () => {
    write(`${state}torch.save(state, "state.pt"); torch.save({"step": 1, "ema": {"model": state}}, "checkpoint.pt")`);
    expect(convert("state.pt")).toEqual(expected);
    expect(convert("checkpoint.pt", "ema.model")).toEqual(expected);
  }, 180_000);

  it("asks for the key where a checkpoint holds more than a state, and runs no code of a file", () => {
    const script = fileURLToPath(new URL("../reference/to_safetensors.py", import.meta.url));
    write(`${state}torch.save({"step": 1, "model": state}, "checkpoint.pt")`);
    expect(run(script, "checkpoint.pt", "out").stderr).toContain("Expected a state_dict of tensors, got also model, step");
    write(`import os, torch
class Evil:
    def __reduce__(self): return (open, ("ran", "w"))
torch.save({"x": Evil()}, "evil.pt")`);
    expect(run(script, "evil.pt", "out").status).not.toBe(0);
    expect(run("-c", "import os, sys; sys.exit(os.path.exists('ran'))").status).toBe(0);
  }, 180_000); // torch alone may take ten seconds to load, three times
});
