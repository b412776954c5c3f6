import type { SimulatedServer } from "../simulated-server.ts";
import type { StoryStage } from "./schedule-story.ts";

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;

/** The leader dies at each minute: a little before it, in the middle of what it does then, or after that. */
export function crashAtEachMinute({ timeline, chance, servers, isOver, count }: StoryStage): void {
  const next = (): void => {
    const tickMs = (Math.floor(timeline.nowMs / MINUTE_MS) + 1) * MINUTE_MS;
    // What a leader does about a tick takes some twenty milliseconds.
    const atMs = tickMs + chance.between(-5, 30);
    timeline.after(atMs - timeline.nowMs, "leader dies", async () => {
      if (isOver()) return;
      const leader = leaderOf(servers);
      if (leader !== undefined) {
        count("leader dies");
        timeline.after(chance.between(100, 5_000), `${leader.name} boots`, () => leader.boot());
        await leader.crash();
      }
      timeline.after(MINUTE_MS / 2, "half a minute passes", next);
    });
  };
  next();
}

/** Clocks of five minutes too much or too little, that people set by an hour; leaders die and freeze beside that. */
export function confuseClocks({ timeline, chance, servers, isOver, count }: StoryStage): void {
  for (const server of servers) server.setSkew(skew());
  const next = (): void => {
    timeline.after(chance.between(10_000, 4 * MINUTE_MS), "trouble", async () => {
      if (isOver()) return;
      const server = leaderOf(servers) ?? chance.pick(servers);
      const what = chance.pick(["forward", "back", "right", "dies", "freezes"] as const);
      count(what === "forward" || what === "back" ? `jumps an hour ${what}` : what);
      if (what === "forward") server.setSkew(HOUR_MS + skew());
      if (what === "back") server.setSkew(-HOUR_MS + skew());
      if (what === "right") server.setSkew(skew());
      if (what === "freezes") {
        server.freeze();
        timeline.after(chance.pick([5_000, 15_000, 40_000]), `${server.name} thaws`, () => server.thaw());
      }
      if (what === "dies") {
        timeline.after(chance.between(100, 20_000), `${server.name} boots`, () => server.boot());
        await server.crash();
      }
      next();
    });
  };
  next();

  function skew(): number {
    return chance.between(-5 * MINUTE_MS, 5 * MINUTE_MS);
  }
}

function leaderOf(servers: readonly SimulatedServer[]): SimulatedServer | undefined {
  return servers.find(({ engine, isDead, isFrozen }) => engine !== undefined && !isDead && !isFrozen);
}
