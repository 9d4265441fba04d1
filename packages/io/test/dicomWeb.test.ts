import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo, Socket } from "node:net";
import fc from "fast-check";
import { afterEach, describe, expect, it } from "vitest";
import { boundaryIn } from "../src/dicom/dicomweb/boundary.ts";
import { boundaryOf, readMultipart } from "../src/dicom/dicomweb/multipart.ts";
import { type DicomWebClient, DicomWebError, type DicomWebLimits, dicomWebClient } from "../src/index.ts";

const letters = (text: string): Uint8Array => new TextEncoder().encode(text);
const all = async <T>(items: AsyncIterable<T>): Promise<readonly T[]> => {
  const found: T[] = [];
  for await (const item of items) found.push(item);
  return found;
};

const open: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const close of open.splice(0)) await close();
});

/** A server that does what the test says, and a client that has SECRETs to keep. */
async function against(
  handle: (request: IncomingMessage, response: ServerResponse) => void,
  limits: Partial<DicomWebLimits> = {},
): Promise<DicomWebClient> {
  const sockets = new Set<Socket>();
  const server = createServer(handle);
  server.on("connection", (socket) => sockets.add(socket));
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  open.push(
    () =>
      new Promise((resolve) => {
        for (const socket of sockets) socket.destroy();
        server.close(() => resolve());
      }),
  );
  const { port } = server.address() as AddressInfo;
  return dicomWebClient({ url: `http://127.0.0.1:${port}/SECRET`, headers: { authorization: "Bearer SECRET" }, limits });
}

const study = "1.2.777";
const failure = async (promise: Promise<unknown>): Promise<DicomWebError> => {
  const error = await promise.then(
    () => undefined,
    (cause: unknown) => cause,
  );
  expect(error).toBeInstanceOf(DicomWebError);
  expect(`${(error as DicomWebError).message} ${JSON.stringify(error)}`).not.toMatch(/SECRET|777|127\.0\.0\.1|server wrote/);
  expect((error as DicomWebError).cause).toBeUndefined();
  return error as DicomWebError;
};
const multipart = { "content-type": 'multipart/related; type="application/dicom"; boundary=edge' };
const part = (text: string): string => `\r\n--edge\r\ncontent-type: application/dicom\r\n\r\n${text}`;

describe("a hostile or broken server", () => {
  it.each([
    [401, "unauthorized"],
    [403, "unauthorized"],
    [404, "not-found"],
    [400, "refused"],
    [429, "refused"],
    [500, "server-error"],
    [503, "server-error"],
  ] as const)("that answers %i is named by code and status", async (status, code) => {
    const client = await against((_, response) => response.writeHead(status).end("what the server wrote"));
    expect(await failure(all(client.retrieve({ study })))).toMatchObject({ code, status });
    expect(await failure(client.metadata({ study }))).toMatchObject({ code, status });
    expect(await failure(all(client.searchStudies()))).toMatchObject({ code, status });
  });

  it("is not followed elsewhere", async () => {
    let asked = 0;
    const client = await against((_, response) => {
      asked++;
      response.writeHead(302, { location: "/elsewhere/SECRET" }).end();
    });
    expect(await failure(all(client.retrieve({ study })))).toMatchObject({ code: "redirect", status: 302 });
    expect(asked).toBe(1);
  });

  it("whose part never ends is left at the limit", async () => {
    const client = await against(
      (_, response) => {
        response.writeHead(200, multipart).write(part(""));
        const pour = (): void => {
          while (!response.destroyed && response.write(new Uint8Array(65536)));
        };
        response.on("drain", pour);
        pour();
      },
      { partBytes: 4 << 20 },
    );
    const before = process.memoryUsage().rss;
    expect(await failure(all(client.retrieve({ study })))).toMatchObject({ code: "limit-exceeded" });
    expect(process.memoryUsage().rss - before).toBeLessThan(200 << 20);
  });

  it("that sends parts without end is left at the limit", async () => {
    const client = await against(
      (_, response) => {
        response.writeHead(200, multipart);
        const pour = (): void => {
          while (!response.destroyed && response.write(part("x")));
        };
        response.on("drain", pour);
        pour();
      },
      { parts: 1000 },
    );
    expect(await failure(all(client.retrieve({ study })))).toMatchObject({ code: "limit-exceeded" });
  });

  it.each([
    ["drips", 100],
    ["says nothing", 0],
  ])("that %s is left after the time", async (_name, every) => {
    const client = await against(
      (_, response) => {
        response.writeHead(200, multipart).write(part(""));
        const timer = every > 0 ? setInterval(() => response.write("x"), every) : undefined;
        response.on("close", () => clearInterval(timer));
      },
      { milliseconds: 500 },
    );
    const start = performance.now();
    expect(await failure(all(client.retrieve({ study })))).toMatchObject({ code: "timeout" });
    expect(performance.now() - start).toBeLessThan(3000);
  });

  it("that does not even answer is left after the time", async () => {
    const client = await against(() => undefined, { milliseconds: 300 });
    expect(await failure(client.metadata({ study }))).toMatchObject({ code: "timeout" });
  });

  it("that stops in the middle, or lies about its length, has broken the answer", async () => {
    const client = await against((request, response) => {
      const body = `${part("x")}${part("y")}`;
      if (request.url!.includes("1.2.777/series/1")) response.writeHead(200, { ...multipart, "content-length": 10_000 }).end(body);
      else if (request.url!.includes("1.2.777/series/2")) response.writeHead(200, { ...multipart, "content-length": 20 }).end(body);
      else response.writeHead(200, multipart).end(body);
    });
    const parts: Uint8Array[] = [];
    const collect = async (): Promise<void> => {
      for await (const bytes of client.retrieve({ study })) parts.push(bytes);
    };
    expect(await failure(collect())).toMatchObject({ code: "invalid-response" });
    expect(parts.map(String)).toEqual([String(letters("x"))]);
    expect((await failure(all(client.retrieve({ study, series: "1" })))).code).toMatch(/^(network|invalid-response)$/);
    expect((await failure(all(client.retrieve({ study, series: "2" })))).code).toMatch(/^(network|invalid-response)$/);
  });

  it.each([
    ["another boundary than it named", { "content-type": "multipart/related; boundary=other" }],
    ["no boundary", { "content-type": "multipart/related" }],
    ["a page of text", { "content-type": "text/html" }],
    ["no type", {}],
  ])("that sends %s is refused", async (_name, headers) => {
    const client = await against((_, response) => response.writeHead(200, headers as Record<string, string>).end(`${part("x")}\r\n--edge--`));
    expect(await failure(all(client.retrieve({ study })))).toMatchObject({ code: "invalid-response" });
  });

  it.each([
    ["no JSON", "what the server wrote"],
    ["a number", "1"],
    ["a list of texts", '["what the server wrote"]'],
    ["elements that are none", '[{"0020000D": 1}]'],
    ["values that are no list", '[{"0020000D": {"vr": "UI", "Value": {}}}]'],
  ])("that answers a search with %s is refused", async (_name, body) => {
    const client = await against((_, response) => response.end(body));
    expect(await failure(all(client.searchStudies()))).toMatchObject({ code: "invalid-response" });
  });

  it("whose JSON is too long is left at the limit", async () => {
    const client = await against((_, response) => response.end(`[${"{},".repeat(1000)}{}]`), { jsonBytes: 1000 });
    expect(await failure(client.metadata({ study }))).toMatchObject({ code: "limit-exceeded" });
  });

  it("that gives the same page for ever is found out", async () => {
    const client = await against((_, response) => response.end('[{"0020000D":{"vr":"UI","Value":["1.2.777"]}}]'));
    let found = 0;
    const count = async (): Promise<void> => {
      for await (const _ of client.searchStudies({ pageSize: 1 })) found++;
    };
    expect(await failure(count())).toMatchObject({ code: "invalid-response" });
    expect(found).toBe(1);
  });

  it("that is not there is a network error", async () => {
    const client = await against((_, response) => response.end());
    await open.pop()!();
    expect(await failure(client.metadata({ study }))).toMatchObject({ code: "network", status: undefined });
  });

  it("that names no file it stored has refused them", async () => {
    const client = await against((_, response) => response.end("{}"));
    expect(await failure(client.store([letters("x")]))).toMatchObject({ code: "refused" });
  });

  it.each(["", "<what>the server wrote</what>", '{"00081198": {"vr": "SQ", "Value": {}}}'])(
    "that answers 409 has refused the files, with the body %o",
    async (body) => {
      const client = await against((_, response) => response.writeHead(409).end(body));
      expect(await failure(client.store([letters("x")]))).toMatchObject({ code: "refused", status: 409 });
    },
  );

  it("that answers 409 at length is left at the limit", async () => {
    const client = await against((_, response) => response.writeHead(409).end("[{},{},{}]"), { jsonBytes: 9 });
    expect(await failure(client.store([letters("x")]))).toMatchObject({ code: "limit-exceeded" });
  });

  it("that lists empty failures has given no reason, and values that are no list are no answer", async () => {
    let body = '{"00081198": {"vr": "SQ", "Value": [null, {}]}}';
    const client = await against((_, response) => response.end(body));
    expect(await client.store([letters("x"), letters("y")])).toEqual({ stored: 0, failed: [undefined, undefined] });
    body = '{"00081198": {"vr": "SQ", "Value": [{"00081197": {"vr": "US", "Value": [272]}}]}, "00081199": {"vr": "SQ", "Value": [{}]}}';
    expect(await client.store([letters("x"), letters("y")])).toEqual({ stored: 1, failed: [272] });
    body = '{"00081199": {"vr": "SQ", "Value": [{}]}}';
    expect(await client.store([letters("x")])).toEqual({ stored: 1, failed: [] });
    body = '{"00081199": {"vr": "SQ", "Value": {}}}';
    expect(await failure(client.store([letters("x")]))).toMatchObject({ code: "invalid-response" });
  });

  const entry = (number: number) => ({ "0020000D": { vr: "UI", Value: [`1.2.777.${number}`] } });

  it("that finds more than the limit is left there, and not at it", async () => {
    const entries = Array.from({ length: 4 }, (_, at) => entry(at));
    const search = async (results: number) => {
      const handle = (request: IncomingMessage, response: ServerResponse) => {
        const offset = Number(new URL(request.url!, "http://x").searchParams.get("offset"));
        response.end(JSON.stringify(entries.slice(offset, offset + 2)));
      };
      return all((await against(handle, { results })).searchStudies({ pageSize: 2 }));
    };
    expect(await search(4)).toEqual(entries);
    expect(await failure(search(3))).toMatchObject({ code: "limit-exceeded" });
  });

  it("that caps its pages and warns of more is asked for all", async () => {
    const entries = Array.from({ length: 7 }, (_, at) => entry(at));
    const client = await against((request, response) => {
      const offset = Number(new URL(request.url!, "http://x").searchParams.get("offset"));
      if (offset + 3 < entries.length) response.setHeader("warning", '299 pacs "There are additional results that can be requested"');
      response.end(JSON.stringify(entries.slice(offset, offset + 3)));
    });
    expect(await all(client.searchStudies({ pageSize: 5 }))).toEqual(entries);
  });

  it("that warns for ever is asked until a page is empty", async () => {
    let asked = 0;
    const client = await against((_, response) => {
      response.setHeader("warning", '299 pacs "more"');
      response.end(++asked > 2 ? "[]" : JSON.stringify([entry(asked)]));
    });
    expect(await all(client.searchStudies())).toHaveLength(2);
    expect(asked).toBe(3);
  });

  it.each([
    ["2, 2, 1", 2, 5, 3],
    ["2, 2, nothing", 2, 4, 3],
    ["100, 100, 50", 100, 250, 3],
    ["1, nothing", 1, 1, 2],
  ])("that caps its pages and does not say so is asked for all: %s", async (_name, cap, count, requests) => {
    const entries = Array.from({ length: count }, (_, at) => entry(at));
    let asked = 0;
    const client = await against((request, response) => {
      asked++;
      const offset = Number(new URL(request.url!, "http://x").searchParams.get("offset"));
      response.end(JSON.stringify(entries.slice(offset, offset + cap)));
    });
    expect(await all(client.searchStudies())).toEqual(entries);
    expect(asked).toBe(requests);
  });

  it("that knows no pages gives what it has once, also where that is more than was asked for", async () => {
    const client = await against((_, response) => response.end(JSON.stringify([entry(1), entry(2)])));
    expect(await all(client.searchStudies())).toHaveLength(2);
    expect(await all(client.searchStudies({ pageSize: 1 }))).toHaveLength(2);
  });

  it.each(["", " ", "\r\n"])("that answers 200 with the body %j has no match", async (body) => {
    const client = await against((_, response) => response.writeHead(200, { "content-type": "application/dicom+json" }).end(body));
    expect(await all(client.searchStudies())).toEqual([]);
    expect(await all(client.searchInstances({ study }))).toEqual([]);
    expect(await client.metadata({ study })).toEqual([]);
  });

  it("that gives only some of a resource (206) is named, behind what it gave", async () => {
    const client = await against((request, response) => {
      if (request.url!.endsWith("metadata")) response.writeHead(206).end(JSON.stringify([entry(1)]));
      else response.writeHead(206, multipart).end(`${part("x")}${part("y")}\r\n--edge--`);
    });
    const parts: Uint8Array[] = [];
    const collect = async (): Promise<void> => {
      for await (const bytes of client.retrieve({ study })) parts.push(bytes);
    };
    expect(await failure(collect())).toMatchObject({ code: "partial", status: 206 });
    expect(parts).toHaveLength(2);
    expect(await failure(client.metadata({ study }))).toMatchObject({ code: "partial", status: 206 });
  });

  it("that answers a search with 206 is asked for the rest", async () => {
    const entries = Array.from({ length: 7 }, (_, at) => entry(at));
    const client = await against((request, response) => {
      const offset = Number(new URL(request.url!, "http://x").searchParams.get("offset"));
      const size = offset === 0 ? 4 : 3;
      response.writeHead(offset < 4 ? 206 : 200).end(JSON.stringify(entries.slice(offset, offset + size)));
    });
    expect(await all(client.searchStudies({ pageSize: 5 }))).toEqual(entries);
  });

  it.each([0, -1, 1.5, Number.NaN])("is not asked for pages of %d", async (pageSize) => {
    const client = dicomWebClient({ url: "http://localhost/" });
    expect(() => client.searchStudies({ pageSize })).toThrow(RangeError);
  });
});

describe("dicomWebClient", () => {
  it("stops when the caller says so, before and during", async () => {
    const client = await against((_, response) => {
      response.writeHead(200, multipart).write(`${part("x")}${part("")}`);
    });
    const ending = new AbortController();
    const collect = async (): Promise<void> => {
      for await (const _ of client.retrieve({ study }, { signal: ending.signal })) setTimeout(() => ending.abort(), 20);
    };
    expect(await failure(collect())).toMatchObject({ code: "aborted" });
    expect(await failure(client.metadata({ study }, { signal: ending.signal }))).toMatchObject({ code: "aborted" });
  });

  it("ends the transfer when the caller takes no more", async () => {
    let closed: () => void = () => undefined;
    const ended = new Promise<void>((resolve) => {
      closed = resolve;
    });
    const client = await against((_, response) => {
      response
        .on("close", closed)
        .writeHead(200, multipart)
        .write(`${part("x")}${part("")}`);
    });
    for await (const _ of client.retrieve({ study })) break;
    await ended;
  });

  it("does not count the caller's own time", async () => {
    const client = await against((_, response) => response.writeHead(200, multipart).end(`${part("x")}${part("y")}${part("z")}\r\n--edge--`), {
      milliseconds: 400,
    });
    const found: string[] = [];
    for await (const bytes of client.retrieve({ study })) {
      found.push(new TextDecoder().decode(bytes));
      await new Promise((resolve) => setTimeout(resolve, 300));
    }
    expect(found).toEqual(["x", "y", "z"]);
  });

  it("gives each part a time of its own", async () => {
    const client = await against(
      (_, response) => {
        response.writeHead(200, multipart).write(part("x"));
        setTimeout(() => response.write(part("y")), 300);
        setTimeout(() => response.write(part("z")), 600);
        setTimeout(() => response.end("\r\n--edge--"), 900);
      },
      { milliseconds: 600 },
    );
    expect(await all(client.retrieve({ study }))).toHaveLength(3);
  });

  it("asks page after page and passes on what to match", async () => {
    const asked: string[] = [];
    const client = await against((request, response) => {
      asked.push(request.url!);
      const offset = Number(new URL(request.url!, "http://x").searchParams.get("offset"));
      const page = Array.from({ length: Math.min(2, 5 - offset) }, (_, at) => ({ "0020000D": { vr: "UI", Value: [`1.${offset + at}`] } }));
      response.end(JSON.stringify(page));
    });
    const found = await all(client.searchStudies({ pageSize: 2, match: { StudyDate: "20200101-" }, include: ["00081030"] }));
    expect(found.map((entry) => entry["0020000D"]!.Value![0])).toEqual(["1.0", "1.1", "1.2", "1.3", "1.4"]);
    expect(asked[1]).toBe("/SECRET/studies?StudyDate=20200101-&limit=2&offset=2&includefield=00081030");
  });

  it("takes an answer of no content for no entries, and a single file without parts", async () => {
    const client = await against((request, response) =>
      request.url!.includes("?") ? response.writeHead(204).end() : response.writeHead(200, { "content-type": "application/dicom" }).end("file"),
    );
    expect(await all(client.searchStudies())).toEqual([]);
    expect(await all(client.retrieve({ study, series: "1.2", instance: "1.3" }))).toEqual([letters("file")]);
  });

  it.each(["http://host/a", "http://host/a/", "http://host/a//"])("asks below the address %s", async (url) => {
    const asked: string[] = [];
    const fetch = (async (address: string) => {
      asked.push(address);
      return new Response("[]");
    }) as typeof globalThis.fetch;
    await dicomWebClient({ url, fetch }).metadata({ study });
    expect(asked).toEqual([`http://host/a/studies/${study}/metadata`]);
  });

  it.each([...["ftp://SECRET/", "http://SECRET@host/", "http://:SECRET@host/", "SECRET", "http://host/?token=SECRET", "http://host/#SECRET"]])(
    "refuses the address %s without repeating it",
    (url) => {
      expect(() => dicomWebClient({ url })).toThrow(RangeError);
      expect(() => dicomWebClient({ url })).not.toThrow(/SECRET/);
    },
  );

  it("refuses headers that HTTP does not allow and UIDs that are none, without repeating them", async () => {
    expect(() => dicomWebClient({ url: "http://host", headers: { authorization: "SECRET\nx" } })).toThrow(/^Expected header names/);
    const client = dicomWebClient({ url: "http://host" });
    for (const uid of ["..", "1..2", "1/2", "", "SECRET", "1".repeat(65)]) {
      await expect(client.metadata({ study: uid })).rejects.toThrow(/^Expected a UID: numbers/);
    }
    await expect(client.metadata({ study, instance: "1" })).rejects.toThrow(RangeError);
  });
});

describe("readMultipart", () => {
  it("gives the parts back however they are cut", async () => {
    const bytes = fc.uint8Array({ maxLength: 40 }).map((part) => Uint8Array.from(part, (byte) => [13, 10, 45, 98, byte][byte % 5]!));
    await fc.assert(
      fc.asyncProperty(fc.array(bytes, { maxLength: 4 }), fc.array(fc.integer({ min: 1, max: 9 }), { minLength: 1 }), async (files, cuts) => {
        const boundary = "b0undary";
        const body = Buffer.concat([
          Buffer.from("preamble"),
          ...files.flatMap((file, at) => [Buffer.from(`\r\n--${boundary}${at % 2 ? " " : ""}\r\n${at % 3 ? "a: b\r\n" : ""}\r\n`), file]),
          Buffer.from(`\r\n--${boundary}--`),
        ]);
        let [at, turn] = [0, 0];
        const next = async (): Promise<Uint8Array | undefined> => {
          if (at >= body.length) return undefined;
          const from = at;
          at += cuts[turn++ % cuts.length]!;
          return body.subarray(from, at);
        };
        const found = await all(readMultipart(next, { boundary, partBytes: 1000, parts: 10 }));
        expect(found.map((part) => [...part])).toEqual(files.map((part) => [...part]));
      }),
    );
  });

  it("reads the boundary however it is written", () => {
    expect(boundaryOf('Multipart/Related; type="application/dicom"; boundary="a b"')).toBe("a b");
    expect(boundaryOf("multipart/related;boundary=x;type=y")).toBe("x");
    for (const none of ["", "multipart/related", "text/plain; boundary=x", `multipart/related; boundary=${"x".repeat(71)}`])
      expect(boundaryOf(none)).toBeUndefined();
  });

  it("chooses a boundary that no file holds", () => {
    expect(boundaryIn([])).toBe("mammo-part-00000000");
    expect(boundaryIn([letters("ammo mammo-part-00000000"), letters("mammo-part-00000001x")])).toBe("mammo-part-00000002");
  });
});
