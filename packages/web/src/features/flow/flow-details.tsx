import { Link } from "@tanstack/react-router";
import type { Flow } from "../../api/shapes.ts";
import { useApi } from "../../api/use-api.ts";
import { Fact, Panel } from "../../ui/panel.tsx";
import { fieldsOf, type Schema } from "../launch/params-schema.ts";
import { FlowPartitions } from "./flow-partitions.tsx";
import { FlowPolicies, taskPolicyText } from "./flow-policies.tsx";
import { FlowRights } from "./flow-rights.tsx";
import { FlowVersions } from "./flow-versions.tsx";

const HEAD = "px-3 py-1.5 text-left text-2xs font-medium text-ink-3 whitespace-nowrap";
const CELL = "px-3 py-cell align-top";

/** What the flow says of itself. */
export function FlowDetails({ flow }: { readonly flow: Flow }) {
  return (
    <div className="flex flex-col gap-4">
      <Panel title="Flow">
        <dl className="grid grid-cols-2 gap-x-6 gap-y-3 p-3 md:grid-cols-4">
          <Fact name="Owner">{flow.owner ?? "–"}</Fact>
          <Fact name="Defined in">
            {flow.place === null ? (
              "–"
            ) : (
              <Link
                to="/flows/$flow"
                params={{ flow: flow.name }}
                search={{ tab: "code", file: flow.place.file, line: flow.place.line }}
                className="font-mono text-xs text-accent hover:underline"
              >
                {flow.place.file}:{flow.place.line}
              </Link>
            )}
          </Fact>
          <Fact name="Version">
            <span className="font-mono text-xs" title={flow.version}>
              {flow.version.slice(0, 12)}
            </span>
          </Fact>
          <Fact name="Tags">{flow.tags.join(", ") || "none"}</Fact>
          <Fact name="Partitions">{flow.partitioned ? <FlowPartitions flow={flow} /> : "none"}</Fact>
        </dl>
        {flow.docs === null ? null : (
          <p className="border-t border-line px-3 py-2.5 whitespace-pre-wrap text-ink-2">{flow.docs}</p>
        )}
      </Panel>
      <FlowPolicies flow={flow} />
      <Parameters flow={flow} />
      <Panel title="Tasks">
        <TaskTable flow={flow} />
      </Panel>
      <FlowVersions flow={flow.name} />
      <FlowRights flow={flow.name} />
    </div>
  );
}

function Parameters({ flow }: { readonly flow: Flow }) {
  const fields = fieldsOf(flow.params as Schema | null);
  return (
    <Panel title="Parameters">
      {fields.length === 0 ? (
        <p className="px-3 py-4 text-ink-2">It takes none.</p>
      ) : (
        <table className="w-full" aria-label="Parameters">
          <thead>
            <tr className="border-b border-line">
              <th className={HEAD}>Name</th>
              <th className={HEAD}>Type</th>
              <th className={HEAD}>Default</th>
              <th className={`${HEAD} max-sm:hidden`}>What it is</th>
            </tr>
          </thead>
          <tbody>
            {fields.map(({ name, schema, isNeeded }) => (
              <tr key={name} className="border-b border-line last:border-b-0">
                <td className={`${CELL} font-medium`}>{name}</td>
                <td className={`${CELL} text-ink-2`}>
                  {schema.enum?.map(String).join(" | ") ?? schema.format ?? String(schema.type ?? "any")}
                </td>
                <td className={`${CELL} font-mono text-xs text-ink-2`}>
                  {schema.default === undefined ? (isNeeded ? "needed" : "–") : JSON.stringify(schema.default)}
                </td>
                <td className={`${CELL} text-ink-2 max-sm:hidden`}>{schema.description}</td>
              </tr>
            ))}
          </tbody>
        </table>
      )}
    </Panel>
  );
}

function TaskTable({ flow: { name, nodes } }: { readonly flow: Flow }) {
  const policies = useApi("getFlowPolicies", { params: { flow: name } }).data?.tasks ?? [];
  const texts = new Map(policies.map((task) => [task.id, taskPolicyText(task)]));
  return (
    <div className="relative overflow-x-auto">
      <table className="w-full" aria-label="Tasks">
        <thead>
          <tr className="border-b border-line">
            <th className={HEAD}>Task</th>
            <th className={HEAD}>Kind</th>
            <th className={HEAD}>Waits for</th>
            <th className={`${HEAD} max-md:hidden`}>Runs when</th>
            <th className={`${HEAD} max-sm:hidden`}>Policies</th>
          </tr>
        </thead>
        <tbody>
          {nodes.map(({ id, kind, taskKind, upstream, triggerRule, description }) => (
            <tr key={id} className="border-b border-line last:border-b-0">
              <td className={CELL}>
                <Link
                  to="/flows/$flow"
                  params={{ flow: name }}
                  search={{ tab: "code", task: id }}
                  className="font-medium hover:text-accent"
                >
                  {id}
                </Link>
                {description === null ? null : <p className="text-2xs text-ink-2">{description}</p>}
              </td>
              <td className={`${CELL} text-ink-2`}>{taskKind ?? kind}</td>
              <td className={`${CELL} text-ink-2`}>{upstream.join(", ") || "–"}</td>
              <td className={`${CELL} text-ink-2 max-md:hidden`}>{triggerRule.replaceAll("_", " ")}</td>
              <td className={`${CELL} text-ink-2 max-sm:hidden`}>{texts.get(id) || "–"}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}
