import type { MammoHeader } from "@mammo/io";

/** Maker and model of what made an image; empty where neither is known. */
export const deviceName = ({ device }: Pick<MammoHeader, "device">): string => [device.manufacturer, device.model].filter(Boolean).join(" ");
