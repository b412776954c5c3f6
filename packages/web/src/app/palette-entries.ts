import { type Me, refusalOf } from "../account/refusal.ts";
import type { Trigger } from "../api/shapes.ts";
import { isPaused, nothingToPause } from "../features/schedules/pause-state.ts";
import type { IconName } from "../ui/icon.tsx";

interface Named {
  readonly name: string;
}

/** An entry of the palette. */
export interface Choice {
  readonly id: string;
  /** What it is, for those that say nothing else: `Flow`. */
  readonly kind: string;
  readonly title: string;
  readonly note?: string | undefined;
  readonly icon: IconName;
  readonly keys?: string | undefined;
  readonly refused?: string | undefined;
  readonly choose: () => void;
}

/** Runs of each flow that could be started. What one may not is there all the same, and says why. */
export function launchChoices(
  me: Me | undefined,
  flows: readonly Named[],
  launch: (flow: string) => void,
): readonly Choice[] {
  return flows.map(({ name }) => ({
    id: `launch ${name}`,
    kind: "Action",
    title: `Run ${name}`,
    icon: "play",
    refused: refusalOf(me, "run.start", name),
    choose: () => launch(name),
  }));
}

interface Pausing {
  readonly flows: readonly Named[];
  readonly triggers: readonly Pick<Trigger, "flow" | "paused">[];
}

/** Each flow to be paused, or resumed where it is. One without schedules and triggers is there, and says why not. */
export function pauseChoices(
  me: Me | undefined,
  { flows, triggers }: Pausing,
  ask: (flow: string) => void,
): readonly Choice[] {
  const triggersOf = Map.groupBy(triggers, ({ flow }) => flow);
  return flows.map(({ name }) => {
    const own = triggersOf.get(name) ?? [];
    const isOff = isPaused(own);
    return {
      id: `pause ${name}`,
      kind: "Action",
      title: `${isOff ? "Resume" : "Pause"} ${name}`,
      icon: isOff ? "resume" : "pause",
      refused: nothingToPause(name, own) ?? refusalOf(me, "trigger.pause", name),
      choose: () => ask(name),
    };
  });
}

/** What is asked for of what is managed: the server would refuse the rest. */
export function managedFor(me: Me | undefined): { readonly pools: boolean; readonly secrets: boolean } {
  const patterns = me?.permissions ?? {};
  // How full pools are, whoever may read some flow may know; secrets are the whole project's.
  return {
    pools: (patterns["pool.read"] ?? []).length > 0,
    secrets: (patterns["secret.read"] ?? []).includes("*"),
  };
}

interface Managed {
  readonly pools: readonly Named[] | undefined;
  readonly secrets: readonly Named[] | undefined;
}

/** Pools and secrets, as far as they are known. */
export function managedChoices(
  { pools = [], secrets = [] }: Managed,
  show: (page: "/manage/pools" | "/manage/vault") => void,
): readonly Choice[] {
  const entry =
    (kind: "Pool" | "Secret", icon: IconName, choose: () => void) =>
    ({ name }: Named) => {
      return { id: `${kind.toLowerCase()} ${name}`, kind, title: name, icon, choose };
    };
  return [
    ...pools.map(entry("Pool", "grid", () => show("/manage/pools"))),
    ...secrets.map(entry("Secret", "key", () => show("/manage/vault"))),
  ];
}
