import type { Random } from "@mammo/mammogram";
import { cos, sin } from "./deterministicMath.ts";
import type { Point3 } from "./view.ts";

/** Uniform on the sphere (Archimedes: height and longitude are uniform). */
export function direction(random: Random): Point3 {
  const height = random.between(-1, 1);
  const turn = random.between(0, 2 * Math.PI);
  const ring = Math.sqrt(1 - height * height);
  return [height, ring * cos(turn), ring * sin(turn)];
}

/** Unit vector from `a` toward a share of `b`. */
export function mixed(a: Point3, b: Point3, share: number): Point3 {
  const sum = [a[0] + share * b[0], a[1] + share * b[1], a[2] + share * b[2]] as const;
  const length = Math.sqrt(sum[0] * sum[0] + sum[1] * sum[1] + sum[2] * sum[2]) || 1;
  return [sum[0] / length, sum[1] / length, sum[2] / length];
}

/** The point so far along a unit vector. */
export function offset(from: Point3, way: Point3, far: number): Point3 {
  return [from[0] + far * way[0], from[1] + far * way[1], from[2] + far * way[2]];
}

/** Straight between two points. */
export function distance(a: Point3, b: Point3): number {
  const [x, y, z] = [a[0] - b[0], a[1] - b[1], a[2] - b[2]];
  return Math.sqrt(x * x + y * y + z * z);
}
