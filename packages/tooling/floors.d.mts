export function readFloors(repository?: string): { readonly rows: readonly { readonly name: string }[]; readonly faults: string[] };
