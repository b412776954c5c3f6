// Pages of somebody else, on another port of this machine and under a name that leads to it.
import { once } from "node:events";
import { readFileSync } from "node:fs";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import path from "node:path";

const ATTACKS = readFileSync(path.join(import.meta.dirname, "fixtures/attacks.js"), "utf8");
const PAGE = '<!doctype html><title>You have won</title><body><script src="/attacks.js"></script>';

/** A name of somebody else that leads to this machine. */
export const ELSEWHERE = "elsewhere.example";
/** What a browser is started with to believe that. */
export const BROWSER_ARGS = [`--host-resolver-rules=MAP ${ELSEWHERE} 127.0.0.1`] as const;

export class HostileOrigin {
  readonly port: number;
  readonly #server: Server;

  private constructor(server: Server) {
    this.#server = server;
    this.port = (server.address() as AddressInfo).port;
  }

  static async listen(): Promise<HostileOrigin> {
    const server = createServer((request, response) => {
      const { pathname, searchParams } = new URL(request.url ?? "/", "http://own");
      const to = searchParams.get("to");
      if (pathname === "/attacks.js") response.setHeader("content-type", "text/javascript").end(ATTACKS);
      else if (to === null) response.setHeader("content-type", "text/html").end(PAGE);
      // The same method and body, sent on from here.
      else response.writeHead(307, { location: to, "access-control-allow-origin": "*" }).end();
    });
    server.listen(0, "127.0.0.1");
    await once(server, "listening");
    return new HostileOrigin(server);
  }

  /** The same site as the server's to a browser, and another one: its cookies are sent from the first. */
  get origins(): readonly string[] {
    return [`http://127.0.0.1:${this.port}`, `http://${ELSEWHERE}:${this.port}`];
  }

  async close(): Promise<void> {
    this.#server.closeAllConnections();
    this.#server.close();
    await once(this.#server, "close");
  }
}
