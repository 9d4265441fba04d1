/** The packages that go to the registry. */
export const published: readonly {
  readonly name: string;
  readonly folder: string;
  readonly manifest: { readonly exports: Readonly<Record<string, string | Readonly<Record<string, string>>>> };
}[];
