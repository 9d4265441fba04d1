import type { Table } from "../evaluation/tables.ts";
import type { RecallRate, SiteReport } from "./siteReport.ts";

/** A site's report as tables of text, each with its title: for a terminal or a page. */
export function siteTables(report: SiteReport): readonly { readonly title: string; readonly rows: Table }[] {
  const { reference, rows, alignments, refused, alarms } = report;
  const percent = (share: number) => `${(100 * share).toFixed(1)} %`;
  const rate = (of: RecallRate | undefined) => (of === undefined ? "not aligned" : `${percent(of.rate)} [${percent(of.low)}, ${percent(of.high)}]`);
  const recall = reference.map(({ threshold, rate: onReference }) => ({
    title: `Recall at ${threshold} (reference ${percent(onReference)})`,
    rows: [
      ["group", "exams", "as they come", "aligned"],
      ...rows
        .filter((row) => row.threshold === threshold)
        .map(({ group, before, after }) => [group, String(before.exams), rate(before), rate(after)]),
    ],
  }));
  const devices = [
    ["device", "aligned on", "alarm"],
    ...alignments.map(({ device, exams }) => {
      const state = alarms.find((alarm) => alarm.device === device)?.state;
      const alarm = state?.raised ? `${state.raised.chart} at exam ${state.raised.exam} after alignment` : `none in ${state?.seen ?? 0} exams`;
      return [device, String(exams), alarm];
    }),
    ...refused.map(({ device, exams }) => [device, `refused: ${exams} exams`, ""]),
  ];
  return [...recall, { title: "Devices", rows: devices }];
}
