/** Lets the event loop turn once: a graph on wasm keeps it from view to view, and threads that read ahead would wait for their next file. */
export const turn = (): Promise<void> => new Promise((resolve) => setTimeout(resolve));
