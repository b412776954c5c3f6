import { createServer, type IncomingHttpHeaders, type IncomingMessage, type ServerResponse } from "node:http";
import { type AddressInfo, createServer as createTcpServer, type Server, type Socket } from "node:net";
import { text } from "node:stream/consumers";
import { onTestFinished } from "vitest";

interface Received {
  readonly path: string;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

export interface Answer {
  readonly status: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
}

/** A web server that takes what it is sent. */
export async function webReceiver(answers: readonly Answer[] = []) {
  const received: Received[] = [];
  const take = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const body = await text(request);
    const answer = answers[received.length] ?? { status: 200, body: "ok" };
    received.push({ path: request.url ?? "", headers: request.headers, body });
    response.writeHead(answer.status, answer.headers);
    response.end(answer.body ?? "");
  };
  const server = createServer((request, response) => void take(request, response));
  const port = await listen(server);
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  return {
    url: `http://127.0.0.1:${port}`,
    received,
  };
}

/** As much of SMTP (RFC 5321) as somebody needs who sends a mail without TLS. */
export async function mailReceiver({ refuses = "" } = {}) {
  const mails: { readonly from: string; readonly to: readonly string[]; readonly text: string }[] = [];
  const logins: string[] = [];
  const server = createTcpServer((socket) => new SmtpTalk(socket, { refuses, mails, logins }));
  const port = await listen(server);
  onTestFinished(() => void server.close());
  return { port, mails, logins };
}

interface Shared {
  readonly refuses: string;
  readonly mails: { from: string; to: readonly string[]; text: string }[];
  readonly logins: string[];
}

class SmtpTalk {
  readonly #socket: Socket;
  readonly #shared: Shared;
  #from = "";
  #to: string[] = [];
  #data: string[] | undefined;
  #rest = "";

  constructor(socket: Socket, shared: Shared) {
    this.#socket = socket;
    this.#shared = shared;
    socket.setEncoding("utf8");
    socket.on("data", (piece: string) => this.#take(piece));
    socket.on("error", () => socket.destroy());
    this.#say("220 mail.example.org ESMTP");
  }

  #say(line: string): void {
    this.#socket.write(`${line}\r\n`);
  }

  #take(piece: string): void {
    const lines = (this.#rest + piece).split("\r\n");
    this.#rest = lines.pop() ?? "";
    for (const line of lines) this.#line(line);
  }

  #line(line: string): void {
    if (this.#data !== undefined) {
      if (line !== ".") {
        this.#data.push(line);
        return;
      }
      this.#shared.mails.push({ from: this.#from, to: this.#to, text: this.#data.join("\n") });
      this.#data = undefined;
      this.#say("250 2.0.0 taken as 42");
      return;
    }
    this.#command(line);
  }

  #command(line: string): void {
    const [word = ""] = line.toUpperCase().split(/[ :]/, 1);
    if (this.#shared.refuses === word) this.#say("550 5.7.1 not from you");
    else if (word === "EHLO") this.#socket.write("250-mail.example.org\r\n250 AUTH PLAIN\r\n");
    else if (word === "AUTH") {
      this.#shared.logins.push(Buffer.from(line.split(" ")[2] ?? "", "base64").toString("utf8"));
      this.#say("235 2.7.0 welcome");
    } else if (word === "MAIL") {
      this.#from = line;
      this.#to = [];
      this.#say("250 ok");
    } else if (word === "RCPT") {
      this.#to.push(line);
      this.#say("250 ok");
    } else if (word === "DATA") {
      this.#data = [];
      this.#say("354 go on");
    } else if (word === "QUIT") this.#socket.end("221 bye\r\n");
    else this.#say("502 5.5.1 not here");
  }
}

function listen(server: Server): Promise<number> {
  const { promise, resolve } = Promise.withResolvers<number>();
  server.listen(0, "127.0.0.1", () => resolve((server.address() as AddressInfo).port));
  return promise;
}

/** A port on which nobody listens. */
export async function freePort(): Promise<number> {
  const server = createTcpServer();
  const port = await listen(server);
  await new Promise<void>((resolve) => server.close(() => resolve()));
  return port;
}
