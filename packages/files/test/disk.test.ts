import { execFileSync, fork, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdir, mkdtemp, readdir, readFile, rm, stat, symlink, writeFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { hostname, tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import {
  atomicFile,
  claimFolder,
  isTemporaryName,
  lockFolder,
  readFileIfThere,
  readJson,
  readRegularFile,
  removeTemporary,
  sha256,
  walkFolder,
  writeFileAtomically,
} from "@mammo/files/node";
import { afterEach, beforeEach, describe, expect, it } from "vitest";

/** The loader of TypeScript, which the root of the workspace has. */
const tsx = pathToFileURL(createRequire(new URL("../../../package.json", import.meta.url)).resolve("tsx")).href;

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "mammo-files-"));
});
afterEach(() => rm(folder, { recursive: true, force: true }));
const at = (name: string) => join(folder, name);
const code = (expected: string) => expect.objectContaining({ name: "FilesError", code: expected });

describe("writing", () => {
  it("gives a file its name when it is whole, in a folder made for it, and its hash", async () => {
    const file = await atomicFile(at("new/a.bin"));
    await file.write(Uint8Array.of(1, 2));
    expect(await readdir(at("new"))).toEqual([expect.stringMatching(/^\.a\.bin\..+\.part$/)]);
    await file.write(Uint8Array.of(3));
    expect(await file.commit()).toBe(sha256(Uint8Array.of(1, 2, 3)));
    expect(await readdir(at("new"))).toEqual(["a.bin"]);
    expect(Array.from(await readFile(at("new/a.bin")))).toEqual([1, 2, 3]);
  });

  it("leaves the old file and nothing else where the disk refuses", async () => {
    await mkdir(at("taken"));
    await writeFile(at("taken/inside"), "");
    // A file cannot be renamed over a folder with something in it.
    await expect(writeFileAtomically(at("taken"), "text")).rejects.toEqual(code("write-failed"));
    expect(await readdir(folder)).toEqual(["taken"]);
  });

  it("removes only whole names of its own", async () => {
    const file = await atomicFile(at("shard-1.tar"));
    await writeFile(at(".shard-1.tar.notes.part"), "mine");
    await writeFile(at(".bashrc"), "mine");
    await removeTemporary(folder, (target) => target === "other.tar");
    expect(await readdir(folder)).toHaveLength(3);
    await removeTemporary(folder, (target) => target.endsWith(".tar"));
    expect((await readdir(folder)).sort()).toEqual([".bashrc", ".shard-1.tar.notes.part"]);
    await file.discard();
    expect(isTemporaryName(".a.part", () => true)).toBe(false);
  });
});

describe("reading", () => {
  it("takes regular files, and links that the user names", async () => {
    await writeFile(at("a"), "bytes");
    await symlink(at("a"), at("link"));
    expect(Buffer.from(await readRegularFile(at("link"))).toString()).toBe("bytes");
    expect(await readFileIfThere(at("none"))).toBeUndefined();
  });

  it("refuses folders, pipes, devices, what is too large, what is elsewhere, without waiting and without paths in the text", async () => {
    execFileSync("mkfifo", [at("pipe")]);
    await writeFile(at("large"), "12345");
    await mkdir(at("root"));
    await symlink(at("large"), at("root/link"));
    const refused = [
      [() => readRegularFile(folder), "not-a-file"],
      [() => readRegularFile(at("pipe")), "not-a-file"],
      [() => readRegularFile("/dev/zero"), "not-a-file"],
      [() => readRegularFile(at("large"), { maxBytes: 4 }), "too-large"],
      [() => readRegularFile(at("root/link"), { below: at("root") }), "outside"],
      [() => readRegularFile(at("none")), "unreadable"],
    ] as const;
    for (const [reading, expected] of refused) {
      const error = await reading().then(
        () => undefined,
        (error: Error) => error,
      );
      expect(error).toEqual(code(expected));
      expect(error!.message).not.toContain(folder);
    }
  });

  it("reads JSON, and repeats nothing of what is none", async () => {
    await writeFile(at("a.json"), '{"a":1}');
    await writeFile(at("b.json"), '{"name":"DOE^JANE"');
    expect(await readJson(at("a.json"))).toEqual({ a: 1 });
    expect(await readJson(at("none"))).toBeUndefined();
    const error: Error = await readJson(at("b.json")).then(
      () => new Error("read"),
      (error) => error,
    );
    expect(error).toEqual(code("unreadable"));
    expect(`${error.message}${error.cause}`).not.toContain("DOE");
  });

  it("walks regular files by name, folder by folder, and no links", async () => {
    await mkdir(at("b/c"), { recursive: true });
    await mkdir(at("a"));
    for (const name of ["z", "b/2", "b/1", "b/c/3", "a/4"]) await writeFile(at(name), "");
    await symlink(at("b"), at("loop"));
    const found: string[] = [];
    for await (const path of walkFolder(folder)) found.push(path.slice(folder.length + 1));
    expect(found).toEqual(["z", "a/4", "b/1", "b/2", "b/c/3"]);
    await symlink(at("z"), at("film"));
    await symlink(at("nowhere"), at("lost"));
    const withLinks: string[] = [];
    for await (const path of walkFolder(folder, { followFileLinks: true })) withLinks.push(path.slice(folder.length + 1));
    expect(withLinks).toEqual(["film", "z", "a/4", "b/1", "b/2", "b/c/3"]);
    await expect(walkFolder(folder, { maxEntries: 3 }).next()).rejects.toEqual(code("too-large"));
    await expect(walkFolder(at("none")).next()).rejects.toEqual(code("unreadable"));
  });
});

describe("lockFolder", () => {
  it("is held by one at a time, and can be taken again when it is given back", async () => {
    const first = await lockFolder(at("run"));
    await expect(lockFolder(at("run"))).rejects.toEqual(code("in-use"));
    await first.release();
    const second = await lockFolder(at("run"));
    await second.release();
    expect(await readdir(at("run"))).toEqual([]);
  });

  it("makes a folder for its owner alone, and takes no lock that is no file", async () => {
    await (await lockFolder(at("run"))).release();
    expect((await stat(at("run"))).mode & 0o777).toBe(0o700);
    execFileSync("mkfifo", [at("run/.lock-3")]);
    await expect(lockFolder(at("run"))).rejects.toEqual(code("in-use"));
  });

  it("is taken over from a dead process, not from a live one, nor from one of another machine", async () => {
    const sleeper = spawn("sleep", ["60"]);
    await mkdir(at("run"));
    const hold = async (holder: object) => writeFile(at("run/.lock-5"), JSON.stringify(holder));
    const host = hostname();
    await hold({ host, pid: sleeper.pid });
    await expect(lockFolder(at("run"))).rejects.toEqual(code("in-use"));
    await hold({ host, pid: sleeper.pid, started: "1" }); // an earlier process with the same number
    await (await lockFolder(at("run"))).release();
    sleeper.kill();
    await once(sleeper, "exit");
    await writeFile(at("run/.lock-9"), JSON.stringify({ host, pid: sleeper.pid }));
    await (await lockFolder(at("run"))).release();
    await writeFile(at("run/.lock-20"), JSON.stringify({ host: `not-${host}`, pid: sleeper.pid }));
    await expect(lockFolder(at("run"))).rejects.toThrow("on another machine");
  });

  it("is taken by nobody behind the last number, whose successor would be no lock", async () => {
    await mkdir(at("run"));
    const last = at("run/.lock-999999999999999");
    await writeFile(last, JSON.stringify({ host: hostname(), pid: 2 ** 22 + 1 }));
    await expect(lockFolder(at("run"))).rejects.toEqual(code("in-use"));
    expect(await readdir(at("run"))).toEqual([".lock-999999999999999"]);
    await rm(last);
    await (await lockFolder(at("run"))).release();
  });

  it("is won by exactly one of many processes that start together, over a stale lock too", async () => {
    await mkdir(at("run"));
    for (let round = 0; round < 3; round++) {
      await writeFile(at(`run/.lock-${100 * round + 1}`), JSON.stringify({ host: hostname(), pid: 2 ** 22 + 1 }));
      const children = Array.from({ length: 4 }, () =>
        fork(fileURLToPath(new URL("lockChild.ts", import.meta.url)), [at("run")], {
          execArgv: ["--conditions=@mammo/source", "--import", tsx],
          stdio: ["ignore", "ignore", "inherit", "ipc"],
        }),
      );
      const exits = children.map((child) => once(child, "exit"));
      await Promise.all(children.map((child) => once(child, "message")));
      const answers = children.map((child) => once(child, "message"));
      for (const child of children) child.send("go");
      const won = (await Promise.all(answers)).map(([answer]) => answer);
      expect(won.filter((answer) => answer === "won")).toHaveLength(1);
      expect(won.filter((answer) => answer === "in-use")).toHaveLength(3);
      for (const child of children) child.kill("SIGKILL");
      await Promise.all(exits);
    }
  }, 120_000);
});

describe("claimFolder", () => {
  it("is in use, whatever its holder writes and removes while another one looks", async () => {
    const isOwn = (path: string) => path === "1.dcm";
    const claimed = await claimFolder(at("busy"), { program: "deidentify", isOwn });
    let isDone = false;
    const working = (async () => {
      for (; !isDone; await rm(at("busy/1.dcm"), { force: true })) await writeFile(at("busy/1.dcm"), "");
    })();
    for (let look = 0; look < 300; look++) await expect(claimFolder(at("busy"), { program: "deidentify", isOwn })).rejects.toEqual(code("in-use"));
    isDone = true;
    await working;
    await claimed.release();
  });

  const own = { program: "numbers", isOwn: (path: string) => /^(deep\/)?\d{6}\.dcm$/.test(path) };

  it("takes a new or empty folder, once, and leaves nothing of its own in it", async () => {
    const claimed = await claimFolder(at("out"), own);
    await expect(claimFolder(at("out"), own)).rejects.toEqual(code("in-use"));
    await writeFileAtomically(at("out/000001.dcm"), "");
    await claimed.finish();
    await claimed.release();
    expect(await readdir(at("out"))).toEqual(["000001.dcm"]);
    await expect(claimFolder(at("out"), own)).rejects.toEqual(code("not-empty"));
  });

  it("is refused when used, but for the lock that its run left when it was killed at its very end", async () => {
    const claimed = await claimFolder(at("out"), own);
    await writeFileAtomically(at("out/000001.dcm"), "");
    await claimed.finish();
    await expect(claimFolder(at("out"), own)).rejects.toEqual(code("not-empty"));
    expect(await readdir(at("out"))).toEqual([".lock-1", "000001.dcm"]); // its holder lives
    await claimed.release();
    await writeFile(at("out/.lock-1"), JSON.stringify({ host: hostname(), pid: 2 ** 22 + 1 }));
    await expect(claimFolder(at("out"), own)).rejects.toEqual(code("not-empty"));
    expect(await readdir(at("out"))).toEqual(["000001.dcm"]);
    await writeFile(at("out/.lock-7"), "somebody's notes");
    await expect(claimFolder(at("out"), own)).rejects.toEqual(code("not-empty"));
    expect(await readdir(at("out"))).toEqual([".lock-7", "000001.dcm"]);
  });

  it("takes away what the same program left unfinished, by whole names, and nothing else", async () => {
    const killed = await claimFolder(at("out"), own);
    await writeFileAtomically(at("out/deep/000001.dcm"), "");
    await atomicFile(at("out/deep/000002.dcm"));
    await killed.release();
    await expect(claimFolder(at("out"), { ...own, program: "others" })).rejects.toEqual(code("not-empty"));
    await writeFile(at("out/mine.txt"), "");
    await expect(claimFolder(at("out"), own)).rejects.toEqual(code("not-empty"));
    expect(await readdir(at("out/deep"))).toHaveLength(2);
    await rm(at("out/mine.txt"));
    await (await claimFolder(at("out"), own)).release();
    expect(await readdir(at("out"), { recursive: true })).toEqual(expect.not.arrayContaining([expect.stringContaining("0000")]));
  });

  it("touches nothing in a folder that it refuses", async () => {
    await writeFile(at(".env"), "mine");
    await writeFile(at("000001.dcm"), "mine");
    await expect(claimFolder(folder, own)).rejects.toEqual(code("not-empty"));
    expect((await readdir(folder)).sort()).toEqual([".env", "000001.dcm"]);
    await rm(at(".env"));
    await rm(at("000001.dcm"));
    await mkdir(at("elsewhere"));
    await mkdir(at("claimed"));
    await symlink(at("elsewhere"), at("claimed/deep"));
    await writeFile(at("claimed/.unfinished"), "numbers");
    await expect(claimFolder(at("claimed"), own)).rejects.toEqual(code("not-empty"));
  });
});
