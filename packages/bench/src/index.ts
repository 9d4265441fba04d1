// What times contenders beside each other and writes the report
export { type Harness, makeHarness } from "./harness/harness.ts";
export { machineLine, measureMachine } from "./harness/machine.ts";
export { toMarkdown } from "./harness/report.ts";

// The nets that are timed
export { caseTitle, type NetCase, netCases } from "./nets/netCase.ts";
export { netFlop } from "./nets/netFlop.ts";
export { prepareNet } from "./nets/prepareNet.ts";
