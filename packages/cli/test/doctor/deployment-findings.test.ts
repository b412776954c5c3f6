import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { describe, expect, onTestFinished, test } from "vitest";
import {
  accessFinding,
  clockFinding,
  keyFinding,
  migrationFinding,
  portFinding,
  serverPlace,
} from "../../src/doctor/deployment-findings.ts";

const PLACE = { host: "127.0.0.1", port: 7430, publicUrl: null, trustsProxy: false };
const HTTPS = "https://millrace.example.org";

/** Something that listens and says this to every question. */
async function listening(body: string): Promise<number> {
  const server = createServer((_request, response) => response.end(body));
  onTestFinished(() => void server.close());
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return (server.address() as AddressInfo).port;
}

describe("a deployment", () => {
  test("is where the environment says, else the configuration, else the default", () => {
    const env = { MILLRACE_PORT: "8000", MILLRACE_HOST: "", MILLRACE_TRUST_PROXY: "1" };
    const config = { publicUrl: HTTPS, server: { host: "10.0.0.1", port: 9000, drainMs: null } };
    expect(serverPlace(config as never, env)).toEqual({
      host: "10.0.0.1",
      port: 8000,
      publicUrl: HTTPS,
      trustsProxy: true,
    });
    expect(serverPlace(null, {})).toEqual(PLACE);
  });

  test.each([
    ["this machine alone, and nobody known", PLACE, 0, true, "good", /whoever is on this machine is let in/],
    ["this machine alone, and people", PLACE, 2, true, "good", /2 users: everybody logs in/],
    ["a network without TLS", { ...PLACE, host: "0.0.0.0" }, 1, false, "odd", /unencrypted/],
    ["TLS, and nobody yet", { ...PLACE, publicUrl: HTTPS }, 0, true, "odd", /needs a login; no users/],
    ["TLS and people", { ...PLACE, publicUrl: HTTPS }, 1, true, "good", /needs a login; 1 user/],
    ["a proxy that is trusted", { ...PLACE, host: "10.0.0.1", trustsProxy: true }, 1, false, "good", /needs a login/],
  ] as const)("is told who gets in: %s", (_what, place, users, isLocal, verdict, text) => {
    expect(accessFinding(place, users, isLocal)).toMatchObject({ verdict, text: expect.stringMatching(text) });
  });

  test("is told of clocks that do not fit together, a schema that is old, and where its key is", () => {
    expect([clockFinding(-40).verdict, clockFinding(90_000).verdict]).toEqual(["good", "odd"]);
    expect(clockFinding(90_000).text).toMatch(/ ahead of this machine's$/);
    expect(migrationFinding([])).toBeUndefined();
    expect(migrationFinding(["0009-alerts"])).toMatchObject({
      verdict: "odd",
      text: "1 migration to come: 0009-alerts",
    });
    const project = { dataDir: "/srv/shop/.millrace" };
    expect(keyFinding("MILLRACE_SECRET_KEY", () => undefined, project)).toBeUndefined();
    expect(keyFinding("MILLRACE_SECRET_KEY", () => ({}), project)?.text).toBe(
      "secrets are sealed with MILLRACE_SECRET_KEY",
    );
    expect(keyFinding("/srv/shop/.millrace/secret-key", () => ({}), project)?.text).toMatch(/beside the database/);
  });

  test("is told who has its port", async () => {
    const ours = await listening('{"ok":true}');
    const others = await listening("hello");
    const of = (port: number, host = "127.0.0.1") => portFinding({ ...PLACE, host, port });
    expect((await of(0)).verdict).toBe("good");
    expect(await of(ours)).toMatchObject({ verdict: "good", text: `a server of Millrace is on 127.0.0.1:${ours}` });
    expect(await of(others)).toMatchObject({ verdict: "odd", text: `another program has 127.0.0.1:${others}` });
    expect((await of(7430, "192.0.2.1")).verdict).toBe("broken");
  });
});
