import type { RouteOutput } from "@millrace/contract";
import { useState } from "react";
import { TextField } from "../manage/field.tsx";
import { FormDialog } from "../manage/form-dialog.tsx";
import { useAct } from "../manage/use-act.ts";
import { type Given, GrantsField } from "./grants.tsx";

export type User = RouteOutput<"listUsers">["items"][number];

interface Props {
  readonly user: User;
  readonly onClose: () => void;
}

/** What a user may. */
export function GrantsDialog({ user: { name, grants: now }, onClose }: Props) {
  const [grants, setGrants] = useState<readonly Given[]>(now);
  const set = useAct("setGrants", "listUsers", "getMe");
  const submit = async (): Promise<void> => {
    if ((await set.act({ params: { user: name }, body: { grants: [...grants] } })) !== undefined) onClose();
  };
  return (
    <FormDialog title={`Roles of ${name}`} verb="Set roles" of={set} onSubmit={() => void submit()} onClose={onClose}>
      <GrantsField grants={grants} onChange={setGrants} />
      <p className="text-2xs text-ink-2">It counts from their next request on, for their tokens too.</p>
    </FormDialog>
  );
}

/** Gives a user a new password. */
export function PasswordDialog({ user: { name }, onClose }: Props) {
  const [password, setPassword] = useState("");
  const reset = useAct("resetPassword", "listUsers", "listSessions");
  const submit = async (): Promise<void> => {
    if ((await reset.act({ params: { user: name }, body: { password } })) !== undefined) onClose();
  };
  return (
    <FormDialog
      title={`New password for ${name}`}
      verb="Set password"
      of={reset}
      canSubmit={password !== ""}
      onSubmit={() => void submit()}
      onClose={onClose}
    >
      <TextField
        name="Password"
        type="password"
        autoComplete="new-password"
        value={password}
        onChange={setPassword}
        note="At least 12 characters. All their sessions end."
      />
    </FormDialog>
  );
}

/** Lets a user in no more, or again. */
export function DisableDialog({ user: { name, disabledAt }, onClose }: Props) {
  const disable = useAct("disableUser", "listUsers", "listSessions");
  const enable = useAct("enableUser", "listUsers");
  const isOut = disabledAt !== null;
  const change = isOut ? enable : disable;
  const submit = async (): Promise<void> => {
    if ((await change.act({ params: { user: name } })) !== undefined) onClose();
  };
  return (
    <FormDialog
      title={isOut ? `Let ${name} in again` : `Disable ${name}`}
      verb={isOut ? "Enable" : "Disable"}
      kind={isOut ? "primary" : "danger"}
      of={change}
      onSubmit={() => void submit()}
      onClose={onClose}
    >
      <p>
        {isOut
          ? "They may log in, and their tokens do what they did before."
          : "Their sessions end at once, and their tokens do nothing. What they started goes on."}
      </p>
    </FormDialog>
  );
}
