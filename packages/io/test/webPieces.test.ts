// The pieces of the DICOMweb client by themselves: cutting bytes, limits, boundaries, statuses, time.
import { describe, expect, it, vi } from "vitest";
import { boundaryIn } from "../src/dicom/dicomweb/boundary.ts";
import { byteScanner } from "../src/dicom/dicomweb/byteScanner.ts";
import { deadline } from "../src/dicom/dicomweb/deadline.ts";
import { firstText, jsonValues } from "../src/dicom/dicomweb/dicomJson.ts";
import { boundaryOf, readMultipart } from "../src/dicom/dicomweb/multipart.ts";
import { readBody } from "../src/dicom/dicomweb/readBody.ts";
import { type Answer, request } from "../src/dicom/dicomweb/request.ts";
import { dicomWebLimitsDefaults } from "../src/dicom/dicomweb/webLimits.ts";

const bytes = (text: string) => new TextEncoder().encode(text);
const text = (of: Uint8Array) => new TextDecoder().decode(of);
const pieces = (...texts: readonly string[]) => {
  const left = texts.map(bytes);
  return async () => left.shift();
};

it("limits are these where nothing else is said", () => {
  expect(dicomWebLimitsDefaults).toEqual({
    milliseconds: 120_000,
    partBytes: 2_147_483_648,
    parts: 10_000,
    jsonBytes: 33_554_432,
    jsonValues: 1_048_576,
    results: 100_000,
  });
});

describe("byteScanner", () => {
  const what = "it";
  it("cuts at a delimiter, wherever the pieces end", async () => {
    for (const cut of [1, 2, 3, 5, 11, 99]) {
      const whole = "one--two-three--";
      const scanner = byteScanner(pieces(...(whole.match(new RegExp(`.{1,${cut}}`, "g")) ?? [])));
      expect(text(await scanner.until(bytes("--"), { most: 99, what }))).toBe("one");
      expect(text(await scanner.until(bytes("--"), { most: 99, what }))).toBe("two-three");
      await expect(scanner.until(bytes("--"), { most: 99, what })).rejects.toMatchObject({
        code: "invalid-response",
        message: expect.stringContaining("the end of it"),
      });
    }
  });

  it("gives as many bytes as the limit, and not one more", async () => {
    const of = (most: number) => byteScanner(pieces("abc", "de--")).until(bytes("--"), { most, what });
    expect(text(await of(5))).toBe("abcde");
    await expect(of(4)).rejects.toMatchObject({ code: "limit-exceeded", message: "Expected it of at most 4 bytes" });
    // What may still become the delimiter is not counted before it is known.
    expect(text(await byteScanner(pieces("abc-", "-")).until(bytes("--"), { most: 3, what }))).toBe("abc");
  });

  it("takes and puts back", async () => {
    const scanner = byteScanner(pieces("ab", "cd"));
    expect(text(await scanner.take(3))).toBe("abc");
    scanner.unread(bytes("xy"));
    expect(text(await scanner.take(3))).toBe("xyd");
    expect(text(await scanner.take(0))).toBe("");
    await expect(scanner.take(1)).rejects.toMatchObject({ code: "invalid-response" });
  });
});

describe("readMultipart", () => {
  const parts = async (body: string, options: { readonly parts?: number; readonly partBytes?: number; readonly onPart?: () => void } = {}) => {
    const found: string[] = [];
    for await (const part of readMultipart(pieces(body), { boundary: "b", parts: 9, partBytes: 99, ...options })) found.push(text(part));
    return found;
  };

  it("drops what stands before the first part, headers, blanks behind a boundary and what follows the last", async () => {
    expect(await parts("--b\r\na: 1\r\n\r\none\r\n--b \t\r\n\r\ntwo\r\n--b--\r\nafter")).toEqual(["one", "two"]);
    expect(await parts("preamble\r\n--b\r\n\r\n\r\n--b--")).toEqual([""]);
    expect(await parts("--b--")).toEqual([]);
  });

  it("asks for as many parts as the limit, and for one at a time", async () => {
    const body = "--b\r\n\r\n1\r\n--b\r\n\r\n2\r\n--b--";
    const onPart = vi.fn();
    expect(await parts(body, { parts: 2, onPart })).toEqual(["1", "2"]);
    expect(onPart).toHaveBeenCalledTimes(3);
    await expect(parts(body, { parts: 1 })).rejects.toMatchObject({ code: "limit-exceeded", message: "Expected at most 1 parts" });
    await expect(parts("--b\r\n\r\n12\r\n--b--", { partBytes: 1 })).rejects.toMatchObject({ code: "limit-exceeded" });
    expect(await parts("--b\r\n\r\n12\r\n--b--", { partBytes: 2 })).toEqual(["12"]);
  });

  it("refuses letters behind a boundary, and headers of more than 16 kB", async () => {
    await expect(parts("--bc\r\n\r\n1\r\n--b--")).rejects.toMatchObject({ code: "invalid-response" });
    expect(await parts(`--b\r\n${"h".repeat(16_382)}\r\n\r\n1\r\n--b--`)).toEqual(["1"]);
    await expect(parts(`--b\r\n${"h".repeat(16_383)}\r\n\r\n1\r\n--b--`)).rejects.toMatchObject({ code: "limit-exceeded" });
  });

  it.each([
    ['multipart/related; boundary="a b"', "a b"],
    ["Multipart/Related;type=x; Boundary = abc;", "abc"],
    [`multipart/related; boundary=${"x".repeat(70)}`, "x".repeat(70)],
    [`multipart/related; boundary=${"x".repeat(71)}`, undefined],
    ['multipart/related; boundary=""', undefined],
    ["multipart/related", undefined],
    ["multipart/mixed; boundary=abc", undefined],
    ["application/dicom; boundary=abc", undefined],
  ])("the boundary of %s is %s", (contentType, boundary) => {
    expect(boundaryOf(contentType)).toBe(boundary);
  });
});

it("boundaryIn: the first number that no file holds, also at a file's very end", () => {
  expect(boundaryIn([])).toBe("mammo-part-00000000");
  expect(boundaryIn([bytes("x mammo-part-00000000 mammo-part-00000002"), bytes("mammo-part-00000001")])).toBe("mammo-part-00000003");
  expect(boundaryIn([bytes("mammo-part-0000000")])).toBe("mammo-part-00000000");
});

describe("readBody", () => {
  const answer = (...texts: readonly string[]) =>
    ({ next: pieces(...texts), close: vi.fn() }) as unknown as Answer & { close: ReturnType<typeof vi.fn> };
  it("takes as much as the limit, and closes the answer beyond", async () => {
    expect(text(await readBody(answer("ab", "cd"), 4))).toBe("abcd");
    const long = answer("ab", "cd", "ef");
    await expect(readBody(long, 3)).rejects.toMatchObject({ code: "limit-exceeded", message: "Expected an answer of at most 3 bytes" });
    expect(long.close).toHaveBeenCalledTimes(1);
  });
});

describe("values of the JSON model", () => {
  it("by eight hexadecimal digits", () => {
    const found = { "0020000D": { vr: "UI", Value: ["1.2"] }, "00080018": { vr: "UI" }, "00200013": { vr: "IS", Value: [3] } };
    expect([jsonValues(found, 0x0020000d), jsonValues(found, 0x00080018), jsonValues(found, 0x00100010)]).toEqual([["1.2"], [], []]);
    expect([firstText(found, 0x0020000d), firstText(found, 0x00200013), firstText(found, 0x00080018)]).toEqual(["1.2", undefined, undefined]);
    expect(jsonValues({}, 0x00000000)).toEqual([]);
  });
});

describe("request", () => {
  const asked = async (status: number, alsoGood?: readonly number[], type = "basic") => {
    let sent: RequestInit | undefined;
    const fetch = (async (_url: string, init: RequestInit) => {
      sent = init;
      return {
        status,
        ok: status >= 200 && status < 300,
        type,
        headers: new Headers({ warning: "299 x", "content-type": "t/x" }),
        body: null,
      };
    }) as unknown as typeof globalThis.fetch;
    const connection = { base: "http://h/", fetch, headers: { a: "1" }, milliseconds: 1000 };
    const found = await request(connection, { path: "p", accept: "x/y", ...(alsoGood ? { alsoGood } : {}) }).catch((error: unknown) => error);
    return { found, sent };
  };

  it.each([
    [300, "redirect"],
    [302, "redirect"],
    [399, "redirect"],
    [400, "refused"],
    [401, "unauthorized"],
    [403, "unauthorized"],
    [404, "not-found"],
    [410, "not-found"],
    [409, "refused"],
    [499, "refused"],
    [500, "server-error"],
    [503, "server-error"],
  ])("a status of %i is %s, and ends the transfer", async (status, code) => {
    const { found, sent } = await asked(status);
    expect(found).toMatchObject({ code, status });
    expect(sent!.signal!.aborted).toBe(true);
  });

  it("a redirection that a browser does not show is one, without a status", async () => {
    const { found, sent } = await asked(0, undefined, "opaqueredirect");
    expect([found, sent!.signal!.aborted]).toMatchObject([{ code: "redirect", status: undefined }, true]);
  });

  it("200, and 409 where it is an answer, are answers with their headers and no body", async () => {
    for (const [status, alsoGood] of [
      [200, undefined],
      [299, undefined],
      [409, [409]],
    ] as const) {
      const { found, sent } = await asked(status, alsoGood);
      expect(found).toMatchObject({ status, contentType: "t/x", warning: "299 x" });
      expect(await (found as Answer).next()).toBeUndefined();
      expect(sent).toMatchObject({ method: "GET", headers: { a: "1", accept: "x/y" }, redirect: "manual" });
      expect(sent!.signal!.aborted).toBe(false);
    }
  });
});

describe("deadline", () => {
  it("counts the waiting only, all of it together, until it is renewed", async () => {
    const onExpired = vi.fn();
    const within = deadline({ milliseconds: 300, onExpired });
    const after = (ms: number) => new Promise<number>((resolve) => setTimeout(() => resolve(ms), ms));
    expect(await within.wait(after(100))).toBe(100);
    await after(250);
    expect(await within.wait(after(60))).toBe(60);
    within.renew();
    expect(await within.wait(after(150))).toBe(150);
    await expect(within.wait(after(2000))).rejects.toMatchObject({ code: "timeout", message: "Expected the server's answer within 300 ms" });
    expect(onExpired).toHaveBeenCalledTimes(1);
  });

  it("ends when the caller says so, before and during, and passes failures on", async () => {
    const [onExpired, ending] = [vi.fn(), new AbortController()];
    const within = deadline({ milliseconds: 5000, signal: ending.signal, onExpired });
    await expect(within.wait(Promise.reject(new Error("no")))).rejects.toThrow("no");
    const waiting = within.wait(new Promise(() => undefined));
    ending.abort();
    await expect(waiting).rejects.toMatchObject({ code: "aborted" });
    await expect(within.wait(Promise.resolve(1))).rejects.toMatchObject({ code: "aborted" });
    expect(onExpired).toHaveBeenCalledTimes(2);
  });
});
