/** Channels at a width in (0, 1]; at least one. */
export function scaledChannels(channels: number, width: number): number {
  if (!(width > 0 && width <= 1)) throw new RangeError(`Expected width in (0, 1], got ${width}.`);
  return Math.max(1, Math.round(channels * width));
}
