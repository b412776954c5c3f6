import { useState } from "react";
import { Field, INPUT, TextField } from "../manage/field.tsx";
import { FormDialog } from "../manage/form-dialog.tsx";
import { useAct } from "../manage/use-act.ts";

/** What is known of a secret or a variable. A secret has no value here, ever. */
interface Known {
  readonly name: string;
  readonly description: string | null;
  readonly value?: string;
}

interface Props {
  readonly kind: "secret" | "variable";
  readonly known?: Known;
  readonly onClose: () => void;
}

/** Sets a secret or a variable. A secret's value goes in and never out: what it was is not shown. */
export function EntryDialog({ kind, known, onClose }: Props) {
  const [name, setName] = useState(known?.name ?? "");
  const [value, setValue] = useState(known?.value ?? "");
  const [description, setDescription] = useState(known?.description ?? "");
  const secret = useAct("setSecret", "listSecrets");
  const variable = useAct("setVariable", "listVariables");
  const isSecret = kind === "secret";
  const submit = async (): Promise<void> => {
    const body = { value, description };
    const answer = isSecret
      ? await secret.act({ params: { secret: name }, body })
      : await variable.act({ params: { variable: name }, body });
    if (answer !== undefined) onClose();
  };
  return (
    <FormDialog
      title={known === undefined ? `Add a ${kind}` : `Set ${known.name}`}
      verb="Set"
      of={isSecret ? secret : variable}
      canSubmit={name !== "" && (!isSecret || value !== "")}
      onSubmit={() => void submit()}
      onClose={onClose}
    >
      {known === undefined ? <TextField name="Name" value={name} onChange={setName} /> : null}
      {isSecret ? (
        <TextField
          name="Value"
          type="password"
          autoComplete="new-password"
          value={value}
          onChange={setValue}
          note="It is kept encrypted and shown to nobody again. Attempts that start from now on are given it."
        />
      ) : (
        <Field name="Value" note="Anybody who may read the project can read it. What must not be read is a secret.">
          {(id) => (
            <textarea
              id={id}
              rows={3}
              value={value}
              spellCheck={false}
              onChange={({ target }) => setValue(target.value)}
              className={`${INPUT} h-auto py-1.5 font-mono text-xs max-sm:h-auto`}
            />
          )}
        </Field>
      )}
      <TextField name="Description" value={description} onChange={setDescription} />
    </FormDialog>
  );
}

/** Forgets a secret or a variable, once it is clear what that means. */
export function RemoveDialog({
  kind,
  name,
  usedBy = [],
  onClose,
}: Omit<Props, "known"> & { readonly name: string; readonly usedBy?: readonly string[] }) {
  const secret = useAct("deleteSecret", "listSecrets");
  const variable = useAct("deleteVariable", "listVariables");
  const submit = async (): Promise<void> => {
    const answer =
      kind === "secret"
        ? await secret.act({ params: { secret: name } })
        : await variable.act({ params: { variable: name } });
    if (answer !== undefined) onClose();
  };
  return (
    <FormDialog
      title={`Remove ${name}`}
      verb="Remove"
      kind="danger"
      of={kind === "secret" ? secret : variable}
      onSubmit={() => void submit()}
      onClose={onClose}
    >
      <p>
        The {kind} is forgotten, and cannot be brought back. Tasks that ask for it fail from now on; attempts that run
        keep what they were given.
      </p>
      {usedBy.length === 0 ? null : (
        <p className="text-failed">
          {usedBy.slice(0, 8).join(", ")}
          {usedBy.length > 8 ? ` and ${usedBy.length - 8} more` : ""} {usedBy.length === 1 ? "reads" : "read"} it.
        </p>
      )}
    </FormDialog>
  );
}
