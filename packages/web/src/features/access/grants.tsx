import { formatGrant, ROLES, type Role } from "@millrace/core";
import { Button, IconButton } from "../../ui/button.tsx";
import { INPUT } from "../manage/field.tsx";

export interface Given {
  readonly role: Role;
  readonly flows: string;
}

/** What somebody may, in a line. */
export function GrantsText({ grants }: { readonly grants: readonly Given[] }) {
  if (grants.length === 0) return <span className="text-ink-3">nothing</span>;
  return (
    <span className="flex flex-wrap gap-1">
      {grants.map((grant) => (
        <span key={formatGrant(grant)} className="rounded-sm bg-sunken px-1.5 text-2xs text-ink-2">
          {grant.flows === "*" ? grant.role : `${grant.role} of ${grant.flows}`}
        </span>
      ))}
    </span>
  );
}

const MEANS: Readonly<Record<Role, string>> = {
  viewer: "reads",
  operator: "also runs and cancels",
  editor: "also changes what runs are given",
  admin: "also decides who may what",
};

/** Roles, each for the flows whose names fit a pattern. */
export function GrantsField({
  grants,
  onChange,
}: {
  readonly grants: readonly Given[];
  readonly onChange: (grants: readonly Given[]) => void;
}) {
  const change = (place: number, part: Partial<Given>): void =>
    onChange(grants.map((grant, at) => (at === place ? { ...grant, ...part } : grant)));
  return (
    <fieldset>
      <legend className="mb-1 font-medium">May</legend>
      <div className="flex flex-col gap-1.5">
        {grants.map(({ role, flows }, place) => (
          // Rows have nothing but their place: what is typed into one must not make it another one.
          // biome-ignore lint/suspicious/noArrayIndexKey: rows are only added at the end, and all are controlled
          <div key={place} className="flex items-center gap-1.5">
            <select
              aria-label={`Role ${place + 1}`}
              value={role}
              onChange={({ target }) => change(place, { role: target.value as Role })}
              className={INPUT}
            >
              {ROLES.map((each) => (
                <option key={each} value={each}>
                  {each}: {MEANS[each]}
                </option>
              ))}
            </select>
            <input
              aria-label={`Flows of role ${place + 1}`}
              value={flows}
              spellCheck={false}
              onChange={({ target }) => change(place, { flows: target.value })}
              className={`${INPUT} max-w-32 font-mono text-xs`}
            />
            <IconButton
              icon="cross"
              label={`Take role ${place + 1} away`}
              onClick={() => onChange(grants.filter((_, at) => at !== place))}
            />
          </div>
        ))}
      </div>
      <div className="mt-1.5 flex items-center gap-3">
        <Button icon="plus" kind="quiet" onClick={() => onChange([...grants, { role: "viewer", flows: "*" }])}>
          Add a role
        </Button>
        <p className="text-2xs text-ink-2">
          <code className="font-mono">*</code> alone is everything; <code className="font-mono">orders-*</code> is flows
          of such names.
        </p>
      </div>
    </fieldset>
  );
}
