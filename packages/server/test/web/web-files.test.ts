import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createServer, request as httpRequest } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import path from "node:path";
import { pathToFileURL } from "node:url";
import { expect, onTestFinished, test } from "vitest";
import { WebFiles } from "../../src/web/web-files.ts";

const PAGE = "<!doctype html><title>page</title>";

interface Asked {
  readonly path: string;
  readonly method?: string;
  readonly headers?: Record<string, string>;
}

/** Serves a folder; what the pages do not take is answered with 418. */
async function serve(files: Readonly<Record<string, string>>) {
  const dir = mkdtempSync(path.join(tmpdir(), "web-files-"));
  writeFileSync(path.join(dir, "secret.txt"), "not of the pages");
  mkdirSync(path.join(dir, "dist/assets"), { recursive: true });
  for (const [file, text] of Object.entries(files)) writeFileSync(path.join(dir, "dist", file), text);
  const web = new WebFiles(pathToFileURL(`${path.join(dir, "dist")}/`));
  const server = createServer((request, response) => {
    if (web.takes(request)) void web.answer(request, response);
    else response.writeHead(418).end();
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  onTestFinished(async () => {
    await new Promise((resolve) => server.close(resolve));
    rmSync(dir, { recursive: true });
  });
  const { port } = server.address() as AddressInfo;
  // Not with fetch, which tidies paths up before it sends them.
  return async ({ path: asked, method = "GET", headers = {} }: Asked) => {
    const answer = Promise.withResolvers<{ status: number; text: string; headers: Record<string, unknown> }>();
    const request = httpRequest({ port, host: "127.0.0.1", path: asked, method, headers, agent: false }, (response) => {
      const pieces: Buffer[] = [];
      response.on("data", (piece: Buffer) => pieces.push(piece));
      response.on("end", () => {
        const text = Buffer.concat(pieces).toString();
        answer.resolve({ status: response.statusCode ?? 0, text, headers: response.headers });
      });
    });
    request.on("error", answer.reject);
    request.end();
    return await answer.promise;
  };
}

const BUILT = { "index.html": PAGE, "theme.js": "1;", "assets/index-abc.js": "x".repeat(5_000) };

test("every address of a page is the page, with a policy that allows nothing but the server's own files", async () => {
  const ask = await serve(BUILT);
  for (const address of ["/", "/flows", "/runs/01ABC/tasks/a%2Fb.c", "/nowhere?x=1"]) {
    const { status, text, headers } = await ask({ path: address });
    expect([address, status, text]).toEqual([address, 200, PAGE]);
    expect(headers["cache-control"]).toBe("no-cache");
    const policy = String(headers["content-security-policy"]);
    expect(policy).toContain("default-src 'none'");
    expect(policy).not.toContain("unsafe");
  }
});

test("files with a hash are kept for ever, are packed, and are not sent twice", async () => {
  const ask = await serve(BUILT);
  const script = { path: "/assets/index-abc.js" };
  const whole = await ask(script);
  expect(whole.headers["cache-control"]).toContain("immutable");
  expect(whole.text).toHaveLength(5_000);
  const packed = await ask({ ...script, headers: { "accept-encoding": "br, gzip" } });
  expect(packed.headers["content-encoding"]).toBe("gzip");
  expect(Number(packed.headers["content-length"])).toBeLessThan(200);
  expect((await ask({ ...script, headers: { "accept-encoding": "gzip;q=0" } })).text).toHaveLength(5_000);
  const again = await ask({ ...script, headers: { "if-none-match": String(whole.headers["etag"]) } });
  expect([again.status, again.text]).toEqual([304, ""]);
  const head = await ask({ ...script, method: "HEAD" });
  expect([head.status, head.text, head.headers["content-length"]]).toEqual([200, "", "5000"]);
});

test("no address leads out of the folder, and none takes what is the API's", async () => {
  const ask = await serve(BUILT);
  const ways = ["/../secret.txt", "/assets/../../secret.txt", "/..%2fsecret.txt", "/%2e%2e/secret.txt", "//secret.txt"];
  for (const address of [...ways, "/assets/%00", "/assets/..\\..\\secret.txt"]) {
    expect((await ask({ path: address })).text).not.toContain("not of the pages");
  }
  expect((await ask({ path: "/assets/gone-abc.js" })).status).toBe(404);
  for (const address of ["/api", "/api/v1/runs", "/hooks/x", "/health", "/ready"]) {
    expect([address, (await ask({ path: address })).status]).toEqual([address, 418]);
  }
  expect((await ask({ path: "/", method: "POST" })).status).toBe(418);
});

test("says how to build the pages where they are not built", async () => {
  const ask = await serve({});
  const { status, text } = await ask({ path: "/" });
  expect([status, text]).toEqual([503, expect.stringContaining("npm run build:web")]);
});
