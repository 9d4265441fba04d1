import { checkGradient, gradientCases } from "@mammo/testing/gradients";
import { memory } from "@tensorflow/tfjs-core";
import { beforeAll, describe, expect, it } from "vitest";
import { type BackendName, selectBackend } from "../src/index.ts";

/** All rows of the gradient table on one backend: a file of its own for each, because a process keeps its first threads. */
export function testGradients(prefer: BackendName, threads: number, allowSoftwareGpu = false): void {
  describe(`gradients by finite differences on ${prefer} with ${threads} threads`, () => {
    beforeAll(async () => {
      const selected = await selectBackend({ prefer, threads, allowSoftwareGpu });
      expect(selected).toMatchObject({ backend: prefer, threads });
    });

    const runnable = gradientCases.filter((test) => !test.without?.(prefer));
    it.each(runnable.map((test) => [`${test.op}: ${test.form}`, test] as const))("%s", async (_name, test) => {
      const before = memory().numTensors;
      const { valueError, gradientError, problem } = await checkGradient(test);
      expect(problem).toBeUndefined();
      expect(valueError).toBeLessThan(1e-5);
      expect(gradientError).toBeLessThan(1e-5);
      expect(memory().numTensors).toBe(before);
    });
  });
}
