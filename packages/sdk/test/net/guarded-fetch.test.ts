import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { type GuardedInit, guardedFetch } from "../../src/net/guarded-fetch.ts";

interface Heard {
  readonly method: string;
  readonly path: string;
  readonly headers: IncomingMessage["headers"];
  readonly body: string;
}

let server: Server;
let heard: Heard[];
let answers: ((response: ServerResponse) => void)[];

beforeEach(async () => {
  heard = [];
  answers = [];
  server = createServer((request, response) => {
    const pieces: string[] = [];
    request.on("data", (piece) => pieces.push(String(piece)));
    request.on("end", () => {
      const { method = "", url = "", headers } = request;
      heard.push({ method, path: url, headers, body: pieces.join("") });
      (answers.shift() ?? ((each) => each.end("ok")))(response);
    });
  });
  const listening = Promise.withResolvers<void>();
  server.listen(0, "127.0.0.1", listening.resolve);
  await listening.promise;
});

afterEach(async () => {
  server.closeAllConnections();
  const closed = Promise.withResolvers<unknown>();
  server.close(closed.resolve);
  await closed.promise;
});

/** Only one address of this machine may be reached: any other stands for the inside. */
const OUTSIDE: Pick<GuardedInit, "isAllowed"> = { isAllowed: (address) => address === "127.0.0.1" };

function at(host: string, path = "/"): string {
  return `http://${host}:${(server.address() as AddressInfo).port}${path}`;
}

function redirect(status: number, location: string): (response: ServerResponse) => void {
  return (response) => response.writeHead(status, { location }).end("moved");
}

describe("a guarded request", () => {
  test("is sent whole and gives the answer", async () => {
    answers.push((response) => response.writeHead(201, { "x-a": "b" }).end("made"));
    const form = new URLSearchParams({ a: "1" });
    const response = await guardedFetch(at("127.0.0.1", "/x?y=1"), { ...OUTSIDE, method: "POST", body: form });
    expect([response.status, response.headers.get("x-a"), await response.text()]).toEqual([201, "b", "made"]);
    expect(heard[0]).toMatchObject({ method: "POST", path: "/x?y=1", body: "a=1" });
    expect(heard[0]?.headers["content-type"]).toMatch("application/x-www-form-urlencoded");
  });

  test("follows a redirection to where it may go, and to nowhere else", async () => {
    answers.push(redirect(302, "/next"));
    expect(await (await guardedFetch(at("127.0.0.1"), OUTSIDE)).text()).toBe("ok");
    answers.push(redirect(302, at("127.0.0.2", "/inside")));
    await expect(guardedFetch(at("127.0.0.1"), OUTSIDE)).rejects.toMatchObject({ code: "TARGET_REFUSED" });
    answers.push(redirect(302, "file:///etc/passwd"));
    await expect(guardedFetch(at("127.0.0.1"), OUTSIDE)).rejects.toMatchObject({ code: "TARGET_REFUSED" });
    expect(heard.map(({ path }) => path)).toEqual(["/", "/next", "/", "/"]);
  });

  test("does as `fetch` with what a redirection changes", async () => {
    const allowed = { isAllowed: () => true, method: "POST", body: "text", headers: { authorization: "Bearer x" } };
    answers.push(redirect(303, "/a"));
    await guardedFetch(at("127.0.0.1"), allowed);
    answers.push(redirect(307, at("localhost", "/b")));
    await guardedFetch(at("127.0.0.1"), allowed);
    expect(heard[1]).toMatchObject({ method: "GET", body: "", headers: { authorization: "Bearer x" } });
    expect(heard[3]).toMatchObject({ method: "POST", body: "text" });
    expect(heard[3]?.headers.authorization).toBeUndefined();
  });

  test("leaves redirections to who asks, or takes them for failures", async () => {
    answers.push(redirect(302, "/next"), redirect(302, "/next"));
    expect((await guardedFetch(at("127.0.0.1"), { ...OUTSIDE, redirect: "manual" })).status).toBe(302);
    await expect(guardedFetch(at("127.0.0.1"), { ...OUTSIDE, redirect: "error" })).rejects.toThrow(TypeError);
  });

  test("gives up on what redirects for ever", async () => {
    answers.push(...Array.from({ length: 30 }, () => redirect(302, "/again")));
    await expect(guardedFetch(at("127.0.0.1"), OUTSIDE)).rejects.toThrow("fetch failed");
    expect(heard).toHaveLength(21);
  });

  test("fails as `fetch` does when nobody answers, and with the reason when it is given up", async () => {
    answers.push((response) => response.destroy());
    await expect(guardedFetch(at("127.0.0.1"), OUTSIDE)).rejects.toThrow(TypeError);
    const given = new AbortController();
    answers.push(() => given.abort(new Error("enough")));
    await expect(guardedFetch(at("127.0.0.1"), { ...OUTSIDE, signal: given.signal })).rejects.toThrow("enough");
  });

  test("gives answers that have no body", async () => {
    answers.push((response) => response.writeHead(204).end());
    expect((await guardedFetch(at("127.0.0.1"), OUTSIDE)).body).toBeNull();
    expect((await guardedFetch(at("127.0.0.1"), { ...OUTSIDE, method: "HEAD" })).body).toBeNull();
  });
});
