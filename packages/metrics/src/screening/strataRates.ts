import { type Counted, type Rate, wilson } from "./wilson.ts";

/** Cancers and the other exams, counted apart: weights have set what share of all each has, so that it is known and not estimated. */
export interface Strata {
  readonly cancer: Counted;
  readonly other: Counted;
}

/** Share of events among all exams: a sum of two shares with known weights, by the method of variance estimates recovery (Zou and Donner 2008, eq. 3). */
export function rateOfAll({ cancer, other }: Strata, z: number): Rate {
  const of = cancer.of + other.of;
  const parts = [cancer, other].filter((one) => one.of > 0).map((one) => scaled(wilson(one, z), one.of / of));
  const [rate, below, above] = [
    parts.reduce((sum, one) => sum + one.rate, 0),
    Math.hypot(...parts.map((one) => one.rate - one.low)),
    Math.hypot(...parts.map((one) => one.high - one.rate)),
  ];
  return { rate, low: Math.max(0, rate - below), high: Math.min(1, rate + above), events: cancer.events + other.events, of };
}

/** Share of events that are cancers with it, among all exams: only the cancers are drawn. */
export function rateOfCancers({ cancer, other }: Strata, z: number): Rate {
  const of = cancer.of + other.of;
  const { rate, low, high } = scaled(wilson(cancer, z), cancer.of / of);
  return { rate, low, high, events: cancer.events, of };
}

/** Share of cancers among the events: 1 / (1 + b / a) of two independent shares with known weights; a ratio by the same method (Donner and Zou 2012, eq. 9). */
export function cancersAmong({ cancer, other }: Strata, z: number): Rate {
  const of = cancer.of + other.of;
  const [a, b] = [scaled(wilson(cancer, z), cancer.of / of), scaled(wilson(other, z), other.of / of)];
  const share = (ratio: number) => (ratio === Infinity ? 1 : ratio / (1 + ratio));
  const [events, among] = [cancer.events, cancer.events + other.events];
  const product = a.rate * b.rate;
  const low = (product - Math.sqrt(product ** 2 - a.low * b.high * (2 * a.rate - a.low) * (2 * b.rate - b.high))) / (b.high * (2 * b.rate - b.high));
  const high = (product + Math.sqrt(product ** 2 - a.high * b.low * (2 * a.rate - a.high) * (2 * b.rate - b.low))) / (b.low * (2 * b.rate - b.low));
  return {
    rate: events / among,
    low: a.rate === 0 ? 0 : share(low),
    high: b.low === 0 ? 1 : share(high),
    events,
    of: among,
  };
}

const scaled = ({ rate, low, high }: Rate, by: number) => ({ rate: rate * by, low: low * by, high: high * by });
