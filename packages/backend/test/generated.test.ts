import { readFileSync } from "node:fs";
import { expect, it } from "vitest";
import { fingerprint } from "../scripts/fingerprint.mjs";

it("src/generated belongs to the present scripts and assembly sources (else: node packages/backend/scripts/prepare.mjs)", () => {
  const made = readFileSync(new URL("../src/generated/fingerprint.txt", import.meta.url), "utf8");
  expect(made.trim()).toBe(fingerprint());
});
