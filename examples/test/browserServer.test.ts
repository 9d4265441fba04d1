import { request } from "node:http";
import { connect } from "node:net";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { servePage } from "../browser/servePage.ts";

let served: Awaited<ReturnType<typeof servePage>>;
let port = 0;
beforeAll(async () => {
  served = await servePage({ port: 0, isolated: true });
  port = Number(new URL(served.url).port);
}, 120_000);
afterAll(() => served.close());

/** Asks as no browser does. */
const ask = (path: string, options: { readonly method?: string; readonly host?: string } = {}) =>
  new Promise<{ readonly status: number | undefined; readonly headers: NodeJS.Dict<string | string[]> }>((resolve, reject) => {
    const { method = "GET", host = `127.0.0.1:${port}` } = options;
    const sent = request({ host: "127.0.0.1", port, path, method, headers: { host } }, (response) => {
      response.resume();
      resolve({ status: response.statusCode, headers: response.headers });
    });
    sent.on("error", reject).end();
  });

describe("the page's server", () => {
  it("lets its page run its own scripts only, and sends nothing elsewhere", async () => {
    const { status, headers } = await ask("/");
    expect(status).toBe(200);
    const policy = String(headers["content-security-policy"]);
    expect(policy).toContain("default-src 'none'");
    expect(policy).toMatch(/style-src 'sha256-[\w+/]{43}='/);
    expect(policy).not.toMatch(/unsafe-inline|unsafe-eval(?<!wasm-unsafe-eval)|https?:|\*/);
    expect((await ask("/page.js?x=1")).status).toBe(200);
  });

  it("answers only to the names of this machine", async () => {
    expect((await ask("/", { host: `localhost:${port}` })).status).toBe(200);
    for (const host of ["evil.example", `evil.example:${port}`, "127.0.0.1.evil.example"])
      expect((await ask("/", { host })).status, host).toBeGreaterThanOrEqual(400);
  });

  it("answers no request of two hosts", async () => {
    const socket = connect(port, "127.0.0.1");
    const answer = new Promise<string>((resolve) => socket.once("data", (bytes) => resolve(String(bytes))));
    socket.end(`GET / HTTP/1.1\r\nHost: 127.0.0.1:${port}\r\nHost: evil.example\r\n\r\n`);
    expect(await answer).toMatch(/^HTTP\/1\.1 4\d\d /);
  });

  it("survives any request", { timeout: 120_000 }, async () => {
    for (const path of ["//", "/..//../etc/passwd", "/%", "/\\", "http://[", "*", "/page.js/../../index.html"])
      expect((await ask(path)).status, path).toBe(404);
    expect((await ask("/", { method: "POST" })).status).toBe(405);
    for (const bytes of ["\0\0\0", "GET\r\n\r\n", "GET / HTTP/1.1\r\nHost: x\r\nHost: y\r\n\r\n", `GET /${"a".repeat(100_000)} HTTP/1.1\r\n\r\n`]) {
      const socket = connect(port, "127.0.0.1")
        .on("error", () => undefined)
        .resume();
      await new Promise((resolve) => socket.on("close", resolve).end(bytes));
    }
    expect((await ask("/")).status).toBe(200);
  });
});
