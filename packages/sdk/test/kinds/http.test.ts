import { once } from "node:events";
import { existsSync, readFileSync } from "node:fs";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { z } from "zod";
import { basic, bearer, headerAuth } from "../../src/kinds/http/auth.ts";
import { readExpected } from "../../src/kinds/http/expect-status.ts";
import { http } from "../../src/kinds/http/http.ts";
import { retryAfterMs } from "../../src/kinds/http/retry-after.ts";
import { env } from "../../src/kinds/secret.ts";
import { type } from "../../src/schema/type.ts";
import { isNonRetryable, retryAfterMsOf } from "../../src/task/failures.ts";
import { recordedContext } from "./attempt-context.ts";
import { temporaryFolders } from "./temporary-folder.ts";

interface Seen {
  readonly method: string;
  readonly url: string;
  readonly headers: IncomingMessage["headers"];
  readonly body: string;
}

type Answer = (response: ServerResponse, request: IncomingMessage) => void;

let server: Server;
let base: string;
let seen: Seen[];
let answer: Answer;
const folder = temporaryFolders();

beforeAll(async () => {
  server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on("data", (chunk: Buffer) => chunks.push(chunk));
    request.on("end", () => {
      const { method = "", url = "", headers } = request;
      seen.push({ method, url, headers, body: Buffer.concat(chunks).toString("utf8") });
      answer(response, request);
    });
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  base = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});

afterAll(async () => {
  server.closeAllConnections();
  server.close();
  await once(server, "close");
});

beforeEach(() => {
  seen = [];
  answer = (response) => response.end("{}");
});

const say =
  (status: number, body = "", headers: Record<string, string> = {}): Answer =>
  (response) =>
    response.writeHead(status, headers).end(body);

async function failure(work: Promise<unknown>): Promise<Error & { code: string; hint: string }> {
  return await work.then(
    () => expect.unreachable("it should have failed"),
    (error) => error,
  );
}

describe("a request", () => {
  it("carries what its author said, from the input", async () => {
    process.env["KINDS_HTTP_TOKEN"] = "token-of-the-tests";
    const { context, lines } = recordedContext();
    const task = http("send", {
      url: ({ id }) => `${base}/orders/${id}?a=1`,
      query: ({ tags }) => ({ tag: tags, "q&": "x y", none: null, day: new Date(0) }),
      headers: { "x-one": "1", "x-token": env("KINDS_HTTP_TOKEN") },
      json: ({ id }) => ({ id, at: new Date(0) }),
      auth: bearer(env("KINDS_HTTP_TOKEN")),
      method: "PUT",
      input: type<{ id: bigint; tags: string[] }>(),
    });
    await task.run({ id: 2n ** 60n, tags: ["a", "b"] }, context);
    expect(seen).toMatchObject([
      {
        method: "PUT",
        url: "/orders/1152921504606846976?a=1&tag=a&tag=b&q%26=x+y&day=1970-01-01T00%3A00%3A00.000Z",
        body: '{"id":1152921504606846976,"at":"1970-01-01T00:00:00.000Z"}',
        headers: {
          "x-one": "1",
          "x-token": "token-of-the-tests",
          authorization: "Bearer token-of-the-tests",
          "content-type": "application/json",
        },
      },
    ]);
    expect(lines[0]).toMatch(/^info PUT http:.*: 200, /);
  });

  it("goes to public addresses alone when told so", async () => {
    const { context } = recordedContext();
    const task = http("guarded", { url: `${base}/inside`, denyPrivateAddresses: true });
    const error = await failure(task.run(undefined, context));
    expect([error.code, isNonRetryable(error), seen]).toEqual(["TARGET_REFUSED", true, []]);
  });

  it("has the method that its body asks for, and the credentials of its address", async () => {
    const { context } = recordedContext();
    await http("get", { url: base }).run(undefined, context);
    await http("post", { url: base, body: new URLSearchParams({ a: "b c" }) }).run(undefined, context);
    await http("in", { url: base.replace("//", "//me:p%40ss@") }).run(undefined, context);
    await http("in", { url: base, auth: basic("me", "p@ss") }).run(undefined, context);
    await http("in", { url: base, auth: headerAuth("x-api-key", "k") }).run(undefined, context);
    expect(seen.map(({ method }) => method)).toEqual(["GET", "POST", "GET", "GET", "GET"]);
    expect(seen[1]).toMatchObject({ body: "a=b+c", headers: { "content-type": /urlencoded/ } });
    const authorization = `Basic ${Buffer.from("me:p@ss").toString("base64")}`;
    expect(seen.slice(2, 4).map(({ headers }) => headers.authorization)).toEqual([authorization, authorization]);
    expect(seen[4]?.headers["x-api-key"]).toBe("k");
  });

  it("is never sent to what is no address, or without its secret", async () => {
    const { context } = recordedContext();
    const relative = await failure(http("x", { url: "/orders" }).run(undefined, context));
    expect(relative).toMatchObject({
      code: "INPUT_INVALID",
      message: 'The url of "x" is not an address of the web: /orders',
    });
    expect(isNonRetryable(relative)).toBe(true);
    expect(await failure(http("x", { url: "file:///etc/passwd" }).run(undefined, context))).toMatchObject({
      code: "INPUT_INVALID",
    });
    const secret = await failure(
      http("x", { url: base, auth: bearer(env("KINDS_HTTP_UNSET")) }).run(undefined, context),
    );
    expect(secret).toMatchObject({ code: "MISSING_SECRET", message: expect.stringContaining('token of "x"') });
    expect(seen).toEqual([]);
  });

  it("is refused when its options make no sense", () => {
    const refused = expect.objectContaining({ code: "INVALID_OPTION" });
    expect(() => http("x", { url: "" })).toThrow(refused);
    expect(() => http("x", { url: base, json: 1, body: "2" })).toThrow(refused);
    expect(() => http("x", { url: base, expect: "2x" })).toThrow(refused);
    expect(() => http("x", { url: base, timeout: "-1s" })).toThrow(refused);
  });
});

describe("an answer", () => {
  it("is JSON, checked by the author's schema", async () => {
    const { context } = recordedContext();
    answer = say(200, '{"n": 12345678901234567890, "t": "x"}');
    expect(await http("get", { url: base }).run(undefined, context)).toEqual({ n: 12345678901234567890n, t: "x" });
    const typed: { t: string } = await http("get", { url: base, output: type<{ t: string }>() }).run(
      undefined,
      context,
    );
    expect(typed.t).toBe("x");
    const checked = http("get", { url: base, output: z.object({ t: z.number() }) });
    expect(await failure(checked.run(undefined, context))).toMatchObject({ code: "OUTPUT_INVALID" });
    answer = say(200, "<html>");
    expect(await failure(http("get", { url: base }).run(undefined, context))).toMatchObject({
      code: "OUTPUT_INVALID",
      message: 'The answer to "get" is not JSON: <html>',
    });
    answer = say(204);
    expect(await http("get", { url: base }).run(undefined, context)).toBeUndefined();
  });

  it("is text, bytes, nothing, or a file", async () => {
    const dir = folder();
    const { context } = recordedContext({ projectDir: dir });
    answer = say(200, "héllo", { "content-type": "text/plain" });
    const text: string = await http("get", { url: base, response: "text" }).run(undefined, context);
    expect(text).toBe("héllo");
    expect(await http("get", { url: base, response: "bytes" }).run(undefined, context)).toEqual(
      new Uint8Array(Buffer.from("héllo")),
    );
    expect(await http("get", { url: base, response: "none" }).run(undefined, context)).toBeUndefined();
    const save = http("get", { url: base, response: { file: "in/a.txt" } });
    expect(await save.run(undefined, context)).toEqual({ path: "in/a.txt", bytes: 6, type: "text/plain" });
    expect(readFileSync(join(dir, "in/a.txt"), "utf8")).toBe("héllo");
  });

  it("that breaks off leaves no file", async () => {
    const dir = folder();
    const { context } = recordedContext({ projectDir: dir });
    answer = (response) => {
      response.writeHead(200, { "content-length": "100" });
      response.write("half", () => response.destroy());
    };
    const task = http("get", { url: base, response: { file: "a.txt" } });
    expect(await failure(task.run(undefined, context))).toMatchObject({ code: "HTTP_FAILED" });
    expect(existsSync(join(dir, "a.txt"))).toBe(false);
  });

  it.each([
    [400, true, null],
    [404, true, null],
    [408, false, null],
    [425, false, null],
    [429, false, 7_000],
    [500, false, null],
    [503, false, 7_000],
  ] as const)("of %s fails: for good %s, to be tried after %s", async (status, forGood, afterMs) => {
    const { context } = recordedContext();
    answer = say(status, "x".repeat(600), afterMs === null ? {} : { "retry-after": "7" });
    const error = await failure(http("get", { url: `${base}/a` }).run(undefined, context));
    expect(error.code).toBe("HTTP_STATUS");
    expect(error.message).toMatch(new RegExp(`^GET ${base}/a was answered with ${status} .*: x{500}…$`));
    expect([isNonRetryable(error), retryAfterMsOf(error)]).toEqual([forGood, afterMs]);
  });

  it("may be good where another would not be", async () => {
    const { context } = recordedContext();
    answer = say(404, "null");
    expect(await http("get", { url: base, expect: [200, "404"] }).run(undefined, context)).toBeNull();
    answer = say(200, "{}");
    expect(await failure(http("get", { url: base, expect: 201 }).run(undefined, context))).toMatchObject({
      code: "HTTP_STATUS",
    });
  });

  it("never shows a secret", async () => {
    process.env["KINDS_HTTP_TOKEN"] = "token-of-the-tests";
    const { context, lines } = recordedContext();
    answer = (response, request) => response.writeHead(403).end(`no: ${request.headers.authorization}`);
    const task = http("get", {
      url: `${base.replace("//", "//me:pass@")}/?key=token-of-the-tests`,
      auth: bearer(env("KINDS_HTTP_TOKEN")),
    });
    const { message } = await failure(task.run(undefined, context));
    expect(message).toBe(`GET ${base}/?key=*** was answered with 403 Forbidden: no: Bearer ***`);
    expect(lines.join()).not.toContain("token-of-the-tests");
  });
});

describe("no answer", () => {
  it("is worth another try", async () => {
    const { context } = recordedContext();
    const error = await failure(http("get", { url: "http://127.0.0.1:1/" }).run(undefined, context));
    expect(error).toMatchObject({
      code: "HTTP_FAILED",
      message: expect.stringContaining("GET http://127.0.0.1:1/ got no answer"),
    });
    expect(isNonRetryable(error)).toBe(false);
  });

  it("in time fails, and a cancelled task says that it was", async () => {
    answer = () => undefined;
    const { context } = recordedContext();
    const late = await failure(http("get", { url: base, timeout: "20ms" }).run(undefined, context));
    expect(late).toMatchObject({ code: "HTTP_FAILED", message: `GET ${base}/ took longer than 20 ms.` });
    const cancelled = recordedContext();
    answer = () => cancelled.abort.abort(new Error("cancelled"));
    const task = http("get", { url: base }).run(undefined, cancelled.context);
    expect(await failure(task)).toMatchObject({ message: "cancelled" });
  });
});

describe("what the headers and options of HTTP say", () => {
  it.each([
    ["120", 120_000],
    ["Thu, 01 Jan 1970 00:00:10 GMT", 9_000],
    ["Thu, 01 Jan 1970 00:00:00 GMT", 0],
    ["soon", null],
    [null, null],
  ])("Retry-After: %s", (header, ms) => {
    expect(retryAfterMs(header, 1_000)).toBe(ms);
  });

  it.each([
    ["2xx", [200, 299], [199, 300]],
    ["200-204", [200, 204], [205]],
    [201, [201], [200]],
    [["3XX", 404], [302, 404], [200]],
  ] as const)("expect: %s", (expected, good, bad) => {
    const test = readExpected(expected);
    expect([good.every(test), bad.some(test)]).toEqual([true, false]);
  });
});
