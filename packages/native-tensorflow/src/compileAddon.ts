import { existsSync, mkdirSync, symlinkSync } from "node:fs";
import { dirname, join, relative } from "node:path";
import { NativeTensorflowError } from "./errors.ts";
import { runCommand } from "./runCommand.ts";
import type { TfjsNode } from "./tfjsNode.ts";

/**
 * Compiles tfjs-node's addon from the sources in its package against the headers and libraries in `linked/deps`, into `linked`.
 *
 * Needs a C++ compiler (environment variable CXX, default g++) and Node's headers; Linux.
 */
export function compileAddon(target: TfjsNode, linked: string, headersGiven: string | undefined): void {
  const headers = findHeaders(headersGiven);
  const library = join(linked, "deps", "lib");
  for (const name of ["cc", "framework"])
    symlinkSync(`libtensorflow_${name}.so.2`, join(library, name === "cc" ? "libtensorflow.so" : "libtensorflow_framework.so"));
  const place = relative(target.folder, target.addon);
  const addon = join(linked, place);
  mkdirSync(dirname(addon), { recursive: true });
  const search = `$ORIGIN/${relative(dirname(addon), library)}`;
  const sources = ["tfjs_backend.cc", "tfjs_binding.cc"].map((file) => join(target.folder, "binding", file));
  const include = ["-I", target.folder, "-I", join(linked, "deps", "include"), "-I", headers];
  const napi = /napi-v(\d+)/.exec(place)?.[1] ?? "8";
  const flags = ["-shared", "-fPIC", "-O2", "-w", "-std=c++17", `-DNAPI_VERSION=${napi}`, "-DNODE_GYP_MODULE_NAME=tfjs_binding"];
  const link = [`-L${library}`, "-ltensorflow", "-ltensorflow_framework", `-Wl,-rpath,${search}`];
  runCommand(process.env["CXX"] ?? "g++", [...flags, ...include, ...sources, ...link, "-o", addon], { code: "link-failed" });
}

function findHeaders(given: string | undefined): string {
  const beside = join(dirname(dirname(process.execPath)), "include", "node");
  const places = given === undefined ? [beside, "/usr/include/node", "/usr/include/nodejs/src"] : [given];
  const found = places.find((place) => existsSync(join(place, "node_api.h")));
  if (!found)
    throw new NativeTensorflowError("link-failed", `Expected Node's headers (node_api.h), also with --headers DIR, got none in ${places.join(", ")}`);
  return found;
}
