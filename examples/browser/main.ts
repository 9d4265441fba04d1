// npm run browser: serves a page that scores a mammogram in the browser; the picture never leaves it.
import { program } from "../cli/program.ts";
import { servePage } from "./servePage.ts";

await program(
  {
    usage: "npm run browser -- [--port N] [--single]",
    about: "Serves the page on this machine alone (127.0.0.1), with the headers that let WebAssembly use threads.",
    options: {
      port: { kind: "number", default: 8080, range: [0, 65535], integer: true, help: "0 takes a free one" },
      single: { kind: "flag", help: "without those headers: one thread" },
    },
  },
  async ({ port, single }) => {
    const { url } = await servePage({ port, isolated: !single });
    console.log(`${url}  (Ctrl+C ends it)`);
  },
);
