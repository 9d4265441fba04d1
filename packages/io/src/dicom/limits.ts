import { requireKnownKeys } from "@mammo/mammogram";

/** What one file may cost before it is refused. Time is limited by `mammogramReader`, which can end the thread that reads. */
export interface Limits {
  readonly fileBytes: number;
  /** Everything before the pixels. */
  readonly headerBytes: number;
  /** One value, Pixel Data apart. */
  readonly valueBytes: number;
  /** Data elements and sequence items together, at all depths. */
  readonly elements: number;
  /** Sequences inside sequences. */
  readonly depth: number;
  /** Size of an inflated data set. */
  readonly inflatedBytes: number;
  /** Rows x columns of one frame. */
  readonly framePixels: number;
  readonly frames: number;
}

/** Wide enough for every mammogram and tomosynthesis stack we know, narrow enough that a hostile file ends in well under a second. */
export const limitsDefaults: Limits = {
  fileBytes: 2 ** 32,
  headerBytes: 2 ** 27,
  valueBytes: 2 ** 26,
  elements: 300_000,
  depth: 32,
  inflatedBytes: 2 ** 26,
  framePixels: 6000 * 8000,
  frames: 1000,
};

const limitNames = {
  fileBytes: true,
  headerBytes: true,
  valueBytes: true,
  elements: true,
  depth: true,
  inflatedBytes: true,
  framePixels: true,
  frames: true,
} satisfies Record<keyof Limits, true>;

/** The defaults, with what the caller has changed. @throws TypeError for the name of no limit. */
export function limitsOf(changed: Partial<Limits> | undefined): Limits {
  requireKnownKeys("limits", changed, limitNames);
  return { ...limitsDefaults, ...changed };
}
