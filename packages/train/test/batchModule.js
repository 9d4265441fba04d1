// What batchThreads.test.ts runs in threads: batches that are a function of step and mined places, and mistakes at stated steps.
export const batches = ({ fail, short, slow = 0 }) => {
  if (fail === "start") throw Object.assign(new RangeError("no data"), { code: "no-data" });
  return async (step, mined) => {
    if (fail === step) throw Object.assign(new TypeError(`no batch ${step}`), { code: "no-batch" });
    if (fail === `exit ${step}`) process.exit(3);
    if (fail === `text ${step}`) throw "a text";
    await new Promise((resolve) => setTimeout(resolve, slow * (step % 2)));
    const values = Float32Array.from({ length: 144 }, (_, at) => Math.sin(step * 1000 + at) + mined.length);
    const both = new Float32Array(8);
    return {
      images: { shape: [4, 6, 6, 1], data: values },
      labels: { shape: [short === step ? 5 : 4, 1], data: both.subarray(0, 4).fill(step % 2) },
      weights: { shape: [4], data: both.subarray(4).fill(1) },
      classes: { shape: [2], data: Int32Array.of(step, 7) },
    };
  };
};
