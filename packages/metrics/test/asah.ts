import { readFileSync } from "node:fs";
import { join } from "node:path";
import { dataFolder } from "@mammo/testing";

/** The aSAH set of pROC (Robin et al. 2011): 113 patients, 41 with a poor outcome. GPL data, hence read from the data folder only. */
export function readAsah() {
  const rows = readFileSync(join(dataFolder()!, "roc/aSAH.csv"), "utf8")
    .trim()
    .split("\n")
    .slice(1)
    .map((line) => line.split(","));
  return {
    labels: rows.map((row) => (row[1] === "Poor" ? 1 : 0)),
    female: rows.map((row) => row[2] === "Female"),
    wfns: rows.map((row) => Number(row[4])),
    s100b: rows.map((row) => Number(row[5])),
    ndka: rows.map((row) => Number(row[6])),
  };
}
