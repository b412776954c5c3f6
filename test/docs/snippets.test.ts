// The code of the guides is compiled with the rest, shown as it is, and does what the guides say it does.
import { readFileSync } from "node:fs";
import { testFlow } from "@millrace/testing";
import { describe, expect, test } from "vitest";
import { cached, withRules } from "../../docs/guides/snippets/failures.ts";
import dailyOrders from "../../docs/guides/snippets/first-flow.ts";
import { bothRegions, greeting } from "../../docs/guides/snippets/kinds.ts";
import { branched, fields, grouped, mapped, nested } from "../../docs/guides/snippets/passing-data.ts";
import { generatedDocuments } from "../../scripts/docs/generated.ts";

describe("the documents", () => {
  test.each([...generatedDocuments()])("%s is as its sources are (npm run docs)", (file, text) => {
    expect(readFileSync(file, "utf8")).toBe(text);
  });
});

describe("the flows of the guides", () => {
  test("the first one adds up what the shop sold", async () => {
    const run = await testFlow(dailyOrders).withParams({ region: "eu" }).run();
    expect(run.output).toEqual({ orders: 2, revenue: 65 });
  });

  test("fields of outputs and constants fit one input", async () => {
    const run = await testFlow(fields).run();
    expect([run.task("tell").output, run.task("tell-constant").output]).toEqual([64, 80]);
  });

  test("references may stand anywhere in an input", async () => {
    expect((await testFlow(nested).run()).output).toBe(64 - 99);
  });

  test("a map tells how each of its items ended", async () => {
    const run = await testFlow(mapped).run();
    expect(run.state).toBe("success");
    expect(run.output).toEqual({ shipped: 2, failed: 1 });
  });

  test("a group is placed once for each element", async () => {
    const run = await testFlow(grouped).run();
    expect(run.output).toEqual(["parcel of a1 to de", "parcel of a2 to fr", "parcel of a3 to de"]);
    expect(run.task("order[1]/label").output).toBe("parcel of a2 to fr");
  });

  test("one arm of a branch runs, the others are skipped", async () => {
    const run = await testFlow(branched).run();
    expect(run.output).toBe("3 parcels");
    expect(run.task("bulk").state).toBe("skipped");
    expect(run.task("nothing").state).toBe("skipped");
  });

  test("rules let tasks run after a failure", async () => {
    const run = await testFlow(withRules).run();
    expect(run.task("load")).toMatchObject({ state: "failed", tries: 3 });
    expect(run.task("clean-up").state).toBe("success");
    expect(run.task("tell-somebody").state).toBe("success");
    expect(run.state).toBe("success");
  });

  test("a line of shell never runs what stands in an input", async () => {
    expect((await testFlow(greeting).run()).output).toBe("HELLO ADA; RM -RF /");
  });

  test("a flow runs another one for each element of a list", async () => {
    const run = await testFlow(bothRegions).withFlows(dailyOrders).run();
    expect(run.output).toMatchObject([
      { state: "success", output: { orders: 2, revenue: 65 } },
      { state: "success", output: { orders: 1, revenue: 99 } },
    ]);
  });

  test("a cached task with a key of its own gives its output", async () => {
    expect((await testFlow(cached).run()).output).toBe("the weather of Bremen");
  });
});
