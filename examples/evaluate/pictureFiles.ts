import { createRequire } from "node:module";
import type { SKRSContext2D } from "@napi-rs/canvas";
import { type Mark, marksOf } from "./marksOf.ts";

/** A picture as files for papers. */
export interface PictureFiles {
  /** Lines and letters, no pixels; one pixel of the picture is 1/96 inch. */
  readonly pdf: Uint8Array;
  /** 288 pixels an inch. */
  readonly png: Uint8Array;
}

/** Draws a picture of @mammo/metrics/plot in light colors; the same bytes for the same picture. The library that draws is loaded by the first call. */
export async function pictureFiles(svg: string): Promise<PictureFiles> {
  const { createCanvas, GlobalFonts, Path2D, PDFDocument } = await import("@napi-rs/canvas");
  for (const [name, file] of Object.entries(fonts))
    if (!GlobalFonts.has(name)) GlobalFonts.registerFromPath(createRequire(import.meta.url).resolve(`dejavu-fonts-ttf/ttf/${file}`), name);
  const { width, height, marks } = marksOf(svg);
  const drawOn = (context: SKRSContext2D, scale: number) => {
    context.scale(scale, scale);
    for (const mark of marks) draw(context, mark, (d) => new Path2D(d));
  };
  const document = new PDFDocument();
  // Its types say a browser's context, which this is not.
  drawOn(document.beginPage(0.75 * width, 0.75 * height) as unknown as SKRSContext2D, 0.75);
  document.endPage();
  const canvas = createCanvas(3 * width, 3 * height);
  drawOn(canvas.getContext("2d"), 3);
  return { pdf: document.close(), png: canvas.toBuffer("image/png") };
}

/** Letters of a package, since what a machine has differs: DejaVu holds most of the world's. */
const fonts = { plot: "DejaVuSans.ttf", "plot bold": "DejaVuSans-Bold.ttf" } as const;

function draw(context: SKRSContext2D, mark: Mark, pathOf: (d: string) => InstanceType<typeof import("@napi-rs/canvas").Path2D>): void {
  if (mark.kind === "text") {
    context.save();
    context.translate(mark.x, mark.y);
    context.rotate((mark.angle * Math.PI) / 180);
    // Wider letters than those that a page has: a little smaller, they take the same room.
    context.font = `${0.9 * mark.size}px "${mark.isBold ? "plot bold" : "plot"}"`;
    context.fillStyle = mark.color;
    context.textAlign = mark.anchor === "middle" ? "center" : mark.anchor;
    context.fillText(mark.text, 0, 0);
    context.restore();
    return;
  }
  const { fill, fillOpacity, stroke, strokeOpacity, strokeWidth, dash } = mark.style;
  const path = pathOf(mark.kind === "circle" ? circle(mark) : mark.d);
  if (fill !== undefined) {
    context.globalAlpha = fillOpacity;
    context.fillStyle = fill;
    context.fill(path);
  }
  if (stroke !== undefined) {
    context.globalAlpha = strokeOpacity;
    context.strokeStyle = stroke;
    context.lineWidth = strokeWidth;
    context.lineJoin = "round";
    context.setLineDash([...dash]);
    context.stroke(path);
  }
  context.globalAlpha = 1;
}

const circle = ({ x, y, radius }: { readonly x: number; readonly y: number; readonly radius: number }) =>
  `M${x - radius} ${y}a${radius} ${radius} 0 1 0 ${2 * radius} 0a${radius} ${radius} 0 1 0 ${-2 * radius} 0Z`;
