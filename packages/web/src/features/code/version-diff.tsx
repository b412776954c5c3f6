import type { FlowChanges } from "../../api/shapes.ts";
import { useApi } from "../../api/use-api.ts";
import { Answered, Empty } from "../../ui/notices.tsx";
import { Panel } from "../../ui/panel.tsx";
import { changeWords } from "./change-words.ts";
import { DiffPane } from "./code-pane.tsx";

/** More files than these are named and not shown. */
const MOST_FILES = 30;

/** How a flow differs between two versions: in words first, then file by file. */
export function VersionDiff({
  flow,
  version,
  against,
}: {
  readonly flow: string;
  readonly version: string;
  readonly against: string;
}) {
  const answer = useApi("diffFlowCode", { params: { flow }, query: { version, against } });
  const changes = answer.data;
  return (
    <Answered of={answer}>
      {changes === undefined ? null : (
        <div className="flex flex-col gap-3">
          <section aria-label="What changed" className="min-w-0 rounded-lg border border-line bg-surface">
            <h2 className="px-3 py-2">{changeWords(changes)}</h2>
            <Named changes={changes} />
          </section>
          {changes.files.slice(0, MOST_FILES).map(({ path, change }) => (
            <Panel key={path} title={path} aside={<span className="text-2xs text-ink-2">{change}</span>}>
              <FileDiff flow={flow} path={path} version={version} against={against} change={change} />
            </Panel>
          ))}
          {changes.files.length > MOST_FILES ? (
            <p className="text-ink-2">and {changes.files.length - MOST_FILES} more files</p>
          ) : null}
          {changes.files.length > 0 ? null : (
            <div className="rounded-lg border border-line bg-surface">
              <Empty icon="check" title={changes.isKept ? "The same files" : "The files are not kept"}>
                {changes.isKept
                  ? "Neither the flow's own file nor anything that it imports is another."
                  : "One of the versions was made before Millrace kept them."}
              </Empty>
            </div>
          )}
        </div>
      )}
    </Answered>
  );
}

const SIGNS = { added: "+", changed: "~", removed: "−" } as const;
const TONES = { added: "text-success", changed: "text-blocked", removed: "text-failed" } as const;

/** Which tasks and triggers they are. */
function Named({ changes: { tasks, triggers, schedules } }: { readonly changes: FlowChanges }) {
  const schedule = { ...schedules, changed: schedules.changed.map(({ name }) => name) };
  const rows = Object.entries({ Tasks: tasks, Schedules: schedule, Triggers: triggers }).filter(([, change]) =>
    Object.values(change).some((names) => names.length > 0),
  );
  if (rows.length === 0) return null;
  return (
    <dl className="grid grid-cols-[auto_1fr] gap-x-4 gap-y-1 border-t border-line px-3 py-2">
      {rows.map(([what, change]) => (
        <div key={what} className="contents">
          <dt className="text-ink-2">{what}</dt>
          <dd className="flex flex-wrap gap-x-4">
            {(["added", "changed", "removed"] as const).flatMap((how) =>
              change[how].map((name) => (
                <span key={name} title={how}>
                  <span className={`font-mono ${TONES[how]}`}>{SIGNS[how]}</span> {name}
                  <span className="sr-only"> {how}</span>
                </span>
              )),
            )}
          </dd>
        </div>
      ))}
    </dl>
  );
}

function FileDiff({
  flow,
  path,
  version,
  against,
  change,
}: {
  readonly flow: string;
  readonly path: string;
  readonly version: string;
  readonly against: string;
  readonly change: FlowChanges["files"][number]["change"];
}) {
  const of = (which: string) => ({ params: { flow }, query: { version: which, path } });
  const before = useApi("readFlowFile", of(against), { enabled: change !== "added" });
  const after = useApi("readFlowFile", of(version), { enabled: change !== "removed" });
  const isRead =
    (change === "added" || before.data !== undefined) && (change === "removed" || after.data !== undefined);
  if (!isRead) return <Answered of={change !== "added" && before.data === undefined ? before : after}>{null}</Answered>;
  return <DiffPane path={path} before={before.data?.text ?? ""} after={after.data?.text ?? ""} />;
}
