import { bundleFileName, type FamilyModel, loadMember, openBundle } from "@mammo/pipeline";

/** The files of a bundle that `npm run dream` wrote, as the user picked them -> the net of its first member. Throws what is missing. */
export async function netFromFiles(files: readonly File[]): Promise<FamilyModel> {
  const named = (name: string) => {
    const file = files.find((file) => file.name === name);
    if (!file) throw new Error(`Expected ${name} among the files, got ${files.length} others`);
    return file;
  };
  const readFile = async (name: string) => new Uint8Array(await named(name).arrayBuffer());
  return loadMember(openBundle(parsed(await named(bundleFileName).text()), readFile), 0);
}

/** Without the runtime's own error, which repeats the text. */
function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw new Error(`Expected ${bundleFileName} to be JSON`);
  }
}
