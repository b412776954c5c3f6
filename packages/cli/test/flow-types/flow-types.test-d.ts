import { connect } from "@millrace/client";
import { expectTypeOf } from "vitest";
import type { Flows } from "./sample-flows.d.ts";

const client = connect<Flows>();

// The names of flows are known, and so is what each takes.
expectTypeOf<Parameters<typeof client.flow>[0]>().toEqualTypeOf<"cleanup" | "daily-orders" | "loose">();
void client.flow("daily-orders").run({ days: 3, region: "us", tags: ["a", null] });
void client.flow("daily-orders").run({ days: 3 }, { idempotencyKey: "today" });
void client.flow("cleanup").run();
void client.flow("loose").run({ whatever: 1 });

// @ts-expect-error There is no such flow.
void client.flow("daily-order").run();
// @ts-expect-error A parameter that is needed is missing.
void client.flow("daily-orders").run();
// @ts-expect-error This region is none of those that it knows.
void client.flow("daily-orders").run({ days: 3, region: "asia" });
// @ts-expect-error It takes no parameters.
void client.flow("cleanup").run({ days: 3 });

// Without types any flow can be named, and given anything.
void connect().flow("anything").run({ days: "three" });
