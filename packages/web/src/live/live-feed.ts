import { seqAhead } from "../api/asked-ahead.ts";
import { server } from "../api/server.ts";
import type { RunEvent } from "../api/shapes.ts";

/** `waiting`: another page of this browser holds the stream and passes on what comes. Its state is ours. */
export type FeedState = "connecting" | "live" | "lost";

type Told =
  | { readonly kind: "events"; readonly events: readonly RunEvent[] }
  | { readonly kind: "state"; readonly state: FeedState }
  | { readonly kind: "project" }
  /** A page has begun: whoever holds the stream tells it how that is. */
  | { readonly kind: "asked" };

const CHANNEL = "millrace.events";
/** Between two tries for a stream that broke, in milliseconds. */
const RETRY_MS = 1_000;

interface FeedListeners {
  readonly onEvents: (events: readonly RunEvent[]) => void;
  readonly onState: (state: FeedState) => void;
  /** From here on nothing is missed. What was asked before may have been answered before what the first event follows. */
  readonly onBegun: () => void;
  /** Another version is active, or flow files are broken or mended. */
  readonly onProject: () => void;
}

/**
 * Events as they become durable, over one stream for all pages of the browser: the page that holds a lock has it, and
 * tells the others. When it is closed the next one takes the lock, and goes on after the last event that it was told.
 */
export class LiveFeed {
  readonly #channel = new BroadcastChannel(CHANNEL);
  readonly #stopped = new AbortController();
  readonly #onEvents: (events: readonly RunEvent[]) => void;
  readonly #onState: (state: FeedState) => void;
  readonly #onBegun: () => void;
  readonly #onProject: () => void;
  #state: FeedState = "connecting";
  /** The stream is this page's own. */
  #holds = false;
  readonly #soon = new MessageChannel();
  #seq: number | undefined;
  /** What has come and was not passed on yet. */
  #come: RunEvent[] = [];
  /** What the page is told of in its next frame. */
  #untold: RunEvent[] = [];
  #frame = 0;

  constructor({ onEvents, onState, onBegun, onProject }: FeedListeners) {
    this.#onEvents = onEvents;
    this.#onState = onState;
    this.#onBegun = onBegun;
    this.#onProject = onProject;
  }

  start(): void {
    this.#channel.addEventListener("message", ({ data }: MessageEvent<Told>) => {
      if (data.kind === "events") this.#take(data.events);
      else if (data.kind === "state") this.#turn(data.state);
      else if (data.kind === "project") this.#onProject();
      else if (this.#holds) this.#channel.postMessage({ kind: "state", state: this.#state } satisfies Told);
    });
    this.#channel.postMessage({ kind: "asked" } satisfies Told);
    this.#soon.port1.onmessage = () => this.#pass();
    const { signal } = this.#stopped;
    // Browsers without locks, and pages that may not use them, have a stream each.
    const held = navigator.locks?.request(CHANNEL, { signal }, () => this.#hold()) ?? this.#hold();
    held.catch(() => undefined);
  }

  stop(): void {
    this.#stopped.abort();
    this.#channel.close();
    this.#soon.port1.close();
    cancelAnimationFrame(this.#frame);
  }

  async #hold(): Promise<void> {
    const { signal } = this.#stopped;
    this.#holds = true;
    while (!signal.aborted) {
      try {
        this.#seq ??= await seqAhead();
        if (this.#seq === undefined) {
          this.#seq = (await server.call("getProject", {}, { signal })).seq;
          this.#onBegun();
        }
        this.#tell("live");
        for await (const event of server.events({
          after: this.#seq,
          signal,
          onConnection: (up) => this.#tell(up ? "live" : "lost"),
          onProjectChanged: () => this.#tellProject(),
        })) {
          this.#queue(event);
        }
      } catch {
        this.#tell("lost");
      }
      await new Promise((resolve) => setTimeout(resolve, RETRY_MS));
    }
  }

  #tell(state: FeedState): void {
    if (this.#stopped.signal.aborted) return;
    if (state !== this.#state) this.#channel.postMessage({ kind: "state", state } satisfies Told);
    this.#turn(state);
  }

  #tellProject(): void {
    this.#channel.postMessage({ kind: "project" } satisfies Told);
    this.#onProject();
  }

  #turn(state: FeedState): void {
    if (state === this.#state) return;
    this.#state = state;
    this.#onState(state);
  }

  /**
   * What comes together is passed on together. By a message to itself: timers of a page that is hidden wait for a second,
   * and others that are not hidden would wait with it.
   */
  #queue(event: RunEvent): void {
    this.#come.push(event);
    if (this.#come.length === 1) this.#soon.port2.postMessage(null);
  }

  #pass(): void {
    const events = this.#come;
    this.#come = [];
    this.#channel.postMessage({ kind: "events", events } satisfies Told);
    this.#take(events);
  }

  /** A thousand events are one change of the page. One that is hidden has no frames, and does little with what it is told. */
  #take(events: readonly RunEvent[]): void {
    this.#seq = events.at(-1)?.seq ?? this.#seq;
    // The next page to hold the stream may be told of a few for the second time: what they say is the same.
    this.#turn("live");
    this.#untold.push(...events);
    if (document.hidden) this.#tellAll();
    else if (this.#frame === 0) this.#frame = requestAnimationFrame(() => this.#tellAll());
  }

  #tellAll(): void {
    cancelAnimationFrame(this.#frame);
    this.#frame = 0;
    const events = this.#untold;
    this.#untold = [];
    if (!this.#stopped.signal.aborted) this.#onEvents(events);
  }
}
