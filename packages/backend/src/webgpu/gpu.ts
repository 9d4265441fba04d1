import type { AdapterInfo } from "./adapter.ts";

// As much of WebGPU as starting tfjs's backend takes (https://www.w3.org/TR/webgpu/).

export interface Gpu {
  requestAdapter(options: AdapterRequest): Promise<GpuAdapter | null>;
}

export interface AdapterRequest {
  readonly powerPreference?: "high-performance";
  readonly forceFallbackAdapter?: boolean;
}

export interface GpuAdapter {
  readonly info: AdapterInfo;
  readonly features: ReadonlySet<string>;
  readonly limits: Readonly<Record<string, number>>;
  requestDevice(descriptor: {
    readonly requiredFeatures: readonly string[];
    readonly requiredLimits: Readonly<Record<string, number>>;
  }): Promise<GpuDevice>;
}

export interface GpuDevice {
  readonly lost: Promise<{ readonly reason: string; readonly message: string }>;
  addEventListener(type: "uncapturederror", listen: (event: UncapturedError) => void): void;
}

export interface UncapturedError {
  readonly error: Error | { readonly message: string };
  preventDefault?(): void;
}
