import { type ReactNode, useId } from "react";
import { useApi } from "../../api/use-api.ts";
import { Panel } from "../../ui/panel.tsx";
import { ParamField } from "../launch/param-field.tsx";
import { fieldsOf, type Schema, withValue } from "../launch/params-schema.ts";
import { type Draft, keysOf, kindOf, type Subject, scheduleOf, zoneIn } from "./backfill-ask.ts";
import { Presets } from "./presets.tsx";

const INPUT =
  "h-8 w-full rounded-md border border-line-strong bg-raised px-2 outline-offset-0 placeholder:text-ink-3 focus-visible:outline-2 max-sm:h-11";

interface Props {
  readonly subject: Subject;
  readonly draft: Draft;
  readonly onChange: (more: Partial<Draft>) => void;
}

/** What a backfill is asked for: which part of the past, and how. */
export function AskForm({ schema, ...rest }: Props & { readonly schema: Schema | null }) {
  const { subject, draft, onChange } = rest;
  const fields = fieldsOf(schema);
  const kind = kindOf(subject, draft);
  return (
    <>
      <Panel title="What to run">
        <div className="flex flex-col gap-3.5 p-3">
          {kind === "days" ? <Presets subject={subject} draft={draft} onChoose={onChange} /> : null}
          {subject.partitioned ? <WhichField {...rest} /> : null}
          {kind === "days" ? <WindowFields {...rest} /> : <KeysFields {...rest} />}
          <Choice
            label="Of these"
            value={draft.reprocess}
            onChoose={(reprocess) => onChange({ reprocess })}
            choices={[
              ["none", "only what never ran"],
              ["failed", "what never ran, and what failed"],
              ["completed", "everything, even what succeeded"],
            ]}
          />
        </div>
      </Panel>
      <Panel title="How">
        <HowFields {...rest} />
      </Panel>
      {fields.length === 0 ? null : (
        <Panel title="Parameters of each run">
          <div className="flex flex-col gap-3.5 p-3">
            {fields.map((field) => (
              <ParamField
                key={field.name}
                field={field}
                value={draft.params[field.name]}
                onChange={(value) => onChange({ params: withValue(draft.params, field.name, value) })}
              />
            ))}
          </div>
        </Panel>
      )}
    </>
  );
}

function WhichField({ subject, draft, onChange }: Props) {
  return (
    <Choice
      label="Which partitions"
      value={kindOf(subject, draft)}
      onChoose={(kind) => onChange({ kind, ...(kind === "keys" ? {} : { from: "", to: "" }) })}
      choices={[
        ...(subject.partitionZone === null ? [] : [["days", "from one day to another"] as const]),
        ["range", "from one key to another"],
        ["keys", "single keys"],
      ]}
    />
  );
}

function KeysFields({ subject, draft, onChange }: Props) {
  const id = useId();
  const page = useApi("listPartitions", { params: { flow: subject.flow }, query: { limit: 1_000 } }).data;
  const hint = page?.items[0]?.key;
  return (
    <>
      {draft.kind === "keys" ? (
        <Labelled label="Keys" note={keysNote(keysOf(draft).length)}>
          {(field) => (
            <textarea
              id={field}
              rows={4}
              spellCheck={false}
              value={draft.keys}
              placeholder={hint}
              onChange={({ target }) => onChange({ keys: target.value })}
              className={`${INPUT} h-auto! resize-y py-1.5 font-mono text-xs`}
            />
          )}
        </Labelled>
      ) : (
        <div className="grid grid-cols-2 gap-3">
          {(["from", "to"] as const).map((end) => (
            <Labelled key={end} label={end === "from" ? "From" : "To"}>
              {(field) => (
                <input
                  id={field}
                  list={id}
                  value={draft[end]}
                  placeholder={hint}
                  autoComplete="off"
                  onChange={({ target }) => onChange({ [end]: target.value })}
                  className={INPUT}
                />
              )}
            </Labelled>
          ))}
          <datalist id={id}>
            {page?.items.map(({ key }) => (
              <option key={key} value={key} />
            ))}
          </datalist>
        </div>
      )}
      {page === undefined ? null : (
        <p className="-mt-2 text-2xs text-ink-2">
          The flow has {page.count === 1 ? "1 key" : `${page.count.toLocaleString("en-US")} keys`}. Both ends belong to
          it.
        </p>
      )}
    </>
  );
}

function keysNote(count: number): string {
  if (count === 0) return "With commas between them, or each in a line of its own.";
  return count === 1 ? "1 key." : `${count} keys.`;
}

function WindowFields({ subject, draft, onChange }: Props) {
  const schedule = scheduleOf(subject, draft);
  return (
    <>
      {subject.partitioned || subject.schedules.length < 2 ? null : (
        <Choice
          label="Windows of the schedule"
          value={schedule?.name ?? ""}
          onChoose={(name) => onChange({ schedule: name })}
          choices={subject.schedules.map(({ name, text }) => [name, `${name}: ${text}`] as const)}
        />
      )}
      <div className="grid grid-cols-2 gap-3">
        {(["from", "to"] as const).map((end) => (
          <Labelled key={end} label={end === "from" ? "From" : "To"}>
            {(field) => (
              <input
                id={field}
                type="date"
                value={draft[end]}
                min={subject.extent?.first}
                max={subject.extent?.last}
                onChange={({ target }) => onChange({ [end]: target.value })}
                className={INPUT}
              />
            )}
          </Labelled>
        ))}
      </div>
      <p className="-mt-2 text-2xs text-ink-2">
        {subject.extent === null
          ? ""
          : `The flow has partitions from ${subject.extent.first} to ${subject.extent.last}. `}
        {subject.partitioned ? "Those" : "Windows"} that start on these days, both included, in {zoneIn(subject, draft)}
        .{subject.partitioned || schedule === undefined ? "" : ` The schedule: ${schedule.text}.`}
      </p>
    </>
  );
}

function HowFields({ draft, onChange }: Props) {
  return (
    <div className="grid gap-3.5 p-3 sm:grid-cols-2">
      <Choice
        label="Order"
        value={draft.order}
        onChoose={(order) => onChange({ order })}
        choices={[
          ["oldest", "oldest first"],
          ["newest", "newest first"],
        ]}
      />
      <Labelled label="Runs at once">
        {(field) => (
          <input
            id={field}
            type="number"
            min={1}
            max={10_000}
            value={draft.maxActive}
            placeholder="as many as the flow allows"
            onChange={({ target }) => onChange({ maxActive: target.value })}
            className={INPUT}
          />
        )}
      </Labelled>
      <Choice
        label="One run for"
        value={draft.runPer}
        onChoose={(runPer) => onChange({ runPer })}
        choices={[
          ["partition", "each partition or window"],
          ["count", "several that follow each other"],
          ["range", "all that follow each other"],
        ]}
      />
      {draft.runPer === "count" ? (
        <Labelled label="How many">
          {(field) => (
            <input
              id={field}
              type="number"
              min={1}
              value={draft.count}
              onChange={({ target }) => onChange({ count: target.value })}
              className={INPUT}
            />
          )}
        </Labelled>
      ) : null}
    </div>
  );
}

function Labelled({
  label,
  note,
  children,
}: {
  readonly label: string;
  readonly note?: string;
  readonly children: (id: string) => ReactNode;
}) {
  const id = useId();
  return (
    <div className="min-w-0">
      <label htmlFor={id} className="mb-1 block font-medium">
        {label}
      </label>
      {children(id)}
      {note === undefined ? null : <p className="mt-1 text-2xs text-ink-2">{note}</p>}
    </div>
  );
}

function Choice<Value extends string>({
  label,
  value,
  choices,
  onChoose,
}: {
  readonly label: string;
  readonly value: Value;
  readonly choices: readonly (readonly [value: Value, text: string])[];
  readonly onChoose: (value: Value) => void;
}) {
  return (
    <Labelled label={label}>
      {(field) => (
        <select id={field} value={value} onChange={({ target }) => onChoose(target.value as Value)} className={INPUT}>
          {choices.map(([each, text]) => (
            <option key={each} value={each}>
              {text}
            </option>
          ))}
        </select>
      )}
    </Labelled>
  );
}
