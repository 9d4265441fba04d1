import { afterEach, describe, expect, it, vi } from "vitest";
import { program } from "../src/program.ts";

const { argv } = process;
afterEach(() => {
  vi.restoreAllMocks();
  process.argv = argv;
  process.exitCode = undefined;
});

/** What a program with these arguments gets and prints. */
async function run(args: readonly string[], work = async () => {}) {
  process.argv = ["node", "main.ts", ...args];
  const [out, err] = [vi.spyOn(process.stdout, "write"), vi.spyOn(process.stderr, "write")].map((spy) => spy.mockReturnValue(true));
  const got: unknown[] = [];
  await program({ help: "npm run x", options: { threads: { type: "string", default: "1" } } }, async (values) => {
    got.push({ ...values });
    await work();
  });
  return { got, out: out!.mock.calls.join(""), err: err!.mock.calls.join(""), code: process.exitCode };
}

describe("program", () => {
  it("hands over options with their defaults", async () => {
    expect(await run(["--threads", "2"])).toEqual({ got: [{ threads: "2" }], out: "", err: "", code: undefined });
    expect((await run([])).got).toEqual([{ threads: "1" }]);
  });

  it("answers --help and does nothing else", async () => {
    const { out, ...rest } = await run(["--help"]);
    expect(rest).toEqual({ got: [], err: "", code: undefined });
    expect(out).toMatch(/^npm run x\n\nends with 0 .*, 130 on Ctrl-C, 143 on kill\n$/);
  });

  it("ends with one line, and exit code 1 for an error, 2 for an unknown option and an argument that is no option", async () => {
    const fail = async () => {
      throw new Error("Expected a GPU, got none");
    };
    expect(await run([], fail)).toMatchObject({ err: "Expected a GPU, got none\n", code: 1 });
    expect(await run(["--nothing"])).toMatchObject({ got: [], err: expect.stringContaining("--nothing"), code: 2 });
    expect(await run(["webgpu"])).toMatchObject({ got: [], err: expect.stringContaining("webgpu"), code: 2 });
  });
});
