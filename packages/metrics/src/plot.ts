export { type RocBand, type RocMark, type RocPlotOptions, type RocSeries, rocPlot } from "./plot/rocPlot.ts";
export { type ScoreHistogramOptions, scoreHistogram } from "./plot/scoreHistogram.ts";
