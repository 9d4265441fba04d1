import { readFileSync } from "node:fs";

/**
 * Reads `golden/NAME.json` beside a test file.
 *
 * Golden files come from a script in the package's `reference/` folder and carry its tool versions and seed.
 *
 * @example const { cases } = golden<{ cases: Case[] }>("platt", import.meta.url);
 */
export function golden<T>(name: string, testUrl: string): T {
  return JSON.parse(readFileSync(new URL(`./golden/${name}.json`, testUrl), "utf8")) as T;
}
