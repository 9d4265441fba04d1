/** What WebGPU says of an adapter (GPUAdapterInfo), as plain data. */
export interface AdapterInfo {
  readonly vendor: string;
  readonly architecture: string;
  readonly device: string;
  /** In Dawn: the driver's name and version. */
  readonly description: string;
  readonly isFallbackAdapter?: boolean;
}

/** Names of adapters that compute on the processor: Mesa's llvmpipe (lavapipe), Google's SwiftShader, Microsoft's WARP. */
const softwareNames = /llvmpipe|lavapipe|softpipe|swiftshader|\bsoftware\b|\bwarp\b|basic render/i;

/** Whether the adapter is software, by its own flag or by its names. */
export function isSoftware(info: AdapterInfo): boolean {
  return info.isFallbackAdapter === true || softwareNames.test(namesOf(info).join(" "));
}

/** The adapter in one line: vendor, architecture, device, and the driver where the adapter names it. Browsers leave most of it empty. */
export function describeAdapter(info: AdapterInfo): string {
  const names = [...new Set([info.vendor, info.architecture, info.device].filter(Boolean))].join(" ") || "unnamed adapter";
  const kind = isSoftware(info) ? "software GPU" : "GPU";
  return info.description ? `${kind}, ${names}, driver ${info.description}` : `${kind}, ${names}`;
}

const namesOf = ({ vendor, architecture, device, description }: AdapterInfo) => [vendor, architecture, device, description];
