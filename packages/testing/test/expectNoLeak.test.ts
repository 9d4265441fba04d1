import "@tensorflow/tfjs-backend-cpu";
import { scalar, setBackend, square, type Tensor, tidy } from "@tensorflow/tfjs-core";
import { beforeAll, describe, expect, it } from "vitest";
import { expectNoLeak } from "../src/index.ts";

beforeAll(() => setBackend("cpu"));

describe("expectNoLeak", () => {
  it("hands on the result of tidy work", async () => {
    expect(await expectNoLeak(() => tidy(() => square(scalar(2)).dataSync()[0]))).toBe(4);
    expect(await expectNoLeak(async () => "done")).toBe("done");
  });

  it("fails when a tensor stays behind, also one made after a promise", async () => {
    const left: Tensor[] = [];
    await expect(expectNoLeak(() => void left.push(scalar(1)))).rejects.toThrow(/left behind/);
    await expect(
      expectNoLeak(async () => {
        await Promise.resolve();
        left.push(scalar(1));
      }),
    ).rejects.toThrow(/left behind/);
    for (const tensor of left) tensor.dispose();
  });
});
