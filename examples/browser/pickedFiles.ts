/** A file of the visitor's, and where it lies in what was picked. */
export interface PickedFile {
  readonly path: string;
  readonly file: File;
}

const byPath = (files: readonly PickedFile[]): readonly PickedFile[] => [...files].sort((a, b) => (a.path < b.path ? -1 : 1));

/** What was picked with a file input, in the order of the paths. */
export const pickedFiles = (files: Iterable<File>): readonly PickedFile[] =>
  byPath(Array.from(files, (file) => ({ path: file.webkitRelativePath || file.name, file })));

/** What was dropped, folders at all depths, in the order of the paths. */
export async function droppedFiles(transfer: DataTransfer): Promise<readonly PickedFile[]> {
  // All entries first: the list is empty once the event is over.
  const entries = [...transfer.items].flatMap((item) => item.webkitGetAsEntry() ?? []);
  return byPath((await Promise.all(entries.map(filesOf))).flat());
}

async function filesOf(entry: FileSystemEntry): Promise<readonly PickedFile[]> {
  if (isFile(entry)) {
    const file = await new Promise<File>((resolve, reject) => entry.file(resolve, reject));
    return [{ path: entry.fullPath, file }];
  }
  const reader = (entry as FileSystemDirectoryEntry).createReader();
  const found: FileSystemEntry[] = [];
  // A reader gives a hundred at a time, and none at the end.
  for (;;) {
    const some = await new Promise<readonly FileSystemEntry[]>((resolve, reject) => reader.readEntries(resolve, reject));
    if (some.length === 0) break;
    for (const one of some) found.push(one);
  }
  return (await Promise.all(found.map(filesOf))).flat();
}

const isFile = (entry: FileSystemEntry): entry is FileSystemFileEntry => entry.isFile;
