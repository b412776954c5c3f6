// Requests to a webhook that its sender never sent, or not like this, or not now. Each is made from one that was taken.
import { createHmac } from "node:crypto";
import type { Chance } from "../../simulation/chance.ts";

/** A request as it is sent. */
export interface Hooked {
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

export interface Sender {
  readonly secret: Buffer;
  readonly path: string;
  readonly nowMs: () => number;
}

/** Signs as Standard Webhooks says. */
export function signed(sender: Sender, { id, body, atMs }: { id: string; body: string; atMs?: number }): Hooked {
  const timestamp = String(Math.floor((atMs ?? sender.nowMs()) / 1_000));
  return {
    path: sender.path,
    body,
    headers: {
      "content-type": "application/json",
      "webhook-id": id,
      "webhook-timestamp": timestamp,
      "webhook-signature": `v1,${macOf(sender.secret, `${id}.${timestamp}.${body}`)}`,
    },
  };
}

function macOf(secret: Buffer, text: string, encoding: "base64" | "base64url" | "hex" = "base64"): string {
  return createHmac("sha256", secret).update(text).digest(encoding);
}

/** Makes another request of one that was taken. */
type Forgery = (
  taken: Hooked,
  around: { readonly sender: Sender; readonly other: Sender; readonly chance: Chance },
) => Hooked;

const PAST_TOLERANCE_S = 301;

/** By name; each stands for a mistake that servers have made. */
export const FORGERIES: Readonly<Record<string, Forgery>> = {
  "sent again": (taken) => taken,
  "sent again in another spelling of base 64": (taken) =>
    changed(taken, { signature: taken.headers["webhook-signature"]?.replaceAll("+", "-").replaceAll("/", "_") ?? "" }),
  "with another id": (taken, { chance }) => changed(taken, { id: `msg_${chance.between(0, 1e9 - 1)}` }),
  "with another body": (taken) => ({ ...taken, body: taken.body.replace(/\d+/, "13") }),
  "with a longer body": (taken) => ({ ...taken, body: `${taken.body} ` }),
  "with a newer timestamp": (taken, { sender }) => changed(taken, { timestamp: String(nowSeconds(sender) + 1) }),
  "with a timestamp of another spelling": (taken) =>
    changed(taken, { timestamp: `0${taken.headers["webhook-timestamp"]}` }),
  "with a timestamp that is no number": (taken, { chance }) =>
    changed(taken, { timestamp: chance.pick(["NaN", "1e9", "-1", "0x6", "9".repeat(16), "Infinity", "1.5"]) }),
  "signed long ago": (_, { sender, chance }) => fresh(sender, chance, -PAST_TOLERANCE_S - chance.between(0, 1e8 - 1)),
  "signed in the future": (_, { sender, chance }) =>
    fresh(sender, chance, PAST_TOLERANCE_S + 60 + chance.between(0, 1e8 - 1)),
  "signed with another secret": (_, { sender, chance }) => fresh({ ...sender, secret: bytesOf(chance, 24) }, chance, 0),
  "signed with no secret": (_, { sender, chance }) => fresh({ ...sender, secret: Buffer.alloc(0) }, chance, 0),
  "signed for another webhook": (_, { sender, other, chance }) => ({ ...fresh(other, chance, 0), path: sender.path }),
  "sent to another webhook": (taken, { other }) => ({ ...taken, path: other.path }),
  "signed without its id and its time": (_, { sender, chance }) => {
    const request = fresh(sender, chance, 0);
    return changed(request, { signature: `v1,${macOf(sender.secret, request.body)}` });
  },
  "signed by the hexadecimal way": (_, { sender, chance }) => {
    const request = fresh(sender, chance, 0);
    return changed(request, { signature: `v1,${macOf(sender.secret, textOf(request), "hex")}` });
  },
  "with a signature of another version": (_, { sender, chance }) => {
    const request = fresh(sender, chance, 0);
    const mac = request.headers["webhook-signature"]?.slice(3) ?? "";
    return changed(request, { signature: chance.pick([`v0,${mac}`, `v1a,${mac}`, `V1,${mac}`, `none,${mac}`, mac]) });
  },
  "with half of its signature": (_, { sender, chance }) => {
    const request = fresh(sender, chance, 0);
    return changed(request, {
      signature: request.headers["webhook-signature"]?.slice(0, 3 + chance.between(0, 40 - 1)) ?? "",
    });
  },
  "with one bit of its signature turned": (_, { sender, chance }) => {
    const request = fresh(sender, chance, 0);
    const mac = Buffer.from(request.headers["webhook-signature"]?.slice(3) ?? "", "base64");
    const place = chance.between(0, mac.length - 1);
    mac[place] = (mac[place] ?? 0) ^ (1 << chance.between(0, 8 - 1));
    return changed(request, { signature: `v1,${mac.toString("base64")}` });
  },
  "with many wrong signatures": (taken, { chance }) =>
    changed(taken, {
      id: "msg_many",
      signature: Array.from({ length: 50 }, () => `v1,${bytesOf(chance, 32).toString("base64")}`).join(" "),
    }),
  "without one of its headers": (_, { sender, chance }) => {
    const request = fresh(sender, chance, 0);
    const gone = chance.pick(["webhook-id", "webhook-timestamp", "webhook-signature"]);
    return {
      ...request,
      headers: Object.fromEntries(Object.entries(request.headers).filter(([name]) => name !== gone)),
    };
  },
  "cut at another full stop": (_, { sender, chance }) => {
    // The sender's ids end in a number, as those do that are made from the time.
    const seconds = nowSeconds(sender);
    const id = `order-${chance.between(0, 1e9 - 1)}`;
    const request = signed(sender, { id: `${id}.${seconds}`, body: bodyOf(chance) });
    const body = `${request.headers["webhook-timestamp"]}.${request.body}`;
    const cut = changed(request, { id, timestamp: String(seconds) });
    return { ...cut, body, headers: { ...cut.headers, "content-type": "text/plain" } };
  },
};

export function bytesOf(chance: Chance, length: number): Buffer {
  return Buffer.from(Array.from({ length }, () => chance.between(0, 255)));
}

export function bodyOf(chance: Chance): string {
  return JSON.stringify({ id: 1_000 + chance.between(0, 1e6 - 1) });
}

function fresh(sender: Sender, chance: Chance, seconds: number): Hooked {
  const atMs = sender.nowMs() + seconds * 1_000;
  return signed(sender, { id: `msg_${chance.between(0, 1e12 - 1)}`, body: bodyOf(chance), atMs });
}

function nowSeconds({ nowMs }: Sender): number {
  return Math.floor(nowMs() / 1_000);
}

function textOf({ headers, body }: Hooked): string {
  return `${headers["webhook-id"]}.${headers["webhook-timestamp"]}.${body}`;
}

function changed(
  request: Hooked,
  to: { readonly id?: string; readonly timestamp?: string; readonly signature?: string },
): Hooked {
  const headers = Object.entries(to).map(([name, value]) => [`webhook-${name}`, value]);
  return { ...request, headers: { ...request.headers, ...Object.fromEntries(headers) } };
}
