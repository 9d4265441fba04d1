// Threads take no TypeScript loader over: where the package runs from its source, this entry brings one.
import { register } from "tsx/esm/api";

register();
(await import("./drawThread.ts")).listen();
