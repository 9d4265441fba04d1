// A short program, as users write them: reads one DICOM file eight times in two threads, disposes of the reader and ends.
import { readFile } from "node:fs/promises";
import { mammogramReader } from "@mammo/io/node";

const bytes = await readFile(process.argv[2]!);
const reader = mammogramReader({ threads: 2 });
await Promise.all(Array.from({ length: 8 }, () => reader.read(bytes)));
await reader.dispose();
