import { lettered, pairColors } from "./lesionMark.ts";

const numbers = Array.from({ length: lettered }, (_, i) => i + 1);

/** Everything that stands for one lesion is marked where the pointer or the keyboard is on any of it. */
const marked = numbers.map((n) => `.exam:has(.l${n}:is(:hover,:focus-within,:target)) .l${n}`);

/** CSS of the page of scores. Without any script: what is on and off are checkboxes. */
export const scoreStyle = `
:root{--mark:#f2f4f6;--accent:#0b5cad}
@media(prefers-color-scheme:dark){:root{--accent:#7cb8ff}}
:focus-visible{outline:3px solid var(--accent);outline-offset:2px}
a{color:var(--accent)}
${pairColors.map((color, i) => `.p${i}{--mark:${color}}`).join("")}
.tools{position:sticky;top:0;z-index:1;display:flex;flex-wrap:wrap;gap:.2rem 1.4rem;padding:.5rem 0;background:var(--paper);border-bottom:1px solid var(--line)}
.tools input{width:1.1rem;height:1.1rem;vertical-align:-.2rem;margin:0 .45rem 0 0;accent-color:var(--accent)}
body:has(#map:not(:checked)) .map,body:has(#boxes:not(:checked)) svg .lesion,body:has(#faint:not(:checked)) .faint,body:has(#faint:checked) .unless-faint{display:none}
.exam{margin-top:2.4rem}.exam h2{margin:0 0 .6rem}.exam [id]{scroll-margin-top:4rem}
.scores{display:flex;flex-wrap:wrap;gap:.6rem;margin:0 0 .8rem;padding:0;list-style:none}
.scores li{border:1px solid var(--line);border-radius:8px;padding:.3rem .8rem}.scores b{font-size:1.5rem;font-variant-numeric:tabular-nums}
.scores span{display:block;color:var(--quiet);font-size:.8rem}
.sides{display:grid;grid-template-columns:minmax(0,35rem) minmax(0,1fr);gap:1.6rem;align-items:start}
.both{grid-template-columns:1fr 1fr}.both>:last-child{grid-column:1/-1}.exam h3{margin:0 0 .4rem;font-size:1rem}
.hang{display:grid;grid-template-columns:1fr 1fr;gap:.5rem 2px;background:#000;color:#c4cad1;padding:.5rem;border-radius:8px}
.hang figure{position:relative;min-width:0}.hang svg{display:block;width:100%;height:auto}
.hang figcaption{position:absolute;top:.2rem;left:.4rem;color:#c4cad1;font-weight:600;pointer-events:none}.hang .l figcaption{left:auto;right:.4rem}
.none{display:grid;place-items:center;min-height:9rem;border:1px dashed #8b949e;border-radius:4px;text-align:center;font-size:.85rem;padding:1.8rem .4rem .6rem}
svg .lesion rect{fill:transparent;stroke:var(--mark);stroke-width:2px;vector-effect:non-scaling-stroke}
svg .lesion:not([class*=" p"]) rect{stroke-dasharray:6 4}
svg .lesion text{fill:var(--mark);stroke:#000;stroke-width:8px;paint-order:stroke;font:600 36px system-ui,sans-serif;dominant-baseline:hanging}
svg .lesion:focus-visible{outline:none}svg .lesion:focus-visible rect{stroke:#fff;stroke-dasharray:none}
.findings{width:100%}.findings caption{text-align:left;font-weight:600;padding-bottom:.3rem}
.findings td,.findings th{text-align:left;vertical-align:top;white-space:normal;padding:.35rem .6rem .35rem .3rem}.findings th{font-weight:600}
.findings td a{white-space:nowrap}.findings td .quiet{display:block}.letter{display:inline-block;min-width:1.5em;text-align:center;border:1px solid #59616b;border-radius:4px;background:var(--mark);color:#16181c}
.origin dt{font-weight:600;margin-top:.5rem}.origin dd{margin:0;overflow-wrap:anywhere}
${marked.map((one) => `${one} rect`).join(",")}{stroke-width:5px;fill:color-mix(in srgb,var(--mark) 14%,transparent)}
${marked.map((one) => one.replace(/ (\.l\d+)$/, " tr$1")).join(",")}{background:color-mix(in srgb,var(--accent) 16%,transparent)}
.sides>:last-child{position:sticky;top:3.6rem}
@media(max-width:60rem){.sides,.both{grid-template-columns:minmax(0,1fr)}.sides>:last-child{position:static}}
@media(max-width:30rem){body{padding:0 .8rem}.scores{gap:.4rem}.scores li{flex:1;padding:.3rem .5rem}svg .lesion text{font-size:58px;stroke-width:12px}.findings{font-size:.85rem}}
`;
