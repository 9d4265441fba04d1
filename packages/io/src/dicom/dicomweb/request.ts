import { type Deadline, deadline } from "./deadline.ts";
import { DicomWebError, type DicomWebErrorCode } from "./dicomWebError.ts";

/** Where to ask, with what, and for how long. */
export interface Connection {
  /** Ends with a slash. */
  readonly base: string;
  readonly fetch: typeof fetch;
  readonly headers: Readonly<Record<string, string>>;
  readonly milliseconds: number;
}

/** An answer whose first line was good, and its body, piece by piece. */
export interface Answer {
  readonly status: number;
  readonly contentType: string;
  /** The Warning header; empty where there is none, or where a browser may not show it. */
  readonly warning: string;
  /** The body's next piece; undefined at its end. */
  next(): Promise<Uint8Array | undefined>;
  /** Gives each part of the body a time of its own. */
  readonly deadline: Deadline;
  /** Ends the transfer; harmless after its end. */
  close(): void;
}

const codeOf = (status: number): DicomWebErrorCode => {
  if (status === 401 || status === 403) return "unauthorized";
  if (status === 404 || status === 410) return "not-found";
  return status < 500 ? "refused" : "server-error";
};

/**
 * One HTTP request. Redirections are refused: they would carry the caller's headers to a server that the caller did not name.
 *
 * @throws DicomWebError; what the runtime's `fetch` throws is dropped, since its texts repeat addresses and header values.
 */
export async function request(
  connection: Connection,
  options: {
    readonly path: string;
    readonly accept: string;
    readonly signal?: AbortSignal | undefined;
    readonly body?: Blob;
    readonly contentType?: string;
    /** Statuses outside 200 to 299 whose body is an answer too. */
    readonly alsoGood?: readonly number[];
  },
): Promise<Answer> {
  const { signal, body, contentType } = options;
  const ending = new AbortController();
  const close = (): void => ending.abort();
  const waiting = deadline({ milliseconds: connection.milliseconds, signal, onExpired: close });
  const quietly = async <T>(promise: Promise<T>): Promise<T> =>
    waiting.wait(
      promise.catch((): never => {
        throw new DicomWebError("network", "Expected the server to answer, and to answer to the end");
      }),
    );
  const response = await quietly(
    connection.fetch(connection.base + options.path, {
      method: body ? "POST" : "GET",
      headers: { ...connection.headers, accept: options.accept, ...(contentType ? { "content-type": contentType } : {}) },
      redirect: "manual",
      signal: ending.signal,
      ...(body ? { body } : {}),
    }),
  );
  const { status } = response;
  const isRedirect = response.type === "opaqueredirect" || (status >= 300 && status < 400);
  if (isRedirect || !(response.ok || options.alsoGood?.includes(status))) {
    close();
    if (isRedirect) throw new DicomWebError("redirect", "Expected an answer from the server itself, got a redirection", status || undefined);
    throw new DicomWebError(codeOf(status), "Expected the server to grant the request", status);
  }
  const reader = response.body?.getReader();
  return {
    status,
    contentType: response.headers.get("content-type") ?? "",
    warning: response.headers.get("warning") ?? "",
    deadline: waiting,
    close,
    async next() {
      const read = reader && (await quietly(reader.read()));
      return read?.done === false ? read.value : undefined;
    },
  };
}
