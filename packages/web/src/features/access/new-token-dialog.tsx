import { useState } from "react";
import { useApi } from "../../api/use-api.ts";
import { CopyButton } from "../../ui/copy-button.tsx";
import { Field, INPUT, TextField } from "../manage/field.tsx";
import { FormDialog } from "../manage/form-dialog.tsx";
import { useAct } from "../manage/use-act.ts";
import { type Given, GrantsField } from "./grants.tsx";

const DAY_MS = 86_400_000;
const ENDS = [
  { days: 7, text: "in 7 days" },
  { days: 30, text: "in 30 days" },
  { days: 90, text: "in 90 days" },
  { days: 365, text: "in a year" },
  { days: 0, text: "never: it is good until it is revoked" },
] as const;

/** Makes a token, and shows it this once. */
export function NewTokenDialog({ onClose }: { readonly onClose: () => void }) {
  const me = useApi("getMe").data;
  const [name, setName] = useState("");
  const [kind, setKind] = useState<"api" | "worker">("api");
  const [days, setDays] = useState(90);
  const [given, setGiven] = useState<readonly Given[]>();
  const [made, setMade] = useState<string>();
  const create = useAct("createToken", "listTokens");
  // Where its maker may act at all: a token may no more than that.
  const grants = given ?? [{ role: "viewer", flows: me?.grants[0]?.flows ?? "*" } as const];
  const submit = async (): Promise<void> => {
    const expiresAt = days === 0 ? null : new Date(Date.now() + days * DAY_MS).toISOString();
    const body = { name, kind, grants: kind === "worker" ? [] : [...grants], expiresAt };
    setMade((await create.act({ body }))?.token);
  };
  if (made !== undefined) return <MadeToken name={name} token={made} onClose={onClose} />;
  return (
    <FormDialog
      title="Create a token"
      verb="Create"
      of={create}
      canSubmit={name !== ""}
      onSubmit={() => void submit()}
      onClose={onClose}
    >
      <TextField name="Name" value={name} onChange={setName} placeholder="ci" />
      <Field name="For">
        {(id) => (
          <select
            id={id}
            value={kind}
            onChange={({ target }) => setKind(target.value as "api" | "worker")}
            className={INPUT}
          >
            <option value="api">programs that call the API</option>
            <option value="worker">workers, which may connect and nothing else</option>
          </select>
        )}
      </Field>
      <Field name="Ends">
        {(id) => (
          <select id={id} value={days} onChange={({ target }) => setDays(Number(target.value))} className={INPUT}>
            {ENDS.map((end) => (
              <option key={end.days} value={end.days}>
                {end.text}
              </option>
            ))}
          </select>
        )}
      </Field>
      {kind === "api" ? <GrantsField grants={grants} onChange={setGiven} /> : null}
    </FormDialog>
  );
}

function MadeToken({
  name,
  token,
  onClose,
}: {
  readonly name: string;
  readonly token: string;
  readonly onClose: () => void;
}) {
  return (
    <FormDialog
      title={`The token ${name}`}
      verb="I have kept it"
      of={{ isPending: false, error: null }}
      onSubmit={onClose}
      onClose={onClose}
    >
      <p>It is shown now and never again: the server keeps no copy that lets anybody in.</p>
      <div className="flex items-center gap-2 rounded-md bg-sunken py-1.5 pr-1.5 pl-3">
        <code className="min-w-0 flex-1 font-mono text-xs break-all">{token}</code>
        <CopyButton text={token} label="Copy the token" />
      </div>
    </FormDialog>
  );
}
