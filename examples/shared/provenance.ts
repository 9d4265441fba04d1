import { createRequire } from "node:module";
import type { SelectedBackend } from "@mammo/backend";

const packages = ["backend", "ensemble", "io", "metrics", "models", "phantom", "train"] as const;

/** What an artefact came from: it is reproduced with these, and not without. */
export interface Provenance {
  readonly versions: Readonly<Record<string, string>>;
  readonly node: string;
  readonly backend: string;
  readonly seed: number;
  /** SHA-256 of what went in, by name. */
  readonly inputs: Readonly<Record<string, string>>;
}

export function provenanceOf({
  backend,
  seed,
  inputs,
}: {
  readonly backend: SelectedBackend;
  readonly seed: number;
  readonly inputs: Readonly<Record<string, string>>;
}): Provenance {
  const require = createRequire(import.meta.url);
  const versions = packages.map((name) => [`@mammo/${name}`, require(`@mammo/${name}/package.json`).version] as const);
  return { versions: Object.fromEntries(versions), node: process.versions.node, backend: nameOf(backend), seed, inputs };
}

export const nameOf = ({ backend, device, threads, simd }: SelectedBackend): string =>
  `${backend}, ${device}, ${threads} thread${threads === 1 ? "" : "s"}, ${simd}`;
