import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { readFloors } from "../floors.mjs";

let repository: string;
beforeEach(() => void (repository = mkdtempSync(join(tmpdir(), "mammo-floors-"))));
afterEach(() => rmSync(repository, { recursive: true, force: true }));

/** The faults of a repository that has these files. */
function faultsOf(files: Readonly<Record<string, string>>): string[] {
  for (const [name, text] of Object.entries(files)) {
    mkdirSync(dirname(join(repository, name)), { recursive: true });
    writeFileSync(join(repository, name), text);
  }
  return readFloors(repository).faults;
}

describe("readFloors", () => {
  it("has no fault with imports that go down", () => {
    expect(
      faultsOf({
        "packages/mammogram/src/index.ts": "export const a = 1;",
        "packages/models/src/net.ts": 'import { add } from "@tensorflow/tfjs-core";\nimport { a } from "@mammo/mammogram";',
        "packages/pipeline/src/score.ts": 'import { net } from "@mammo/models";',
        "examples/score/main.ts": 'import { score } from "@mammo/pipeline/node";\nawait import("@tensorflow/tfjs-backend-wasm");',
        "packages/io/src/node.ts": 'export { read } from "./exam/read.ts";',
        "packages/io/src/exam/read.ts": 'import { parse } from "../dicom/parse.ts";',
        "packages/io/src/dicom/parse.ts": "",
      }),
    ).toEqual([]);
  });

  it.each([
    ["a neighbor's import", "packages/models/src/net.ts", 'import { read } from "@mammo/io";', "only leaves"],
    ["a neighbor's type in a type", "packages/metrics/src/a.ts", 'export type E = import("@mammo/io").Exam;', "only leaves"],
    ["a neighbor among the dependencies", "packages/metrics/package.json", '{"dependencies":{"@mammo/io":"workspace:*"}}', "depends on @mammo/io"],
    ["a neighbor's type", "packages/ensemble/src/a.ts", 'import type { Model } from "@mammo/models";', "only leaves"],
    ["an import into a leaf", "packages/weights/src/a.ts", 'export { iou } from "@mammo/mammogram";', "a leaf imports no other package"],
    ["a program below", "packages/pipeline/src/a.ts", 'import { run } from "@mammo/examples";', "imported by nobody"],
    ["tensors among numbers", "packages/metrics/src/a.ts", 'import { add } from "@tensorflow/tfjs-core";', "no tensors"],
    ["a backend in a graph", "packages/models/src/a.ts", 'const b = await import("@tensorflow/tfjs-backend-cpu");', "the application's choice"],
    ["a file of another package", "packages/train/src/a.ts", 'import { x } from "../../models/src/x.ts";', "leaves the package"],
    ["its own index", "packages/train/src/a/b.ts", 'import { x } from "../index.ts";', "its package's index"],
    ["its own name", "packages/train/src/a.ts", 'import { x } from "@mammo/train";', "by its name"],
    ["an arrow up", "packages/io/src/dicom/a.ts", 'import type { View } from "../exam/view.ts";', "an arrow up"],
    ["a package without a floor", "packages/attic/src/a.ts", "", "stands on no floor"],
  ])("says %s", (_, file, text, message) => {
    expect(faultsOf({ [file]: text })).toEqual([expect.stringContaining(message)]);
  });

  it("says a circle of files, also of types alone", () => {
    const faults = faultsOf({
      "packages/train/src/a.ts": 'import { b } from "./b.ts";',
      "packages/train/src/b.ts": 'import { c } from "./c.ts";',
      "packages/train/src/c.ts": 'import type { A } from "./a.ts";',
      "packages/train/src/d.ts": 'import type { A } from "./a.ts";',
    });
    expect(faults).toEqual([expect.stringMatching(/^circle: packages\/train\/src\/[abc].ts -> .* -> /)]);
  });
});
