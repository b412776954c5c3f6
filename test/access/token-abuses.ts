// Ways to come in with something that is no token, or with one that was.
import { createHash } from "node:crypto";
import { ROUTES, type RouteName, routeOf } from "@millrace/contract";
import { parseGrant } from "@millrace/core";
import { type Asked, bearer, type ServedProject } from "./served-project.ts";

export interface Abuses {
  readonly tried: number;
  /** What was answered otherwise than with 401, with 403 to a worker, or with 404 where there is no route. */
  readonly accepted: readonly string[];
}

type Random = () => number;
type Headers = Readonly<Record<string, string>>;

interface Loot {
  /** Good for the API, and known to whoever tries. */
  readonly token: string;
  readonly worker: string;
  readonly setup: string;
  readonly session: string;
  /** Were good once. */
  readonly dead: readonly string[];
}

const ALPHABET = Array.from("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_");
const AT_ONCE = 20;

/** Tries so many abuses on routes of all kinds. */
export async function playAbuses(project: ServedProject, count: number, random: Random): Promise<Abuses> {
  const loot = await collect(project);
  const routes = (Object.keys(ROUTES) as RouteName[]).filter((name) => routeOf(name).permission !== "anonymous");
  const accepted: string[] = [];
  let tried = 0;
  const work = async (): Promise<void> => {
    while (tried < count) {
      tried += 1;
      const abuse = pick(ABUSES, random);
      const name = pick(routes, random);
      const asked = abuse(loot, requestOf(name), random);
      const { status, code } = await project.ask(asked);
      // Another way of writing a path leads nowhere, whoever asks.
      const isRefused =
        status === 401 ||
        (status === 404 && code === "NOT_FOUND") ||
        (status === 403 && code === "FORBIDDEN" && isOfWorker(asked, loot));
      if (!isRefused) accepted.push(`${abuse.name} ${name}: ${status} ${JSON.stringify(asked)}`);
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, work));
  return { tried, accepted };
}

async function collect(project: ServedProject): Promise<Loot> {
  const admin = { grants: [parseGrant("admin")] };
  const setup = (await project.people.makeSetupToken()) ?? "";
  await project.people.users.add({ name: "gone", password: null, ...admin }, "test");
  const session = (await project.user("ana", "admin")).split("=")[1] ?? "";
  const dead = [
    await project.expiredToken("expired"),
    await project.token("revoked", admin),
    await project.token("orphan", { ...admin, user: "gone" }),
  ];
  await project.tokens.revoke("api", "revoked");
  await project.people.users.setDisabled("gone", true, "test");
  const token = await project.token("ci", admin);
  const started = { method: "POST", path: "/api/v1/flows/salaries/runs", body: {}, headers: bearer(token) };
  const run = String((await project.ask(started)).body["run"]);
  await project.runtime.whenSettled(run as never);
  dead.push(await project.attemptToken(run));
  const worker = await project.token("w1", { kind: "worker" });
  return { token, worker, setup, session, dead };
}

function requestOf(name: RouteName): Asked {
  const { method, path } = routeOf(name);
  return { method, path: path.replace(/\{\w+\}/g, "some") };
}

function isOfWorker({ headers = {} }: Asked, { worker }: Loot): boolean {
  return headers["authorization"] === `Bearer ${worker}`;
}

type Abuse = (loot: Loot, asked: Asked, random: Random) => Asked;

function withHeaders(asked: Asked, headers: Headers): Asked {
  return { ...asked, headers };
}

const ABUSES: readonly Abuse[] = [
  function oneCharacterChanged({ token }, asked, random) {
    const at = 3 + Math.floor(random() * (token.length - 3));
    const other = pick(
      ALPHABET.filter((each) => each !== token[at]),
      random,
    );
    // The last character has bits that decoding drops; it is compared as text all the same.
    return withHeaders(asked, bearer(token.slice(0, at) + other + token.slice(at + 1)));
  },
  function cutOrLengthened({ token }, asked, random) {
    const cut = token.slice(0, Math.floor(random() * token.length));
    return withHeaders(asked, bearer(random() < 0.5 ? cut || "x" : token + pick(ALPHABET, random)));
  },
  function madeUp(_, asked, random) {
    const text = Array.from({ length: 43 }, () => pick(ALPHABET, random)).join("");
    return withHeaders(asked, bearer(`${pick(["mr_", "mrw_", "mrs_", "mrsetup_", ""], random)}${text}`));
  },
  function oneThatWasGood({ dead }, asked, random) {
    return withHeaders(asked, bearer(pick(dead, random)));
  },
  function anotherKind({ token, worker, setup, session }, asked, random) {
    const bare = (secret: string): string => secret.slice(secret.indexOf("_") + 1);
    const kinds = [worker, setup, session, `mrw_${bare(token)}`, `mr_${bare(worker)}`, `mr_${bare(session)}`];
    return withHeaders(asked, bearer(pick(kinds, random)));
  },
  function itsHash({ token }, asked, random) {
    const hash = createHash("sha256")
      .update(token)
      .digest(pick(["hex", "base64url"] as const, random));
    return withHeaders(asked, bearer(pick([hash, `mr_${hash}`, `mr_${hash.slice(0, 43)}`], random)));
  },
  function anotherScheme({ token }, asked, random) {
    const basic = Buffer.from(`ci:${token}`).toString("base64");
    const texts = [
      `Basic ${basic}`,
      token,
      `Token ${token}`,
      `Bearer${token}`,
      `Bearer x ${token}`,
      `Bearer "${token}"`,
    ];
    return withHeaders(asked, { authorization: pick(texts, random) });
  },
  function anotherPlace({ token, session }, asked, random) {
    const secret = pick([token, session], random);
    const name = pick(["x-api-key", "x-auth-token", "api-key", "x-authorization", "proxy-authorization"], random);
    if (random() < 0.5) return withHeaders(asked, { [name]: random() < 0.5 ? secret : `Bearer ${secret}` });
    const field = pick(["token", "access_token", "api_key", "authorization", "session"], random);
    return { ...asked, path: `${asked.path}?${field}=${secret}` };
  },
  function asCookie({ token, worker, setup, session }, asked, random) {
    const wrong = pick([token, worker, setup, `${session}x`, session.slice(0, -1), session.toUpperCase()], random);
    const cookies = [`millrace=${wrong}`, `__Host-millrace=${session}`, `Millrace=${session}`, `session=${session}`];
    return withHeaders(asked, { cookie: pick(cookies, random) });
  },
  function encoded({ token }, asked, random) {
    const percent = Array.from(token)
      .map((each) => `%${each.charCodeAt(0).toString(16)}`)
      .join("");
    const base64 = Buffer.from(token).toString("base64");
    return withHeaders(asked, bearer(pick([percent, base64, token.toUpperCase(), token.toLowerCase()], random)));
  },
  function aWayAround({ dead }, asked, random) {
    const path = pick([`${asked.path}/`, `${asked.path}.json`, `/${asked.path}`, asked.path.toUpperCase()], random);
    const known = { ...asked, headers: bearer(pick(dead, random)) };
    // What no route takes is refused before anybody looks where it leads.
    return { ...known, path };
  },
];

function pick<Item>(items: readonly Item[], random: Random): Item {
  return items[Math.floor(random() * items.length)] as Item;
}
