// npm run gradients -- --backend B: values and gradients of all operations of the gradient table against double precision, on one backend.
import { type BackendName, selectBackend } from "@mammo/backend";
import { checkGradient, gradientCases } from "@mammo/testing/gradients";
import { program } from "@mammo/testing/program";
import { threshold, thresholdLine } from "@mammo/testing/threshold";

const help = `npm run gradients -- [--backend NAME] [--threads N] [--software-gpu]
  --backend       wasm, cpu, tensorflow or webgpu (default: the best that runs here)
  --threads       of wasm (default: all processors)
  --software-gpu  accept a GPU that is software`;

const options = { backend: { type: "string" }, threads: { type: "string" }, "software-gpu": { type: "boolean", default: false } } as const;

/** Single precision on the sizes of the table: errors are of the order of 1e-6. */
const limit = 1e-4;

await program({ help, options }, async (values) => {
  const { backend, device, threads, simd } = await selectBackend({
    allowSoftwareGpu: values["software-gpu"],
    ...(values.backend === undefined ? {} : { prefer: values.backend as BackendName }),
    ...(values.threads === undefined ? {} : { threads: Number(values.threads) }),
  });
  console.log(`${backend} (${device}), ${threads} threads, ${simd}; errors are relative to the largest value, limit ${limit}`);
  let [worstValue, worstGradient, wrong] = [0, 0, 0];
  for (const test of gradientCases) {
    const { op, form, valueError, gradientError, problem } = await checkGradient(test);
    const skipped = test.without?.(backend) !== undefined;
    const right = valueError <= limit && gradientError <= limit;
    if (!skipped) {
      if (!right) wrong++;
      [worstValue, worstGradient] = [Math.max(worstValue, valueError || 0), Math.max(worstGradient, gradientError || 0)];
    }
    const verdict = skipped ? `– ${problem}` : right ? "ok" : `WRONG ${problem ?? ""}`;
    console.log(`${op.padEnd(28)} ${form.padEnd(38)} value ${valueError.toExponential(1)}  gradient ${gradientError.toExponential(1)}  ${verdict}`);
  }
  const thresholds = [
    threshold(`gradients.${backend}.wrong`, wrong, "=", 0),
    threshold(`gradients.${backend}.worst-value-error`, worstValue, "<=", limit),
    threshold(`gradients.${backend}.worst-gradient-error`, worstGradient, "<=", limit),
  ];
  for (const one of thresholds) console.log(thresholdLine(one));
  if (thresholds.some(({ reached }) => !reached)) process.exitCode = 1;
});
