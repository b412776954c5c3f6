import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import type {
  AttemptId,
  AttemptOrder,
  AttemptReport,
  Executor,
  ReportAnswer,
  StopReason,
  VersionFile,
} from "@millrace/core";
import { WebSocketServer } from "ws";
import {
  FileDesk,
  MAX_MESSAGE_BYTES,
  RemoteWorkers,
  type RemoteWorkersOptions,
  WorkerHost,
  type WorkerHostOptions,
  type WorkerNews,
} from "../../src/remote/index.ts";
import { PLACE, type Surroundings } from "../stand.ts";

/** A door for workers on a port of this machine. */
class Door {
  readonly #http: Server = createServer();
  readonly #sockets = new WebSocketServer({ noServer: true, maxPayload: MAX_MESSAGE_BYTES });
  /** Who takes those that come; with null they are sent away. */
  workers: RemoteWorkers | null = null;
  #port = 0;

  async open(): Promise<void> {
    this.#http.on("upgrade", (request, socket, head) => {
      if (this.workers === null) socket.end("HTTP/1.1 503 Service Unavailable\r\nconnection: close\r\n\r\n");
      else this.#sockets.handleUpgrade(request, socket, head, (accepted) => this.workers?.accept(accepted));
    });
    await new Promise<void>((resolve) => this.#http.listen(this.#port, "127.0.0.1", resolve));
    this.#port = (this.#http.address() as AddressInfo).port;
  }

  get address(): string {
    return `http://127.0.0.1:${this.#port}`;
  }

  /** Ends all connections as a process does that dies, and takes no more until `open`. */
  async slam(): Promise<void> {
    for (const client of this.#sockets.clients) client.terminate();
    this.#http.closeAllConnections();
    await new Promise((resolve) => this.#http.close(resolve));
    this.#http.removeAllListeners("upgrade");
  }
}

/** The server's side for a stand. */
function makeWorkers(
  { artifactsDir, projectDir }: Surroundings,
  more: Partial<RemoteWorkersOptions> = {},
  files: readonly VersionFile[] = [],
): RemoteWorkers {
  const desk = new FileDesk({
    artifactsDir,
    readVersion: async () => files,
    readVault: async (_kind, name) => `value of ${name}`,
    apiToken: async (run, attempt) => `token of ${run} ${attempt}`,
  });
  return new RemoteWorkers({
    logPath: (run, attempt) => join(projectDir, "logs", run, `${attempt}.ndjson`),
    answer: (ask, payload, link) => desk.answer(ask, payload, link),
    isTrusted: () => true,
    ...more,
  });
}

let hosts = 0;

function makeHost(
  { projectDir }: Pick<Surroundings, "projectDir">,
  door: Pick<Door, "address">,
  more: Partial<WorkerHostOptions> = {},
): WorkerHost {
  hosts += 1;
  return new WorkerHost({
    servers: [door.address],
    readToken: async () => null,
    id: `worker-${hosts}`,
    name: `worker-${hosts}`,
    host: "here",
    version: "0.0.0",
    labels: {},
    projectDir,
    artifactsDir: join(projectDir, `artifacts-of-worker-${hosts}`),
    placeVersion: async () => PLACE,
    slots: 4,
    onNews: () => undefined,
    ...more,
  });
}

/** An executor whose attempts all go over a socket to one worker. */
export class Loopback implements Executor {
  readonly #workers: RemoteWorkers;
  readonly #door = new Door();
  readonly #surroundings: Surroundings;
  #host: WorkerHost | undefined;
  #running: Promise<void> | undefined;

  constructor(surroundings: Surroundings) {
    this.#surroundings = surroundings;
    this.#workers = makeWorkers(surroundings);
  }

  get capacity(): number {
    return this.#workers.capacity;
  }

  async start(onReport: (report: AttemptReport) => void): Promise<void> {
    this.#door.workers = this.#workers;
    await this.#door.open();
    await this.#workers.start(onReport);
    const connected = Promise.withResolvers<void>();
    const onNews = ({ kind }: WorkerNews): void => {
      if (kind === "connected") connected.resolve();
    };
    this.#host = makeHost(this.#surroundings, this.#door, { onNews });
    this.#running = this.#host.run();
    await connected.promise;
  }

  async stop(): Promise<void> {
    await this.#host?.leave(0);
    await this.#running;
    await this.#workers.stop();
    await this.#door.slam();
  }

  startAttempt(order: AttemptOrder): void {
    this.#workers.startAttempt(order);
  }

  cancelAttempt(attempt: AttemptId, reason: StopReason): void {
    this.#workers.cancelAttempt(attempt, reason);
  }

  acknowledge(attempt: AttemptId, answer: ReportAnswer): void {
    this.#workers.acknowledge(attempt, answer);
  }

  alive(): readonly AttemptId[] {
    return this.#workers.alive();
  }
}
