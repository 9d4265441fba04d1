// Exams of a site's devices, aligned before they are scored.
import { readJson } from "@mammo/files/node";
import { alignExam, type Bundle, type DeviceAlignment, type ScoredExam } from "@mammo/pipeline";
import { deviceName, type ReadExam } from "@mammo/pipeline/node";
import { UsageError } from "../cli/program.ts";

/** The JSON of --site. */
export async function readSite(path: string): Promise<unknown> {
  const site = await readJson(path);
  if (site === undefined) throw new UsageError("Expected --site FILE, site.json of npm run site, got none that is JSON; see --help");
  return site;
}

/** Aligns exams by the device that their files name, and counts those whose device has no alignment. */
export function siteOf(alignments: ReadonlyMap<string, DeviceAlignment>, bundle: Bundle) {
  let [aligned, others] = [0, 0];
  return {
    aligned<S extends ScoredExam & { readonly exam: ReadExam }>(scored: S): S {
      const device = scored.exam.sources.map(({ header }) => deviceName(header)).find(Boolean) ?? "";
      const alignment = alignments.get(device);
      if (alignment === undefined) {
        others++;
        return scored;
      }
      aligned++;
      return { ...scored, ...alignExam(scored, alignment, bundle) };
    },
    /** One line on stderr. */
    tell(): void {
      const rest =
        others === 0 ? "" : others === 1 ? "; 1 of other devices is scored as it is" : `; ${others} of other devices are scored as they are`;
      process.stderr.write(`aligned to the reference: ${aligned === 1 ? "1 exam" : `${aligned} exams`}${rest}\n`);
    },
  };
}
