/**
 * A worker: runs attempts of one version in this process, one at a time, as its parent tells it on a pipe. It ends when
 * the pipe does.
 */
import { flushCompileCache } from "node:module";
import { Socket } from "node:net";
import process from "node:process";
import { BlockingArtifactReader } from "../artifacts/artifact-reader.ts";
import { FrameReader } from "../framing/frame.ts";
import { type ChildSettings, ORDERS_FD, type ToChild } from "../framing/messages.ts";
import { SecretMask } from "../logs/secret-mask.ts";
import { AskedValues } from "./asked-values.ts";
import { AttemptRunner } from "./attempt-runner.ts";
import { BundleSources } from "./bundle-sources.ts";
import { captureOutput } from "./capture-output.ts";
import { InputDecoder } from "./decode-input.ts";
import { ErrorDescriber } from "./describe-error.ts";
import { GivenSecrets } from "./given-secrets.ts";
import { LoadedBundle } from "./loaded-bundle.ts";
import { ReportPipe } from "./report-pipe.ts";
import { watchSecrets } from "./watch-secrets.ts";
import { SpawnWatch } from "./watch-spawns.ts";

/** Orders are read into this, again and again; larger ones take several reads. */
const READ_BYTES = 64 * 1024;

const settings = JSON.parse(process.argv[2] ?? "{}") as ChildSettings;
// Places and stacks are those of the author's sources.
process.setSourceMapsEnabled(true);

// Meant for this process, not for those that users' code starts.
if (settings.hasOwnCompileCache) delete process.env["NODE_COMPILE_CACHE"];

const reports = new ReportPipe();
const mask = new SecretMask();
const sources = new BundleSources(settings.projectDir);
const spawns = new SpawnWatch();
const given = new GivenSecrets();
const values = new AskedValues(reports, given);
const runner = new AttemptRunner({
  settings,
  reports,
  bundle: new LoadedBundle((entry) => sources.addBundle(entry)),
  decoder: new InputDecoder(new BlockingArtifactReader(settings.artifactsDir)),
  errors: new ErrorDescriber(sources, mask),
  spawns,
  values,
  given,
});

captureOutput(reports);
watchSecrets(mask, reports);
spawns.install();

process.on("uncaughtException", (error) => runner.failFromOutside(error));
process.on("unhandledRejection", (reason) => runner.failFromOutside(reason));
// The polite end: the author's code is told and may finish; the parent sends the hard one when it does not.
process.on("SIGTERM", () => runner.stop("cancelled"));

const orders = new FrameReader((header, payload) => {
  const message = JSON.parse(header) as ToChild;
  if (message.kind === "run") runner.run(message, payload.toString("utf8"));
  else if (message.kind === "answer") values.answered(message, payload.toString("utf8"));
  else runner.cancel(message.attempt, message.reason);
});
const pipe = new Socket({
  fd: ORDERS_FD,
  readable: true,
  writable: false,
  onread: {
    buffer: Buffer.allocUnsafe(READ_BYTES),
    callback: (bytes, buffer) => {
      // A copy: the buffer is used again, and a frame may need several.
      orders.push(Buffer.from(buffer.subarray(0, bytes)));
      return true;
    },
  },
});
pipe.on("error", () => process.exit(0));
pipe.on("close", () => process.exit(0));
pipe.resume();

reports.send({ kind: "ready" });
// Now, because most workers are killed in the end, and what is compiled would be lost with them.
flushCompileCache();
