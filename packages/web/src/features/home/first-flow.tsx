import { Link } from "@tanstack/react-router";
import type { FlowSummary } from "../../api/shapes.ts";
import { CodeBlock } from "../../ui/code-block.tsx";
import { CopyButton } from "../../ui/copy-button.tsx";
import { Icon } from "../../ui/icon.tsx";
import { Panel } from "../../ui/panel.tsx";
import { RunButton } from "../launch/run-button.tsx";

const EXAMPLE = `import { cron, flow, task } from "millrace";

const extract = task("extract", () => [3, 5, 8]);
const total = task("total", ({ rows }: { rows: number[] }, { log }) => {
  const sum = rows.reduce((a, b) => a + b, 0);
  log.info("added up", { sum });
  return sum;
});

export default flow("hello", { schedule: cron("0 6 * * *") }, () => {
  total({ rows: extract({}) });
});
`;

/** For a project without any flow: how the first one is written. */
export function FirstFlow() {
  return (
    <Panel title="Write the first flow" aside={<CopyButton text={EXAMPLE} label="Copy the example" />}>
      <div className="flex flex-col gap-3 p-4">
        <p>
          Put this into <code className="font-mono text-xs">flows/hello.ts</code>. While{" "}
          <code className="font-mono text-xs">millrace dev</code> runs, it appears here as soon as the file is saved.
        </p>
        <CodeBlock text={EXAMPLE} label="flows/hello.ts" />
        <p className="text-ink-2">
          <code className="font-mono text-xs">millrace check</code> says what is wrong with a file before anything runs.
        </p>
      </div>
    </Panel>
  );
}

/** For a project in which nothing has run yet. */
export function FirstRun({ flows }: { readonly flows: readonly FlowSummary[] }) {
  return (
    <Panel title="Nothing has run yet">
      <p className="px-3 pt-3 text-ink-2">
        {flows.some(({ schedules }) => schedules.length > 0)
          ? "Run one of the flows by hand, or wait for its schedule."
          : "Run one of the flows by hand: none has a schedule."}
      </p>
      <ul className="p-1.5">
        {flows.slice(0, 6).map(({ name, description }) => (
          <li key={name} className="flex items-center gap-3 px-1.5 py-1.5">
            <Icon name="flows" className="text-ink-3" />
            <div className="min-w-0 flex-1">
              <Link to="/flows/$flow" params={{ flow: name }} className="font-medium hover:text-accent">
                {name}
              </Link>
              <p className="truncate text-2xs text-ink-2">{description}</p>
            </div>
            <RunButton flow={name} />
          </li>
        ))}
      </ul>
    </Panel>
  );
}
