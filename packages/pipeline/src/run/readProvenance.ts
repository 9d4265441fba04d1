import { createRequire } from "node:module";
import type { Provenance } from "./provenance.ts";

const packages = ["ensemble", "files", "io", "mammogram", "metrics", "models", "phantom", "pipeline", "train", "weights"] as const;

/** Where the numbers were computed, as `selectBackend` of @mammo/backend tells it. */
export interface ComputedOn {
  readonly backend: string;
  readonly device: string;
  readonly threads: number;
  readonly simd: string;
}

/** Versions of these packages and of Node, with the backend. */
export function readVersions(backend: ComputedOn): Pick<Provenance, "versions" | "node" | "backend"> {
  const require = createRequire(import.meta.url);
  const versions = packages.map((name) => [`@mammo/${name}`, require(`@mammo/${name}/package.json`).version] as const);
  return { versions: Object.fromEntries(versions), node: process.versions.node, backend: describeBackend(backend) };
}

/** The same, with the seed and the hashes of the inputs. */
export function readProvenance({ backend, seed, inputs }: Pick<Provenance, "seed" | "inputs"> & { readonly backend: ComputedOn }): Provenance {
  return { ...readVersions(backend), seed, inputs };
}

/** A backend in words: `wasm, processor, 2 threads, simd128`. */
export const describeBackend = ({ backend, device, threads, simd }: ComputedOn): string =>
  `${backend}, ${device}, ${threads} thread${threads === 1 ? "" : "s"}, ${simd}`;
