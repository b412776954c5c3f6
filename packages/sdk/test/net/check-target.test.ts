import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { checkTarget } from "../../src/net/check-target.ts";
import { guardedFetch } from "../../src/net/guarded-fetch.ts";

let server: Server;
let heard = 0;

beforeEach(async () => {
  heard = 0;
  server = createServer((_request, response) => {
    heard += 1;
    response.end("inside");
  });
  const listening = Promise.withResolvers<void>();
  server.listen(0, "127.0.0.1", listening.resolve);
  await listening.promise;
});

afterEach(async () => {
  const closed = Promise.withResolvers<unknown>();
  server.close(closed.resolve);
  await closed.promise;
});

function port(): number {
  return (server.address() as AddressInfo).port;
}

describe("checking a target", () => {
  // Each is the same machine, written so that a list of forbidden texts misses it.
  test.each([
    "http://127.0.0.1",
    "http://127.1",
    "http://2130706433",
    "http://0x7f.0.0.1",
    "http://0177.0.0.1",
    "http://[::1]",
    "http://[::ffff:127.0.0.1]",
    "http://[::ffff:7f00:1]",
    "http://localhost",
    "http://LOCALHOST",
    "http://user:password@127.0.0.1",
    "http://0.0.0.0",
    "http://１２７.0.0.1",
  ])("refuses %s", async (address) => {
    await expect(checkTarget(`${address}:${port()}/path`)).rejects.toMatchObject({ code: "TARGET_REFUSED" });
    await expect(guardedFetch(`${address}:${port()}/path`)).rejects.toMatchObject({ code: "TARGET_REFUSED" });
    expect(heard).toBe(0);
  });

  test.each(["file:///etc/passwd", "gopher://8.8.8.8/", "no address", "", "//8.8.8.8"])(
    "refuses %s, which is not of the web",
    async (address) => {
      await expect(checkTarget(address)).rejects.toMatchObject({ code: "TARGET_REFUSED" });
    },
  );

  test("says that a name is not known", async () => {
    await expect(checkTarget("https://nobody.invalid/")).rejects.toMatchObject({ code: "HTTP_FAILED" });
  });

  test("never shows more of an address than its host", async () => {
    const refused = checkTarget("http://user:pass-word@127.0.0.1/services/T0/B0/token-in-path");
    await expect(refused).rejects.not.toThrow(/pass-word|token-in-path/);
  });

  test("pins what was checked: no name is asked for again", async () => {
    const { lookup, addresses } = await checkTarget("https://8.8.8.8/");
    expect(addresses).toEqual([{ address: "8.8.8.8", family: 4 }]);
    const one = Promise.withResolvers<unknown>();
    lookup("127.0.0.1.example", {}, (_error, address, family) => one.resolve([address, family]));
    expect(await one.promise).toEqual(["8.8.8.8", 4]);
    const all = Promise.withResolvers<unknown>();
    lookup("anything", { all: true }, (_error, found) => all.resolve(found));
    expect(await all.promise).toEqual(addresses);
  });
});
