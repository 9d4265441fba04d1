import { selectBackend } from "@mammo/backend";
import { detectorNet, dreamNet, importWeights, type Model, saveWeights } from "@mammo/models";
import { expectClose, expectNoLeak, golden } from "@mammo/testing";
import { decodeSafetensors, type NamedArray, type NameRule } from "@mammo/weights";
import { dispose, type Tensor4D } from "@tensorflow/tfjs-core";
import { beforeAll, describe, expect, it } from "vitest";
import { noise } from "./noise.ts";

interface State {
  readonly width: number;
  readonly size: [rows: number, columns: number];
  readonly state: string;
}
const torch = golden<State & { readonly logit: number; readonly heatmap: number[] }>("torchState", import.meta.url);
const keras = golden<State & { readonly logits: number[] }>("kerasState", import.meta.url);
const arraysOf = ({ state }: State) => decodeSafetensors(new Uint8Array(Buffer.from(state, "base64"))).arrays;

beforeAll(() => selectBackend({ prefer: "cpu" }));

/** A convolution, batch norm and ReLU of reference/torch_state.py. */
const convNormRelu = (theirs: string, ours: string): NameRule[] => [
  { from: `${theirs}.0.weight`, to: `${ours}/kernel`, layout: "OIHW" },
  { from: `${theirs}.1.weight`, to: `${ours}/scale` },
  { from: `${theirs}.1.bias`, to: `${ours}/offset` },
  { from: `${theirs}.1.running_mean`, to: `${ours}/mean` },
  { from: `${theirs}.1.running_var`, to: `${ours}/variance`, add: 1e-5 - 1e-3 },
  { from: `${theirs}.1.num_batches_tracked`, to: null },
];
const torchNames: readonly NameRule[] = [
  ...[1, 2, 3, 4, 5, 6].flatMap((k) => [1, 2].flatMap((i) => convNormRelu(`blocks.${k - 1}.${i - 1}`, `block${k}/conv${i}`))),
  ...convNormRelu("branch.0", "head/conv1"),
  ...convNormRelu("branch.1", "head/conv2"),
  { from: "branch.2.weight", to: "head/conv3/kernel", layout: "OIHW" },
  { from: "branch.2.bias", to: "head/conv3/bias" },
  { from: "shortcut.weight", to: "head/shortcut/kernel", layout: { flattened: [5, 2, 1] } },
  { from: "shortcut.bias", to: "head/shortcut/bias" },
  ...convNormRelu("{conv}", "{conv}"),
  { from: "conv9.weight", to: "conv9/kernel", layout: "OIHW" },
  { from: "conv9.bias", to: "conv9/bias" },
];
const norms = [
  ["gamma", "scale"],
  ["beta", "offset"],
  ["moving_mean", "mean"],
  ["moving_variance", "variance"],
] as const;
const kerasNames: readonly NameRule[] = [
  ...norms.map(([theirs, ours]) => ({
    from: `model_weights/{block}_{conv}_norm/{block2}_{conv2}_norm/${theirs}`,
    to: `{block}/{conv}/${ours}`,
  })),
  { from: "model_weights/{block}_{conv}/{block2}_{conv2}/kernel", to: "{block}/{conv}/kernel" },
  ...norms.map(([theirs, ours]) => ({ from: `model_weights/{conv}_norm/{conv2}_norm/${theirs}`, to: `{conv}/${ours}` })),
  { from: "model_weights/{conv}/{conv2}/{part}", to: "{conv}/{part}" },
];

const dream = () => dreamNet({ width: torch.width, rows: torch.size[0], columns: torch.size[1] });

describe("importWeights", () => {
  it("a PyTorch state gives PyTorch's logit and heatmap", async () => {
    await expectNoLeak(() => {
      const model = dream();
      const { loaded, ...rest } = importWeights(model, arraysOf(torch), { names: torchNames });
      expect([loaded.length, rest]).toEqual([
        Object.keys({ ...model.params, ...model.buffers }).length,
        { missing: [], shapeMismatch: [], unexpected: [] },
      ]);
      const x = noise<Tensor4D>("pixels", [1, ...torch.size, 1]);
      const { logit, heatmap } = model.applyWithHeatmap(x);
      expectClose(heatmap.dataSync(), torch.heatmap, { absolute: 1e-4 });
      expectClose(logit.dataSync(), [torch.logit], { absolute: 1e-4 });
      dispose([x, logit, heatmap]);
      model.dispose();
    });
  });

  it("a Keras file gives Keras's logits, with names alone", async () => {
    await expectNoLeak(() => {
      const model = detectorNet({ width: keras.width });
      importWeights(model, arraysOf(keras), { names: kerasNames });
      const x = noise<Tensor4D>("pixels", [2, ...keras.size, 1]);
      const logits = model.apply(x);
      expectClose(logits.dataSync(), keras.logits, { absolute: 1e-4 });
      dispose([x, logits]);
      model.dispose();
    });
  });

  it.each<[what: string, change: (rules: NameRule[]) => NameRule[]]>([
    ["PyTorch's epsilon", (rules) => rules.map(({ add: _, ...rule }) => rule)],
    ["the order of what was flattened", (rules) => rules.map((rule) => (typeof rule.layout === "object" ? { ...rule, layout: "OI" } : rule))],
  ])("matters: without %s the logit is another", (_, change) => {
    const model = dream();
    importWeights(model, arraysOf(torch), { names: change([...torchNames]) });
    const x = noise<Tensor4D>("pixels", [1, ...torch.size, 1]);
    const logit = model.apply(x);
    expect(Math.abs(logit.dataSync()[0]! - torch.logit)).toBeGreaterThan(1e-3);
    dispose([x, logit]);
    model.dispose();
  });
});

describe("importWeights takes all or nothing", () => {
  const without = (from: string) => torchNames.filter((rule) => rule.from !== from);
  const bias: NamedArray = { shape: [5], data: Float32Array.of(1, 2, 3, 4, 5) };
  const cases: readonly [what: string, names: readonly NameRule[], change: Readonly<Record<string, NamedArray>>, rest: object][] = [
    ["a name that no rule knows", torchNames, { "ema.decay": { shape: [1], data: new Float32Array(1) } }, { unexpected: ["ema.decay"] }],
    ["one left over, which then is missing too", without("conv9.bias"), {}, { missing: ["conv9/bias"], unexpected: ["conv9.bias"] }],
    [
      "one that has our name, but no rule",
      without("conv9.bias"),
      { "conv9/bias": bias },
      { missing: ["conv9/bias"], unexpected: ["conv9.bias", "conv9/bias"] },
    ],
    [
      "a rule that makes a name up",
      [{ from: "conv9.bias", to: "conv9/basis" }, ...torchNames],
      {},
      { missing: ["conv9/bias"], unexpected: ["conv9/basis"] },
    ],
    [
      "a shape that does not fit when turned",
      torchNames,
      { "conv9.weight": { shape: [16, 5, 1, 1], data: new Float32Array(80) } },
      { shapeMismatch: ["conv9/kernel"] },
    ],
    ["a kernel whose layout is forgotten", [{ from: "conv7.0.weight", to: "conv7/kernel" }, ...torchNames], {}, { shapeMismatch: ["conv7/kernel"] }],
    [
      "numbers of another dtype",
      torchNames,
      { "conv9.bias": { ...bias, data: Float64Array.from(bias.data as Float32Array) } },
      { shapeMismatch: ["conv9/bias"] },
    ],
  ];
  const nothing = { missing: [], shapeMismatch: [], unexpected: [] };

  it.each(cases)("%s: refused and nothing changed; with `partial` the rest is taken", async (_, names, change, rest) => {
    await expectNoLeak(async () => {
      const model = dream();
      const before = await saveWeights(model);
      const source = { ...arraysOf(torch), ...change };
      expect(() => importWeights(model, source, { names })).toThrow(
        expect.objectContaining({ name: "WeightsError", code: "mismatch", comparison: expect.objectContaining({ ...nothing, ...rest }) }),
      );
      expect(await saveWeights(model)).toEqual(before);
      const { loaded, ...reported } = importWeights(model, source, { names, partial: true });
      expect(reported).toEqual({ ...nothing, ...rest });
      const after = await saveWeights(model);
      expect(Object.keys(before).filter((name) => !loaded.includes(name) && !sameNumbers(before, after, name))).toEqual([]);
      expect(after["conv8/kernel"]).not.toEqual(before["conv8/kernel"]);
      model.dispose();
    });
  });

  const refused: readonly [what: string, names: readonly NameRule[], message: string][] = [
    [
      "two arrays for one name",
      [{ from: "conv{k}.bias", to: "conv9/bias" }, { from: "branch.2.bias", to: "conv9/bias" }, ...torchNames],
      "Expected one array for each name, got branch.2.bias and conv9.bias for conv9/bias.",
    ],
    [
      "another number of axes than its layout has",
      [{ from: "conv9.weight", to: "conv9/kernel", layout: "OI" }, ...torchNames],
      "Expected conv9.weight of 2 axes, got shape [5, 16, 1, 1].",
    ],
    [
      "fewer inputs than were flattened",
      [{ from: "shortcut.weight", to: "head/shortcut/kernel", layout: { flattened: [5, 3, 2] } }, ...torchNames],
      "Expected shortcut.weight of at least 30 inputs, got shape [1, 10].",
    ],
  ];
  it.each(refused)("%s: refused and nothing changed, with `partial` too", async (_, names, message) => {
    const model: Model = dream();
    const before = await saveWeights(model);
    for (const partial of [false, true])
      expect(() => importWeights(model, arraysOf(torch), { names, partial })).toThrow(expect.objectContaining({ code: "mismatch", message }));
    expect(await saveWeights(model)).toEqual(before);
    model.dispose();
  });
});

const sameNumbers = (a: Readonly<Record<string, NamedArray>>, b: Readonly<Record<string, NamedArray>>, name: string) =>
  Buffer.compare(Buffer.from((a[name]!.data as Float32Array).buffer), Buffer.from((b[name]!.data as Float32Array).buffer)) === 0;
