import { requireKnownKeys } from "@mammo/mammogram";
import { tags } from "../tags.ts";
import { type DicomJson, firstText, readDicomJson } from "./dicomJson.ts";
import { DicomWebError } from "./dicomWebError.ts";
import { boundaryOf, readMultipart } from "./multipart.ts";
import { readBody } from "./readBody.ts";
import { type Connection, request } from "./request.ts";
import { type Stored, store } from "./store.ts";
import { type DicomWebLimits, dicomWebLimitsDefaults } from "./webLimits.ts";

/** A DICOMweb service and how it is asked. */
export interface DicomWebOptions {
  /** The service's root, http or https: https://pacs.example/dicom-web. */
  readonly url: string;
  /** Sent with each request: authorization, for one. */
  readonly headers?: Readonly<Record<string, string>>;
  readonly limits?: Partial<DicomWebLimits>;
  /** The runtime's own by default. */
  readonly fetch?: typeof fetch;
}

/** A study, or one of its series, or one image of that. */
export interface DicomWebResource {
  readonly study: string;
  readonly series?: string;
  readonly instance?: string;
}

/** A search (QIDO-RS). */
export interface DicomWebQuery {
  /** Attributes by keyword or by eight hexadecimal digits, with the values to match. */
  readonly match?: Readonly<Record<string, string>>;
  /** Further attributes to tell of each match. */
  readonly include?: readonly string[];
  /** Entries asked for at a time, 1 or more; 200 by default. */
  readonly pageSize?: number;
  readonly signal?: AbortSignal;
}

/** Searches, fetches and stores DICOM files over HTTP (PS3.18: QIDO-RS, WADO-RS, STOW-RS), in Node and in browsers. */
export interface DicomWebClient {
  /** Entries one by one, page after page. @throws DicomWebError. */
  searchStudies(query?: DicomWebQuery): AsyncGenerator<DicomJson, void>;
  searchSeries(resource: Pick<DicomWebResource, "study">, query?: DicomWebQuery): AsyncGenerator<DicomJson, void>;
  searchInstances(resource: Omit<DicomWebResource, "instance">, query?: DicomWebQuery): AsyncGenerator<DicomJson, void>;
  /** The headers of all images of a resource. @throws DicomWebError. */
  metadata(resource: DicomWebResource, options?: { readonly signal?: AbortSignal }): Promise<readonly DicomJson[]>;
  /** The Part 10 files of a resource as they arrive, in their stored transfer syntax; one is held at a time. @throws DicomWebError, `partial` behind the last file where the server says (206) that it gave only some. */
  retrieve(resource: DicomWebResource, options?: { readonly signal?: AbortSignal }): AsyncGenerator<Uint8Array, void>;
  /** Sends Part 10 files in one request. @throws DicomWebError. */
  store(files: readonly Uint8Array[], options?: { readonly study?: string; readonly signal?: AbortSignal }): Promise<Stored>;
}

/**
 * A client for one DICOMweb service. It follows no redirection and keeps no state; each request has limits of time and size.
 *
 * @throws RangeError for a URL that is not http or https or holds credentials and for headers that HTTP does not allow; later for anything that is no UID, and for a page size that is no whole number from 1 on. No text repeats what came.
 * @example
 * const pacs = dicomWebClient({ url: "https://pacs.example/dicom-web", headers: { authorization: `Bearer ${token}` } });
 * for await (const file of pacs.retrieve({ study })) files.push(file);
 * const exam = await readExam(files);
 */
export function dicomWebClient(options: DicomWebOptions): DicomWebClient {
  requireKnownKeys("dicomWebClient", options, { url: true, headers: true, limits: true, fetch: true });
  requireKnownKeys("limits", options.limits, { milliseconds: true, partBytes: true, parts: true, jsonBytes: true, jsonValues: true, results: true });
  const limits = { ...dicomWebLimitsDefaults, ...options.limits };
  const connection: Connection = {
    base: baseOf(options.url),
    fetch: options.fetch ?? ((input, init) => fetch(input, init)),
    headers: allowed(options.headers ?? {}),
    milliseconds: limits.milliseconds,
  };
  const search = (path: string, query: DicomWebQuery = {}): AsyncGenerator<DicomJson, void> => {
    requireKnownKeys("a search", query, { match: true, include: true, pageSize: true, signal: true });
    const { pageSize = 200 } = query;
    if (!Number.isInteger(pageSize) || pageSize < 1) throw new RangeError("Expected a page size of 1 or more, a whole number");
    return searchPages(connection, { path, query: { ...query, pageSize }, limits });
  };
  return {
    searchStudies: (query) => search("studies", query),
    searchSeries: (resource, query) => search(`${pathOf(resource)}/series`, query),
    searchInstances: (resource, query) => search(`${pathOf(resource)}/instances`, query),
    async metadata(resource, options = {}) {
      requireKnownKeys("metadata", options, { signal: true });
      const { signal } = options;
      const answer = await request(connection, { path: `${pathOf(resource)}/metadata`, accept: "application/dicom+json", signal });
      const found = await readDicomJson(answer, limits);
      if (answer.status === 206) throw partial();
      return found;
    },
    retrieve(resource, options = {}) {
      requireKnownKeys("retrieve", options, { signal: true });
      return retrieveParts(connection, { path: pathOf(resource), limits, signal: options.signal });
    },
    async store(files, options = {}) {
      requireKnownKeys("store", options, { study: true, signal: true });
      const { study, signal } = options;
      return store(connection, files, { path: study === undefined ? "studies" : pathOf({ study }), limits, signal });
    },
  };
}

async function* searchPages(
  connection: Connection,
  options: { readonly path: string; readonly query: DicomWebQuery & { readonly pageSize: number }; readonly limits: DicomWebLimits },
): AsyncGenerator<DicomJson, void> {
  const { path, limits } = options;
  const { match = {}, include = [], pageSize, signal } = options.query;
  let [offset, firstBefore, sizeBefore] = [0, "", 0];
  for (;;) {
    const asked = new URLSearchParams({ ...match, limit: String(pageSize), offset: String(offset) });
    for (const attribute of include) asked.append("includefield", attribute);
    const answer = await request(connection, { path: `${path}?${asked}`, accept: "application/dicom+json", signal });
    const page = await readDicomJson(answer, limits);
    const first = [tags.SOPInstanceUID, tags.SeriesInstanceUID, tags.StudyInstanceUID].map((tag) => firstText(page[0] ?? {}, tag)).join();
    const isSame = offset > 0 && first === firstBefore;
    // A server that knows no pages gives all that it has, again and again.
    if (isSame && page.length < pageSize) return;
    if (isSame) throw new DicomWebError("invalid-response", "Expected another page, got the one before it again");
    if (offset + page.length > limits.results) throw new DicomWebError("limit-exceeded", `Expected at most ${limits.results} entries`);
    yield* page;
    offset += page.length;
    firstBefore = first;
    // A server may give fewer than were asked for, with a warning (PS3.18 section 8.3.4.4) or without: the end is an empty page, or one shorter than the page before. One that gives more knows no pages.
    const isCut = answer.status === 206 || /\b299\b/.test(answer.warning);
    if (page.length === 0 || page.length > pageSize || (page.length < sizeBefore && !isCut)) return;
    sizeBefore = page.length;
  }
}

async function* retrieveParts(
  connection: Connection,
  options: { readonly path: string; readonly limits: DicomWebLimits; readonly signal: AbortSignal | undefined },
): AsyncGenerator<Uint8Array, void> {
  const { path, limits, signal } = options;
  const answer = await request(connection, { path, accept: 'multipart/related; type="application/dicom"; transfer-syntax=*', signal });
  try {
    const boundary = boundaryOf(answer.contentType);
    if (boundary !== undefined) yield* readMultipart(answer.next, { boundary, ...limits, onPart: answer.deadline.renew });
    else if (/^\s*application\/dicom\s*(;|$)/i.test(answer.contentType)) yield await readBody(answer, limits.partBytes);
    else throw new DicomWebError("invalid-response", "Expected multipart/related with a boundary, or application/dicom");
    // Told last, so that what came is there: each file is whole, but others are missing (PS3.18 section 10.4.3).
    if (answer.status === 206) throw partial();
  } finally {
    answer.close();
  }
}

const partial = (): DicomWebError => new DicomWebError("partial", "Expected the whole resource, the server gave only some of it", 206);

function baseOf(url: string): string {
  const parsed = URL.canParse(url) ? new URL(url) : undefined;
  if (parsed === undefined || !/^https?:$/.test(parsed.protocol) || parsed.username !== "" || parsed.password !== "" || parsed.search || parsed.hash)
    throw new RangeError("Expected an http or https URL without credentials, query or fragment; credentials go into headers");
  let end = parsed.href.length;
  while (parsed.href[end - 1] === "/") end--;
  return `${parsed.href.slice(0, end)}/`;
}

/** The runtime would repeat the value of a header that it does not allow. */
function allowed(headers: Readonly<Record<string, string>>): Readonly<Record<string, string>> {
  try {
    new Headers(headers);
  } catch {
    throw new RangeError("Expected header names and values that HTTP allows");
  }
  return headers;
}

function pathOf({ study, series, instance }: DicomWebResource): string {
  const uid = (value: string): string => {
    if (typeof value !== "string" || value.length > 64 || !/^\d+(\.\d+)*$/.test(value))
      throw new RangeError("Expected a UID: numbers with dots between, up to 64 characters");
    return value;
  };
  if (instance !== undefined && series === undefined) throw new RangeError("Expected the series of an instance");
  return `studies/${uid(study)}${series === undefined ? "" : `/series/${uid(series)}`}${instance === undefined ? "" : `/instances/${uid(instance)}`}`;
}
