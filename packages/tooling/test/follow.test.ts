import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { afterAll, beforeAll, describe, expect, it } from "vitest";

const tooling = fileURLToPath(new URL("..", import.meta.url));
let folder = "";
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "mammo-follow-"));
  // As run.mjs, without the set-up.
  await writeFile(
    join(folder, "launcher.mjs"),
    `import { follow } from ${JSON.stringify(pathToFileURL(join(tooling, "follow.mjs")).href)};
follow(process.execPath, ["--import", ${JSON.stringify(join(tooling, "endWithParent.mjs"))}, ${JSON.stringify(join(folder, "program.mjs"))}, ...process.argv.slice(2)]);`,
  );
  // Computes without a break after it has told its number, or ends as it is told.
  await writeFile(
    join(folder, "program.mjs"),
    `import { writeSync } from "node:fs";
if (process.argv[2] === "deaf") process.on("SIGTERM", () => {});
writeSync(1, String(process.pid));
if (process.argv[2] === "busy" || process.argv[2] === "deaf") for (;;);
if (process.argv[2] === "wait") setInterval(() => {}, 1000);
else process.exit(Number(process.argv[2]));`,
  );
});
afterAll(() => rm(folder, { recursive: true, force: true }));

async function launch(word: string): Promise<{ readonly launcher: ChildProcess; readonly program: number; readonly end: Promise<unknown[]> }> {
  const launcher = spawn(process.execPath, [join(folder, "launcher.mjs"), word], { stdio: ["ignore", "pipe", "inherit"] });
  const end = once(launcher, "exit");
  const [pid] = await once(launcher.stdout!, "data");
  return { launcher, program: Number(String(pid)), end };
}

const isRunning = (pid: number): boolean => {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
};

async function expectGone(pid: number): Promise<void> {
  for (let wait = 0; wait < 60 && isRunning(pid); wait++) await new Promise((resolve) => setTimeout(resolve, 50));
  expect(isRunning(pid)).toBe(false);
}

describe.skipIf(process.platform === "win32")("a launched program (not on Windows)", () => {
  it("gives its exit code on", async () => {
    expect((await (await launch("3")).end)[0]).toBe(3);
  });

  it.each([
    ["SIGHUP", 129],
    ["SIGINT", 130],
    ["SIGQUIT", 131],
    ["SIGTERM", 143],
  ] as const)("gets %s, and its launcher ends with %i", async (signal, code) => {
    const { launcher, program, end } = await launch("wait");
    launcher.kill(signal);
    expect((await end)[0]).toBe(code);
    await expectGone(program);
  });

  it("is killed where it has heard no signal for ten seconds, and its launcher ends as if it had", { timeout: 60_000 }, async () => {
    const { launcher, program, end } = await launch("deaf");
    launcher.kill("SIGTERM");
    expect((await end)[0]).toBe(143);
    await expectGone(program);
  });

  it("does not begin where its launcher was gone before it", async () => {
    const program = spawn(process.execPath, ["--import", join(tooling, "endWithParent.mjs"), join(folder, "program.mjs"), "3"], {
      env: { ...process.env, MAMMO_LAUNCHER: "999999999" },
      stdio: "ignore",
    });
    expect(await once(program, "exit")).toEqual([null, "SIGKILL"]);
  });

  it("is gone within 3 s when its launcher is killed, even while it computes", { timeout: 60_000 }, async () => {
    const { launcher, program, end } = await launch("busy");
    launcher.kill("SIGKILL");
    await end;
    await expectGone(program);
  });
});
