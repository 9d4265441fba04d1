import { readdirSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { expect, it } from "vitest";

const file = (path: string): string => readFileSync(fileURLToPath(new URL(`../../../${path}`, import.meta.url)), "utf8");
const packages = readdirSync(fileURLToPath(new URL("../../", import.meta.url)));

it("the API site has every subpath that a package exports", () => {
  const { entryPoints } = JSON.parse(file("typedoc.json")) as { readonly entryPoints: readonly string[] };
  const exported = packages.flatMap((name) => {
    const { private: isPrivate, exports = {} } = JSON.parse(file(`packages/${name}/package.json`));
    if (isPrivate) return [];
    const sources = Object.values(exports as Record<string, string | { readonly "@mammo/source"?: string }>).flatMap((target) =>
      typeof target === "object" && target["@mammo/source"] ? [target["@mammo/source"]] : [],
    );
    return sources.map((source) => `packages/${name}/${source.slice(2)}`);
  });
  expect([...entryPoints].sort()).toEqual(exported.sort());
});
