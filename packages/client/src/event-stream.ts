import { isMillraceError, type RouteName, type RouteOutput } from "@millrace/contract";
import { type Input, pause, type Transport } from "./transport.ts";

/** One message of a stream of server-sent events. */
interface Message {
  readonly id: string;
  readonly event: string;
  /** Empty where the message only moves the position on. */
  readonly data: string;
}

/** Between two tries to reach a server that went away, in milliseconds: longer each time, up to the last. */
const RECONNECT_MS = [100, 250, 500, 1_000, 2_000, 5_000] as const;

type Stream = "followEvents" | "followLog";

interface Following<Name extends Stream> {
  readonly input: Input<Name>;
  /** The id of the last event that the caller has; null for none. */
  readonly from: number | null;
  readonly signal?: AbortSignal | undefined;
  /** Told of each connection that is made and lost. */
  readonly onConnection?: ((isThere: boolean) => void) | undefined;
  /** Told of messages that carry nothing but their name. */
  readonly onNotice?: ((name: string) => void) | undefined;
}

/**
 * Follows a stream for as long as the caller wants, over as many connections as that takes; each goes on where the one
 * before was. Ends with the signal, or with the stream where it has an end. Throws what the server refuses, and
 * `NO_SERVER` when there is none at first.
 */
export async function* follow<Name extends Stream>(
  transport: Transport,
  name: Name,
  { input, from, signal, onConnection, onNotice }: Following<Name>,
): AsyncGenerator<RouteOutput<Name>, void> {
  let position = from === null ? undefined : String(from);
  let failures = 0;
  let hasBegun = false;
  while (!isOver(signal)) {
    const leave = new AbortController();
    const own = signal === undefined ? leave.signal : AbortSignal.any([signal, leave.signal]);
    try {
      const headers: Record<string, string> = position === undefined ? {} : { "last-event-id": position };
      const response = await transport.send<RouteName>(name, input, { headers, signal: own });
      hasBegun = true;
      onConnection?.(true);
      for await (const { id, event, data } of messagesOf(response)) {
        failures = 0;
        if (event === "end") return;
        if (data === "" && event !== "message") onNotice?.(event);
        if (data !== "") yield JSON.parse(data) as RouteOutput<Name>;
        // Only what was taken is past.
        if (id !== "") position = id;
      }
    } catch (error) {
      if (isOver(signal)) return;
      if (!hasBegun || isRefusal(error)) throw error;
    } finally {
      leave.abort();
    }
    onConnection?.(false);
    await pause(RECONNECT_MS[Math.min(failures, RECONNECT_MS.length - 1)] as number, signal);
    failures += 1;
  }
}

function isOver(signal: AbortSignal | undefined): boolean {
  return signal?.aborted === true;
}

/** What would be refused again. Anything else is a connection that broke, or a server that is away. */
function isRefusal(error: unknown): boolean {
  return isMillraceError(error) && error.code !== "NO_SERVER" && error.code !== "STORE_FAILED";
}

async function* messagesOf({ body }: Response): AsyncGenerator<Message, void> {
  if (body === null) return;
  let rest = "";
  for await (const text of body.pipeThrough(new TextDecoderStream())) {
    const blocks = (rest + text).split("\n\n");
    rest = blocks.pop() ?? "";
    for (const block of blocks) yield messageOf(block);
  }
}

function messageOf(block: string): Message {
  const message = { id: "", event: "message", data: "" };
  for (const line of block.split("\n")) {
    const [field, value] = splitField(line);
    if (field === "id" || field === "event") message[field] = value;
    if (field === "data") message.data = message.data === "" ? value : `${message.data}\n${value}`;
  }
  return message;
}

function splitField(line: string): readonly [field: string, value: string] {
  const colon = line.indexOf(":");
  if (colon < 0) return [line, ""];
  return [line.slice(0, colon), line.slice(colon + 1).replace(/^ /, "")];
}
