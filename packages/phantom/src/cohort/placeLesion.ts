import { type Breast, poseBreast } from "../breast.ts";
import { type Random, stream } from "../random.ts";
import { pectoralDistance, skinDistance } from "../render/outline.ts";
import { type Point3, project } from "../view.ts";

/** A place in a cone behind the nipple that is seen in CC and in MLO alike: away from skin, chest wall and muscle. */
export function placeLesion(breast: Breast, dice: Random): Point3 {
  const poses = (["CC", "MLO"] as const).map((view) => poseBreast(breast, { view, mmHigh: 300, dice: stream("typical pose") }));
  for (;;) {
    const behind = dice.between(22, breast.depth - 18);
    const point: Point3 = [behind, 0.3 * behind * dice.normal(), 0.3 * behind * dice.normal()];
    const seen = poses.every((pose) => {
      const [down, back] = project(point, pose);
      const out = pose.depth - back;
      return skinDistance(down, out, pose) > 17 && out > 14 && pectoralDistance(pose.nippleBelowTop + down, out, pose) < -12;
    });
    if (seen) return point;
  }
}
