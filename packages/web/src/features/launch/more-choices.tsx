import { useId, useRef } from "react";
import type { Flow } from "../../api/shapes.ts";
import { useApi } from "../../api/use-api.ts";
import { IconButton } from "../../ui/button.tsx";
import { agoText } from "../../ui/time-text.ts";
import { shortVersion } from "../code/versions.ts";
import { INPUT } from "./field-input.tsx";
import type { Asked } from "./launch-words.ts";

const VERSIONS = 20;

interface Props {
  readonly flow: Flow;
  readonly version: string | null;
  readonly onVersion: (version: string | null) => void;
  readonly selection: Asked["selection"];
  readonly onSelection: (selection: Asked["selection"]) => void;
}

/** What few runs need: other code than the active, and some tasks only. */
export function MoreChoices({ flow, version, onVersion, selection, onSelection }: Props) {
  const id = useId();
  const versions = useApi("listFlowVersions", { params: { flow: flow.name }, query: { limit: VERSIONS } }).data?.items;
  return (
    <div className="mt-2 flex flex-col gap-3.5">
      <div>
        <label htmlFor={`${id}-version`} className="mb-1 block font-medium">
          Version
        </label>
        <select
          id={`${id}-version`}
          value={version ?? ""}
          onChange={({ target }) => onVersion(target.value === "" ? null : target.value)}
          className={INPUT}
        >
          <option value="">The active one</option>
          {versions
            ?.filter(({ isActive }) => !isActive)
            .map((each) => (
              <option key={each.version} value={each.version}>
                {`${shortVersion(each.version)}, made ${agoText(Date.parse(each.createdAt), Date.now())}${each.changed ? "" : ", same code as before it"}`}
              </option>
            ))}
        </select>
      </div>
      <TaskChoice all={flow.nodes.map((node) => node.id)} selection={selection} onSelection={onSelection} />
    </div>
  );
}

function TaskChoice({
  all,
  selection: { kind, nodes },
  onSelection,
}: Pick<Props, "selection" | "onSelection"> & { readonly all: readonly string[] }) {
  const id = useId();
  const adder = useRef<HTMLSelectElement>(null);
  const remove = (node: string): void => {
    // Its own button goes with it: who came by keyboard stays in the form.
    adder.current?.focus();
    onSelection({ kind, nodes: nodes.filter((each) => each !== node) });
  };
  const add = (node: string): void => onSelection({ kind, nodes: [...nodes, node] });
  return (
    <fieldset className="min-w-0">
      <legend className="mb-1 font-medium">Tasks</legend>
      {nodes.length === 0 ? null : (
        <>
          <select
            aria-label="Which tasks"
            value={kind}
            onChange={({ target }) => onSelection({ kind: target.value === "from" ? "from" : "only", nodes })}
            className={INPUT}
          >
            <option value="only">only these</option>
            <option value="from">these, and all after them</option>
          </select>
          <ul className="my-1.5 flex flex-wrap gap-1">
            {nodes.map((node) => (
              <li key={node} className="flex min-w-0 items-center rounded-md bg-sunken pl-2 font-mono text-xs">
                <span className="truncate">{node}</span>
                <IconButton icon="cross" label={`Leave ${node} out`} onClick={() => remove(node)} />
              </li>
            ))}
          </ul>
        </>
      )}
      <label htmlFor={id} className="sr-only">
        Choose a task
      </label>
      <select
        ref={adder}
        id={id}
        value=""
        onChange={({ target }) => target.value !== "" && add(target.value)}
        className={INPUT}
      >
        <option value="">{nodes.length === 0 ? "All of them" : "Add another…"}</option>
        {all
          .filter((node) => !nodes.includes(node))
          .map((node) => (
            <option key={node} value={node}>
              {node}
            </option>
          ))}
      </select>
      {nodes.length === 0 ? <p className="mt-1 text-2xs text-ink-2">Choose one to run it without the others.</p> : null}
    </fieldset>
  );
}
