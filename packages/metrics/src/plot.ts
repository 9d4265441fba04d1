export { type DecisionPlotOptions, decisionPlot } from "./plot/decisionPlot.ts";
export { type ForestPlotOptions, type ForestRow, forestPlot } from "./plot/forestPlot.ts";
export { type FrocPlotOptions, frocPlot } from "./plot/frocPlot.ts";
export { type ReliabilityPlotOptions, reliabilityPlot } from "./plot/reliabilityPlot.ts";
export { type RocMark, type RocPlotOptions, type RocSeries, rocPlot } from "./plot/rocPlot.ts";
export { type ScoreHistogramOptions, scoreHistogram } from "./plot/scoreHistogram.ts";
