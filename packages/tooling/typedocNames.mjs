// A plugin of typedoc: each module has the name by which it is imported, "@mammo/io/node", instead of its file's.
import { Converter, ReflectionKind } from "typedoc";
import { published } from "./packages.mjs";

/** "io/src/write" -> "@mammo/io/write", "io/src" -> "@mammo/io": typedoc's own names, which leave out what all have in common, and `index`. */
const specifiers = new Map(
  published.flatMap(({ name, manifest }) =>
    Object.entries(manifest.exports).flatMap(([path, target]) =>
      target["@mammo/source"]
        ? [[`${name.split("/")[1]}/${target["@mammo/source"].slice(2, -3).replace(/\/index$/, "")}`, name + path.slice(1)]]
        : [],
    ),
  ),
);

export function load(app) {
  app.converter.on(Converter.EVENT_RESOLVE_BEGIN, ({ project }) => {
    for (const module of project.getChildrenByKind(ReflectionKind.Module)) {
      const specifier = specifiers.get(module.name);
      if (!specifier) throw new Error(`Expected a module that package.json exports, got ${module.name}`);
      module.name = specifier;
    }
  });
}
