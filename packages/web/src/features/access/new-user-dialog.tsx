import { useState } from "react";
import { useApi } from "../../api/use-api.ts";
import { TextField } from "../manage/field.tsx";
import { FormDialog } from "../manage/form-dialog.tsx";
import { useAct } from "../manage/use-act.ts";
import { type Given, GrantsField } from "./grants.tsx";

/** Makes a user. The first one closes the door for everybody who is none: that is said before. */
export function NewUserDialog({ onClose }: { readonly onClose: () => void }) {
  const isFirst = useApi("listUsers").data?.items.length === 0;
  const [name, setName] = useState("");
  const [password, setPassword] = useState("");
  const [given, setGiven] = useState<readonly Given[]>();
  const grants = given ?? [{ role: isFirst ? "admin" : "viewer", flows: "*" }];
  const create = useAct("createUser", "listUsers", "getMe", "listSessions");
  const submit = async (): Promise<void> => {
    const body = { name, password: password === "" ? null : password, grants: [...grants] };
    if ((await create.act({ body })) !== undefined) onClose();
  };
  return (
    <FormDialog
      title="Add a user"
      verb="Add"
      of={create}
      canSubmit={name !== "" && (!isFirst || password !== "")}
      onSubmit={() => void submit()}
      onClose={onClose}
    >
      {isFirst ? (
        <p className="rounded-md bg-blocked-soft px-3 py-2">
          This is the first user. From then on everybody has to log in, you too: give it the role admin, and keep the
          password.
        </p>
      ) : null}
      <TextField name="Name" value={name} onChange={setName} note="An e-mail address in lower case is one." />
      <TextField
        name="Password"
        type="password"
        autoComplete="new-password"
        value={password}
        onChange={setPassword}
        note={isFirst ? "At least 12 characters." : "At least 12 characters. Left out: the user has tokens only."}
      />
      <GrantsField grants={grants} onChange={setGiven} />
    </FormDialog>
  );
}
