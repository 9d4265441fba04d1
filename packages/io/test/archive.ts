// Orthanc on loopback with a store of its own; gone afterwards.
import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { commandExists } from "@mammo/testing";

const dicomWebPlugin = "/usr/share/orthanc/plugins/libOrthancDicomWeb.so";

/** Whether an archive with DICOMweb can be had here. */
export const hasDicomWeb = (): boolean => commandExists("Orthanc") && existsSync(dicomWebPlugin);

async function freePort(): Promise<number> {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as { port: number };
  server.close();
  await once(server, "close");
  return port;
}

/** Starts Orthanc; with `user` and `password` it also serves DICOMweb, to them only. */
export async function startArchive(access?: {
  readonly user: string;
  readonly password: string;
}): Promise<{ readonly address: string; stop(): Promise<void> }> {
  const folder = mkdtempSync(join(tmpdir(), "mammo-orthanc-"));
  const [http, dicom] = [await freePort(), await freePort()];
  writeFileSync(
    join(folder, "orthanc.json"),
    JSON.stringify({
      HttpPort: http,
      DicomPort: dicom,
      StorageDirectory: folder,
      IndexDirectory: folder,
      RemoteAccessAllowed: false,
      AuthenticationEnabled: access !== undefined,
      RegisteredUsers: access ? { [access.user]: access.password } : {},
      Plugins: access ? [dicomWebPlugin] : [],
      DicomWeb: { Enable: true, Root: "/dicom-web/" },
    }),
  );
  const server = spawn("Orthanc", [join(folder, "orthanc.json")], { stdio: "ignore" });
  const ended = once(server, "exit");
  const address = `http://127.0.0.1:${http}`;
  const stop = async (): Promise<void> => {
    server.kill();
    await ended;
    rmSync(folder, { recursive: true, force: true });
  };
  try {
    await answering(`${address}/system`);
    return { address, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

/** Starts Orthanc, hands its address to `work`, and ends it whatever happens. */
export async function withArchive<T>(work: (address: string) => Promise<T>): Promise<T> {
  const { address, stop } = await startArchive();
  try {
    return await work(address);
  } finally {
    await stop();
  }
}

/** An answer that asks for a password is one. */
async function answering(url: string): Promise<void> {
  for (let tries = 0; tries < 150; tries++) {
    const answer = await fetch(url).catch(() => undefined);
    if (answer?.ok || answer?.status === 401) return;
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  throw new Error("Expected Orthanc to answer within 15 s");
}

/** Uploads a file; gives back what the server then has under its name. */
export async function throughArchive(address: string, bytes: Uint8Array): Promise<Uint8Array> {
  const answer = await fetch(`${address}/instances`, { method: "POST", body: bytes as Uint8Array<ArrayBuffer> });
  if (!answer.ok) throw new Error(`Expected Orthanc to take the file, got ${answer.status}`);
  const { ID } = (await answer.json()) as { readonly ID: string };
  return new Uint8Array(await (await fetch(`${address}/instances/${ID}/file`)).arrayBuffer());
}
