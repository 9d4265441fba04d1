import { describe, expect, it } from "vitest";
import { type Option, readArguments, UsageError } from "../cli/program.ts";
import { whenLong } from "../cli/progress.ts";
import { run } from "./run.ts";

const options = {
  name: { kind: "text", default: "a", choices: ["a", "b"], help: "" },
  count: { kind: "number", range: [1, 9], integer: true, help: "" },
  loud: { kind: "flag", help: "" },
} as const satisfies Record<string, Option>;

describe("readArguments", () => {
  it("gives defaults, numbers, flags and positionals", () => {
    expect(readArguments(options, ["x", "--count", "3", "--loud"])).toEqual({ values: { name: "a", count: 3, loud: true }, positionals: ["x"] });
  });
  it.each([
    [["--name", "c"], "Expected --name to be one of a, b"],
    [["--count", "1.5"], "Expected --count to be a whole number in [1, 9]"],
    [["--count", ""], "Expected --count to be a whole number in [1, 9]"],
    [["--count"], "see --help"],
    [["--other"], "got another; see --help"],
    [["--loud", "--cuont=3"], "is --count meant?; see --help"],
    [["--Name", "a"], "is --name meant?; see --help"],
  ])("refuses %j in one line", (argv, message) => {
    const call = () => readArguments(options, argv);
    expect(call).toThrow(UsageError);
    expect(call).toThrow(message);
  });
});

describe("each program", () => {
  it.each(["dream", "score", "evaluate"])("%s tells how it is used, and refuses what it does not know with one line and status 2", async (name) => {
    const help = await run(name, ["--help"]);
    expect([help.status, help.stderr]).toEqual([0, ""]);
    for (const word of ["usage: npm run", ...(name === "score" ? [] : ["--seed"]), "--out", "--debug", "--help", "ends with 0"])
      expect(help.stdout).toContain(word);
    const wrong = await run(name, ["--colour", "red"]);
    expect(wrong.status).toBe(2);
    expect(wrong.stderr.trim().split("\n")).toHaveLength(1);
  });
  it("score says where weights come from when there are none", async () => {
    const { status, stderr } = await run("score", ["nothing.dcm", "--weights", "no-such-folder"]);
    expect(status).toBe(1);
    expect(stderr.trim()).toMatch(/^error \[no-weights\]: .*npm run dream/);
  });
});

describe("whenLong", () => {
  async function* work() {
    yield 1;
    yield 2;
    return "done";
  }
  const told = async (seconds: number) => {
    const [steps, all] = [whenLong(work(), seconds), [] as number[]];
    for (;;) {
      const step = await steps.next();
      if (step.done) return [all, step.value];
      all.push(step.value);
    }
  };

  it("tells the steps of long work, and only the end of work that is over soon", async () => {
    expect(await told(-1)).toEqual([[1, 2], "done"]);
    expect(await told(60)).toEqual([[], "done"]);
  });
});
