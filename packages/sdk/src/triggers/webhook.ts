import { type ByteSize, type Duration, parseByteSize, parseDuration, type WebhookPayload } from "@millrace/core";
import { type EnvironmentSecret, isSecret } from "../kinds/secret.ts";
import type { StandardSchema } from "../schema/standard-schema.ts";
import { CallSite } from "../source/call-site.ts";
import { withPlace } from "../source/refuse.ts";
import { invalid } from "../task/read-option.ts";
import { checkTriggerOptions, type GatherOptions, readGather } from "./gather-options.ts";
import { anyEvent, checkPart, makeTrigger, type Trigger } from "./trigger.ts";

/** A request that came, as `params` sees it. */
export interface WebhookEvent<Body = unknown> {
  /** JSON as a value, a form as an object of texts, anything else as text. After the schema, where there is one. */
  readonly body: Body;
  /** By names in lower case; without those that carry credentials. */
  readonly headers: Readonly<Record<string, string>>;
}

export interface WebhookOptions<Body, Given> extends GatherOptions {
  /** Its name within the flow, and the last part of its address. Defaults to `webhook`. */
  readonly name?: string;
  /**
   * The environment variable of the server that holds the secret with which senders sign: `env("SHOP_HOOK_SECRET")`, of the
   * form `whsec_…` (Standard Webhooks). Null takes requests of anybody who can reach the server; `check` warns about it.
   */
  readonly secret: EnvironmentSecret | null;
  /** A schema that each body must fit; one that does not is answered with 422, naming the fields. Defaults to none. */
  readonly body?: StandardSchema<unknown, Body>;
  /**
   * Makes the parameters of the run out of the event; of a batch, out of all of its events, the oldest first. Defaults to
   * the body, and for a batch to `{ events: [body, …] }`.
   */
  readonly params?: (event: WebhookEvent<Body>, events: readonly WebhookEvent<Body>[]) => Given;
  /** How far the timestamp of a request may be from the server's clock. Defaults to 5 minutes. */
  readonly tolerance?: Duration;
  /** Larger bodies are refused unread, with 413. Defaults to 1 MiB. */
  readonly maxBody?: ByteSize;
}

const KNOWN = ["secret", "body", "tolerance", "maxBody"];
const DEFAULT_BODY_BYTES = 1024 * 1024;
/** What comes is written to the database as one value. */
const LARGEST_BODY_BYTES = 64 * 1024 * 1024;

/**
 * Makes a run for each request that comes to `POST /hooks/<flow>` of `millrace server` (`/hooks/<flow>/<name>` where a
 * flow has several). Requests are signed as Standard Webhooks says, and one that comes twice makes one run.
 *
 * @example
 * triggers: webhook({ secret: env("SHOP_HOOK_SECRET"), params: ({ body }) => ({ order: body.id }), body: Order })
 */
export function webhook<Body = unknown, Given = Body>(options: WebhookOptions<Body, Given>): Trigger<Given> {
  const site = new CallSite(webhook);
  const what = "webhook";
  return withPlace(site, () => {
    checkTriggerOptions(options, KNOWN, what);
    const { name, secret, body, params, tolerance, maxBody } = options;
    if (secret !== null && !(isSecret(secret) && "variable" in secret)) {
      const wanted = 'env("A_VARIABLE"), or null for a webhook that anybody may call';
      throw invalid(`\`secret\` of the ${what}`, wanted, typeof secret === "string" ? "a text" : secret);
    }
    const maxBodyBytes =
      maxBody === undefined ? DEFAULT_BODY_BYTES : parseByteSize(maxBody, `\`maxBody\` of the ${what}`);
    if (maxBodyBytes < 1 || maxBodyBytes > LARGEST_BODY_BYTES) {
      throw invalid(`\`maxBody\` of the ${what}`, "a size up to 64 MiB", maxBody);
    }
    return makeTrigger<Given>({
      name: name ?? null,
      spec: {
        kind: "webhook",
        secretVariable: secret === null ? null : secret.variable,
        toleranceMs: parseDuration(tolerance ?? "5m", `\`tolerance\` of the ${what}`),
        maxBodyBytes,
        gather: readGather(options, what, site),
      },
      site,
      event: body === undefined ? anyEvent : (payload) => checkBody(body, payload as WebhookPayload),
      checks: body !== undefined,
      params: params ?? null,
      plain: (event: WebhookEvent) => event.body,
      poll: null,
    });
  });
}

function checkBody(schema: StandardSchema, payload: WebhookPayload) {
  return checkPart(schema, { name: "body", value: payload.body }, (body) => ({ ...payload, body }));
}
