import type { Jpeg2000Coding } from "./jpeg2000Coding.ts";
import type { CodeBlock, Precinct } from "./jpeg2000Precincts.ts";

type Key = (one: Precinct) => readonly number[];
/** In which order the packets of a tile stand (ITU-T T.800 B.12.1): LRCP, RLCP, RPCL, PCRL, CPRL; layers go first in the first, behind the resolution in the second, last in the others. */
const orders: readonly Key[] = [
  ({ resolution, component, index }) => [resolution, component, index],
  ({ resolution, component, index }) => [resolution, component, index],
  ({ resolution, y, x, component, index }) => [resolution, y, x, component, index],
  ({ y, x, component, resolution, index }) => [y, x, component, resolution, index],
  ({ component, y, x, resolution, index }) => [component, y, x, resolution, index],
];

/**
 * How many bytes of a tile's data its packets take: their headers are followed, and what they say of the code blocks' lengths (ITU-T T.800 B.9, B.10; T.814 B).
 *
 * Undefined where they cannot be followed or go beyond the data.
 */
export function endOfPackets(data: Uint8Array, coding: Jpeg2000Coding, precincts: readonly Precinct[]): number | undefined {
  const key = orders[coding.progression];
  if (key === undefined || (coding.layers > 1 && precincts.some(({ style }) => (style & 64) !== 0))) return undefined;
  let [at, packet] = [0, 0];
  for (const { precinct, layer } of packets(precincts, key, coding)) {
    if (at === data.length) break; // A stream that was cut to fewer packets.
    const end = endOfPacket(data, at, { precinct, layer, packet: packet++, coding });
    if (end === undefined || end > data.length) return undefined;
    at = end;
  }
  return at;
}

function* packets(precincts: readonly Precinct[], key: Key, { progression, layers }: Jpeg2000Coding) {
  const sorted = precincts
    .map((precinct) => ({ precinct, key: key(precinct) }))
    .sort((one, other) => compare(one.key, other.key))
    .map(({ precinct }) => precinct);
  const resolutions = new Set(sorted.map(({ resolution }) => resolution));
  const byResolution = () => [...resolutions].map((wanted) => sorted.filter(({ resolution }) => resolution === wanted));
  const groups = progression === 0 ? [sorted] : progression === 1 ? byResolution() : sorted.map((precinct) => [precinct]);
  for (const group of groups) for (let layer = 0; layer < layers; layer++) for (const precinct of group) yield { precinct, layer };
}

function compare(one: readonly number[], other: readonly number[]): number {
  const at = one.findIndex((value, index) => value !== other[index]);
  return at < 0 ? 0 : one[at]! - other[at]!;
}

interface Packet {
  readonly precinct: Precinct;
  readonly layer: number;
  readonly packet: number;
  readonly coding: Jpeg2000Coding;
}

function endOfPacket(data: Uint8Array, start: number, { precinct, layer, packet, coding }: Packet): number | undefined {
  let at = start;
  if (coding.hasSop && data[at] === 0xff && data[at + 1] === 0x91) {
    // Its number is all that it holds.
    if (256 * data[at + 2]! + data[at + 3]! !== 4 || 256 * data[at + 4]! + data[at + 5]! !== packet % 65_536) return undefined;
    at += 6;
  }
  const bits = packetBits(data, at);
  let body = 0;
  if (bits.bit() === 1) {
    for (const { blocks, inclusion, zeroPlanes } of precinct.bands) {
      for (const block of blocks) {
        const { x, y } = block;
        if (block.isIncluded ? bits.bit() === 0 : !inclusion(bits.bit, x, y, layer + 1)) continue;
        for (let planes = 1; !block.isIncluded && !zeroPlanes(bits.bit, x, y, planes); planes++) if (planes > 80) return undefined;
        block.isIncluded = true;
        const passes = passesOf(bits);
        while (bits.bit() === 1) if (++block.lengthBits > 32) return undefined;
        body += (precinct.style & 64) !== 0 ? highThroughputLength(bits, block, passes) : lengthOf(bits, block, passes, precinct.style);
      }
    }
  }
  at = bits.end();
  if (coding.hasEph && data[at] === 0xff && data[at + 1] === 0x92) at += 2;
  return at + body;
}

type Bits = ReturnType<typeof packetBits>;

/** Bits of a packet's header: behind a byte of ones the next holds seven (B.10.1). Behind the data they are 0. */
function packetBits(data: Uint8Array, start: number) {
  let [at, byte, left] = [start, 0, 0];
  const bit = (): number => {
    if (left === 0) {
      left = byte === 0xff ? 7 : 8;
      byte = data[at++] ?? 0;
    }
    return (byte >> --left) & 1;
  };
  return {
    bit,
    bits(count: number): number {
      let value = 0;
      for (let index = 0; index < count; index++) value = 2 * value + bit();
      return value;
    },
    end: () => (byte === 0xff ? at + 1 : at),
  };
}

/** How many coding passes a block gets (table B.4). */
function passesOf({ bit, bits }: Bits): number {
  if (bit() === 0) return 1;
  if (bit() === 0) return 2;
  const few = bits(2);
  if (few < 3) return 3 + few;
  const some = bits(5);
  return some < 31 ? 6 + some : 37 + bits(7);
}

/** The lengths of the codeword segments that the passes lie in (B.10.7): one, one a pass, or by turns where the arithmetic coder is passed by. */
function lengthOf({ bits }: Bits, block: CodeBlock, passes: number, style: number): number {
  let length = 0;
  for (let left = passes; left > 0; ) {
    if (block.passes === block.most) {
      block.passes = 0;
      block.most = (style & 4) !== 0 ? 1 : block.most === 1 || block.most === 10 ? 2 : 1;
    }
    const taken = Math.min(block.most - block.passes, left);
    length += bits(block.lengthBits + Math.floor(Math.log2(taken)));
    block.passes += taken;
    left -= taken;
  }
  return length;
}

/** A cleanup segment, behind which at most one of refinement stands; passes in threes are placeholders. */
function highThroughputLength({ bits }: Bits, block: CodeBlock, passes: number): number {
  const placeholders = 3 * Math.floor((passes - 1) / 3);
  const cleanup = bits(block.lengthBits + Math.floor(Math.log2(placeholders + 1)));
  const left = passes - placeholders;
  return left > 1 ? cleanup + bits(block.lengthBits + (left > 2 ? 1 : 0)) : cleanup;
}
