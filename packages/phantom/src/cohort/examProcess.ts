import type { ExamSpec } from "./plan.ts";
import { writeExam } from "./writeExam.ts";

// The program of a process that renders: one exam in, its rows out; the parent hands over the next one when it hears of the last.
process.on("message", async ({ exam, folder }: { readonly exam: ExamSpec; readonly folder: string }) => {
  try {
    process.send?.({ rows: await writeExam(exam, folder) });
  } catch (cause) {
    process.send?.({ failure: cause instanceof Error ? cause.message : String(cause) });
  }
});
// A parent that was killed must not leave renderers behind.
process.on("disconnect", () => process.exit());
