import { keyedRandom, type Random } from "@mammo/mammogram";
import { type Breast, poseBreast } from "../breast.ts";
import { pectoralDistance, skinDistance } from "../render/outline.ts";
import { type Point3, project } from "../view.ts";

/** A place in a cone behind the nipple that is seen in CC and in MLO alike: away from skin, chest wall and muscle. */
export function placeLesion(breast: Breast, random: Random): Point3 {
  const poses = (["CC", "MLO"] as const).map((view) => poseBreast(breast, { view, mmHigh: 300, random: keyedRandom("typical pose") }));
  for (;;) {
    const behind = random.between(22, breast.depth - 18);
    const point: Point3 = [behind, 0.3 * behind * random.normal(), 0.3 * behind * random.normal()];
    const seen = poses.every((pose) => {
      const [down, back] = project(point, pose);
      const out = pose.depth - back;
      return skinDistance(down, out, pose) > 17 && out > 14 && pectoralDistance(pose.nippleBelowTop + down, out, pose) < -12;
    });
    if (seen) return point;
  }
}
