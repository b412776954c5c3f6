import { checkTaskName } from "@millrace/core";
import { currentFlow } from "../flow/current-flow.ts";
import type { Input, ValueOf } from "../ref/input.ts";
import type { GivenRef, MapRef, RefTo } from "../ref/ref.ts";
import { CallSite } from "../source/call-site.ts";
import { refusal, withPlace } from "../source/refuse.ts";
import { isThenable } from "../source/thenable.ts";
import { placeMap } from "../task/place-map.ts";
import { readCount } from "../task/read-option.ts";

/**
 * Tasks that belong together: call it to place them all, with its name in front of theirs (`airport/load`), or map it
 * with `each` to place them once for each element of a list.
 */
export interface Group<Given extends readonly unknown[], Result> {
  (...args: GroupArguments<Given>): Result;
  /** Another name, for a second placement in the same flow. */
  named(name: string): Group<Given, Result>;
  /** All tasks of the group wait for these too. */
  after(...refs: readonly RefTo<unknown>[]): Group<Given, Result>;
  /** What concerns the mapping of the group. */
  with(options: GroupOptions): Group<Given, Result>;
  /**
   * Runs the group once for each element of a list that may be known only at run time. `inputs` is called once, now, with
   * references to the element and its position.
   */
  each<Item>(
    list: RefTo<readonly Item[]>,
    inputs: (item: GivenRef<Item>, index: GivenRef<number>) => GroupInput<Given[0]>,
  ): MapRef<ValueOf<Result>>;
  each<Item>(
    list: readonly Item[],
    inputs: (item: GivenRef<ValueOf<Item>>, index: GivenRef<number>) => GroupInput<Given[0]>,
  ): MapRef<ValueOf<Result>>;
}

export interface GroupOptions {
  /** A mapped list with more items fails, saying how many there are. Raise it on purpose only. Defaults to 100,000. */
  readonly maxItems?: number;
}

type GroupArguments<Given extends readonly unknown[]> = { [Position in keyof Given]: GroupInput<Given[Position]> };

/** What a group's caller may give: values too, where the group's function takes references. */
type GroupInput<Given> =
  Given extends RefTo<infer Value>
    ? Input<Value>
    : Given extends readonly unknown[]
      ? Given
      : Given extends object
        ? { readonly [Key in keyof Given]: Given[Key] extends RefTo<infer Value> ? Input<Value> : Given[Key] }
        : Given;

interface GroupPlacement {
  readonly name: string;
  readonly after: readonly unknown[];
  readonly maxItems: number | null;
}

/**
 * Makes a group of tasks. `build` is called when the group is placed, with what it is given then; what it returns is
 * what the call returns.
 *
 * @example
 * const perAirport = group("airport", ({ airport }: { airport: Ref<string> }) => load({ rows: fetchWeather({ airport }) }));
 * const reports = perAirport.each(airports, (airport) => ({ airport }));
 */
export function group<Given extends readonly [unknown?], Result>(
  name: string,
  build: (...given: Given) => Result,
): Group<Given, Result> {
  const site = new CallSite(group);
  const checked = withPlace(site, () => checkTaskName(name, "group"));
  return makeGroup<Given, Result>(build as unknown as (given?: unknown) => unknown, {
    name: checked,
    after: [],
    maxItems: null,
  });
}

function makeGroup<Given extends readonly unknown[], Result>(
  build: (given?: unknown) => unknown,
  placement: GroupPlacement,
): Group<Given, Result> {
  const { name, maxItems } = placement;
  const what = `group "${name}"`;

  function buildAt(site: CallSite, given: unknown): unknown {
    const result = build(given);
    if (!isThenable(result)) return result;
    const hint = "Take async away: a build function places tasks, and the tasks do the waiting.";
    throw refusal({ code: "ASYNC_FLOW", message: `The function of ${what} is async`, hint }, site);
  }

  function place(given?: unknown): unknown {
    const site = new CallSite(place);
    const builder = currentFlow(what, site);
    const id = builder.claim(name, "group", site);
    const after = builder.waitingFor(placement.after, { id, site, upstreams: new Set() });
    return builder.inGroup(name, after, () => buildAt(site, given));
  }

  function each(list: unknown, inputs: (item: unknown, index: unknown) => unknown): unknown {
    const site = new CallSite(each);
    const map = {
      what: "group",
      name,
      list,
      after: placement.after,
      triggerRule: "all_success",
      maxItems,
      site,
    } as const;
    return placeMap(currentFlow(what, site), map, ({ item, index }) => buildAt(site, inputs(item, index)));
  }

  function named(other: string): unknown {
    const checked = withPlace(named, () => checkTaskName(other, "group"));
    return makeGroup(build, { ...placement, name: checked });
  }

  function after(...refs: readonly unknown[]): unknown {
    return makeGroup(build, { ...placement, after: [...placement.after, ...refs] });
  }

  function withOptions(options: GroupOptions): unknown {
    const site = new CallSite(withOptions);
    if (options.maxItems === undefined) return makeGroup(build, placement);
    const count = withPlace(site, () => readCount(options.maxItems, `option "maxItems" of ${what}`));
    return makeGroup(build, { ...placement, maxItems: count });
  }

  Object.defineProperty(place, "name", { value: name });
  return Object.freeze(Object.assign(place, { each, named, after, with: withOptions })) as unknown as Group<
    Given,
    Result
  >;
}
