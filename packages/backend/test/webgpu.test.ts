import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { checkGradient, gradientCases } from "@mammo/testing/gradients";
import * as tf from "@tensorflow/tfjs-core";
import { beforeAll, describe, expect, it } from "vitest";
import { selectBackend } from "../src/index.ts";
import { type AdapterInfo, describeAdapter, isSoftware } from "../src/webgpu/adapter.ts";
import { runProgram } from "./runProgram.ts";
import { hasSoftwareGpu, needsSoftwareGpu } from "./softwareGpu.ts";

const { dispose, memory, ones, slice, tidy } = tf;

const named = (names: Partial<AdapterInfo>): AdapterInfo => ({ vendor: "", architecture: "", device: "", description: "", ...names });

describe("an adapter", () => {
  it.each([
    named({ vendor: "mesa", description: "llvmpipe: Mesa 25.0.7 (LLVM 15.0.6)" }),
    named({ vendor: "google", architecture: "swiftshader" }),
    named({ device: "SwiftShader Device (Subzero)" }),
    named({ vendor: "microsoft", device: "Microsoft Basic Render Driver" }),
    named({ vendor: "mesa", architecture: "software" }),
    named({ vendor: "nvidia", isFallbackAdapter: true }),
  ])("is software: %o", (info) => expect(isSoftware(info)).toBe(true));

  it.each([
    named({ vendor: "nvidia", architecture: "ampere", device: "nvidia-a100", description: "NVIDIA: 535.129.03" }),
    named({ vendor: "amd", architecture: "rdna-3", description: "radv: Mesa 25.0.7 (LLVM 15.0.6)" }),
    named({ vendor: "intel", architecture: "xe-2lpg" }),
    named({ vendor: "apple", architecture: "metal-3" }),
    named({}),
  ])("is a GPU: %o", (info) => expect(isSoftware(info)).toBe(false));

  it("is described by what it says of itself, each once", () => {
    const info = named({ vendor: "nvidia", architecture: "ampere", device: "nvidia", description: "NVIDIA: 535.129.03" });
    expect(describeAdapter(info)).toBe("GPU, nvidia ampere, driver NVIDIA: 535.129.03");
    expect(describeAdapter(named({}))).toBe("GPU, unnamed adapter");
  });
});

describe.skipIf(!hasSoftwareGpu)(`webgpu ${needsSoftwareGpu}`, () => {
  const options = { prefer: "webgpu", allowSoftwareGpu: true } as const;

  describe("in this process", () => {
    beforeAll(async () => {
      await expect(selectBackend({ prefer: "webgpu" })).rejects.toMatchObject({
        code: "unavailable",
        message: expect.stringMatching(
          /webgpu on a GPU: what was found is a software GPU, .*llvmpipe.*; webgpu in software: .* only with allowSoftwareGpu/,
        ),
      });
      const selected = await selectBackend(options);
      expect(selected).toMatchObject({ backend: "webgpu", threads: 1, device: expect.stringMatching(/^software GPU, mesa .*driver llvmpipe: Mesa/) });
    });

    it("refuses software again to those who do not allow it, also while it runs", async () => {
      await expect(selectBackend({ prefer: "webgpu" })).rejects.toMatchObject({ code: "unavailable" });
      expect(await selectBackend(options)).toMatchObject({ backend: "webgpu" });
    });

    it("says what the GPU refused instead of giving zeros, to all who were reading, and works on", async () => {
      const { device } = tf.backend() as unknown as { device: { limits: { maxStorageBufferBindingSize: number } } };
      const before = memory().numTensors;
      const [a, b] = tidy(() => {
        const sum = tf.add(ones([device.limits.maxStorageBufferBindingSize / 4 + 1]), 1);
        return [slice(sum, [0], [2]), slice(sum, [2], [2])];
      }) as [tf.Tensor, tf.Tensor];
      const refusal = { code: "gpu-failed", message: expect.stringContaining("larger than the maximum storage buffer binding size") };
      await Promise.all([a, b].map((tensor) => expect(tensor.data()).rejects.toMatchObject(refusal)));
      dispose([a, b]);
      const three = tidy(() => tf.add(ones([3]), 2));
      expect([...(await three.data())]).toEqual([3, 3, 3]);
      three.dispose();
      expect(memory().numTensors).toBe(before);
    });

    it("frees the GPU's buffers of training steps", async () => {
      const [x, filter] = [tf.randomNormal([2, 20, 14, 3]), tf.variable(tf.randomNormal([3, 3, 3, 8]))];
      const step = async () => {
        const loss = tidy(() => {
          const { value, grads } = tf.variableGrads(() => tf.sum(tf.relu(tf.conv2d(x as tf.Tensor4D, filter as unknown as tf.Tensor4D, 1, "same"))));
          filter.assign(tf.sub(filter, tf.mul(grads[filter.name]!, 0.01)));
          return value;
        });
        await loss.data();
        loss.dispose();
      };
      const held = () => ({
        tensors: memory().numTensors,
        bytes: (memory() as unknown as { numBytesAllocatedInGPU: number }).numBytesAllocatedInGPU,
      });
      for (let i = 0; i < 5; i++) await step();
      const before = held();
      for (let i = 0; i < 20; i++) await step();
      expect(held()).toEqual(before);
      dispose([x, filter]);
    });

    it("starts anew after the GPU was lost, with repairs that are right", async () => {
      const deviceNow = () => (tf.backend() as unknown as { device: { destroy(): void; lost: Promise<unknown> } }).device;
      const device = deviceNow();
      device.destroy();
      await device.lost;
      expect(await selectBackend(options)).toMatchObject({ backend: "webgpu" });
      expect(deviceNow()).not.toBe(device);
      const test = gradientCases.find(({ op, form }) => op === "avgPool" && form === "2x2 same, odd")!;
      expect((await checkGradient(test)).gradientError).toBeLessThan(1e-5);
    });
  });

  describe("a process", () => {
    const train = (options: string) => `
      import * as tf from "@tensorflow/tfjs-core";
      import { selectBackend } from "@mammo/backend";
      const selected = await selectBackend(${options});
      const x = tf.ones([1, 32, 32, 8]), filter = tf.ones([3, 3, 8, 8]);
      const before = tf.memory().numTensors;
      for (let step = 0; step < 3; step++) {
        const gradient = tf.grad((f) => tf.sum(tf.square(tf.conv2d(x, f, 1, "same"))))(filter);
        await gradient.data();
        gradient.dispose();
      }
      console.log(selected.backend, tf.memory().numTensors - before, "navigator" in globalThis);`;

    it("obeys MAMMO_BACKEND, ends by itself and leaks no tensor", () => {
      const run = runProgram(train("{ allowSoftwareGpu: true }"), { MAMMO_BACKEND: "webgpu" });
      expect(run).toMatchObject({ status: 0, stdout: `webgpu 0 ${"navigator" in globalThis}\n` });
    });

    it("is never given software by the automatic order, says so in reasons and prints nothing", () => {
      const run = runProgram(`${train("{ allowSoftwareGpu: true }")} console.log(selected.reasons.join("; "));`);
      expect(run).toMatchObject({
        status: 0,
        stderr: "",
        stdout: expect.stringMatching(/^wasm 0 [\s\S]*webgpu on a GPU: what was found is a software GPU/),
      });
    });

    it.skipIf(spawnSync("cc", ["--version"]).status !== 0)("outlives a driver that ends the process which loads it (needs a C compiler)", () => {
      const folder = mkdtempSync(join(tmpdir(), "mammo-driver-"));
      const driver = { file_format_version: "1.0.0", ICD: { api_version: "1.3.0", library_path: join(folder, "driver.so") } };
      writeFileSync(join(folder, "driver.json"), JSON.stringify(driver));
      const source = "void abort(void); __attribute__((constructor)) static void end(void) { abort(); }";
      spawnSync("cc", ["-shared", "-fPIC", "-x", "c", "-", "-o", driver.ICD.library_path], { input: source });
      const run = runProgram(`${train("{}")} console.log(selected.reasons.join("; "));`, { VK_ICD_FILENAMES: join(folder, "driver.json") });
      rmSync(folder, { recursive: true });
      expect(run).toMatchObject({
        status: 0,
        stderr: "",
        stdout: expect.stringMatching(/^wasm 0 [\s\S]*looking for a GPU with Dawn ended with SIGABRT/),
      });
    });

    it.skipIf(spawnSync("cc", ["--version"]).status !== 0)("asks once, and finds the answer among a driver's own lines (needs a C compiler)", () => {
      const folder = mkdtempSync(join(tmpdir(), "mammo-driver-"));
      const driver = { file_format_version: "1.0.0", ICD: { api_version: "1.3.0", library_path: join(folder, "driver.so") } };
      writeFileSync(join(folder, "driver.json"), JSON.stringify(driver));
      const source = `
        #include <fcntl.h>
        #include <stdio.h>
        #include <unistd.h>
        __attribute__((constructor)) static void greet(void) {
          int log = open("${join(folder, "log")}", O_CREAT | O_APPEND | O_WRONLY, 0600);
          dprintf(log, "%d\\n", getpid());
          close(log);
          dprintf(1, "a driver says\\nhello");
        }`;
      expect(spawnSync("cc", ["-shared", "-fPIC", "-x", "c", "-", "-o", driver.ICD.library_path], { input: source }).status).toBe(0);
      const run = runProgram(`${train("{}")} console.log((await selectBackend()).reasons.join("; "));`, {
        VK_ICD_FILENAMES: join(folder, "driver.json"),
      });
      const processes = new Set(readFileSync(join(folder, "log"), "utf8").trim().split("\n"));
      rmSync(folder, { recursive: true });
      expect(run).toMatchObject({ status: 0, stderr: "", stdout: expect.stringMatching(/^wasm 0 [\s\S]*webgpu on a GPU: no GPU was found/) });
      expect(processes.size).toBe(1);
    });

    it("prints nothing when Vulkan has no driver at all", () => {
      const run = runProgram(`${train("{}")} console.log(selected.reasons.join("; "));`, { VK_ICD_FILENAMES: "/none" });
      expect(run).toMatchObject({ status: 0, stderr: "", stdout: expect.stringMatching(/^wasm 0 [\s\S]*webgpu on a GPU: no GPU was found/) });
    });
  });
});
