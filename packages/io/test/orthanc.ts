// An Orthanc server with its DICOMweb plugin, on a free port of the loopback, with a folder of its own that goes when it ends.
import { type ChildProcess, spawn } from "node:child_process";
import { existsSync } from "node:fs";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { commandExists } from "@mammo/testing";

const plugin = "/usr/share/orthanc/plugins/libOrthancDicomWeb.so";

/** Why the server cannot be had here; undefined where it can. */
export const noOrthanc = (): string | undefined =>
  commandExists("Orthanc") && existsSync(plugin) ? undefined : "needs Debian's orthanc and orthanc-dicomweb";

export interface Orthanc {
  /** The root of its DICOMweb service. */
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  stop(): Promise<void>;
}

export async function startOrthanc(): Promise<Orthanc> {
  const folder = await mkdtemp(join(tmpdir(), "mammo-orthanc-"));
  const port = await freePort();
  const configuration = {
    Name: "test",
    StorageDirectory: join(folder, "storage"),
    IndexDirectory: join(folder, "index"),
    HttpPort: port,
    RemoteAccessAllowed: false,
    DicomServerEnabled: false,
    AuthenticationEnabled: true,
    RegisteredUsers: { test: "test" },
    Plugins: [plugin],
    DicomWeb: { Enable: true, Root: "/dicom-web/" },
  };
  await writeFile(join(folder, "orthanc.json"), JSON.stringify(configuration));
  const child = spawn("Orthanc", [join(folder, "orthanc.json")], { stdio: ["ignore", "ignore", "ignore"] });
  const headers = { authorization: `Basic ${Buffer.from("test:test").toString("base64")}` };
  const stop = async (): Promise<void> => {
    await ended(child);
    await rm(folder, { recursive: true, force: true });
  };
  for (let attempt = 0; attempt < 200; attempt++) {
    const answers = await fetch(`http://127.0.0.1:${port}/system`, { headers }).then(
      ({ ok }) => ok,
      () => false,
    );
    if (answers) return { url: `http://127.0.0.1:${port}/dicom-web`, headers, stop };
    if (child.exitCode !== null) break;
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  await stop();
  throw new Error("Expected Orthanc to answer within 20 s");
}

async function ended(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null) return;
  const exit = new Promise((resolve) => child.once("exit", resolve));
  child.kill("SIGTERM");
  const timer = setTimeout(() => child.kill("SIGKILL"), 5000);
  await exit;
  clearTimeout(timer);
}

const freePort = (): Promise<number> =>
  new Promise((resolve, reject) => {
    const server = createServer();
    server.once("error", reject);
    server.listen(0, "127.0.0.1", () => {
      const address = server.address();
      server.close(() => (typeof address === "object" && address ? resolve(address.port) : reject(new Error("no port"))));
    });
  });
