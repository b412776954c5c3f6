import { useState } from "react";
import { useApi } from "../../api/use-api.ts";
import { Button } from "../../ui/button.tsx";
import { Icon } from "../../ui/icon.tsx";
import { Answered, Empty } from "../../ui/notices.tsx";
import { Panel } from "../../ui/panel.tsx";
import { Instant } from "../../ui/time.tsx";
import { DataTable } from "../manage/data-table.tsx";
import { Readable } from "../manage/refusal.tsx";
import { byWhom } from "../runs/run-text.ts";
import { GrantsText } from "./grants.tsx";
import { RightsDialog } from "./rights-dialog.tsx";
import { DisableDialog, GrantsDialog, PasswordDialog, type User } from "./user-dialogs.tsx";

type Opens = "rights" | "grants" | "password" | "disable";

/** The users of the project. */
export function Users({ refused }: { readonly refused: string | undefined }) {
  return (
    <Panel title="Users">
      <Readable permission="user.read">
        <UserTable refused={refused} />
      </Readable>
    </Panel>
  );
}

function UserTable({ refused }: { readonly refused: string | undefined }) {
  const answer = useApi("listUsers");
  const [open, setOpen] = useState<{ readonly what: Opens; readonly user: User }>();
  const close = (): void => setOpen(undefined);
  const users = answer.data?.items ?? [];
  return (
    <Answered of={answer}>
      {users.length === 0 ? (
        <Empty icon="person" title="No users: nobody is asked who they are">
          Only programs of this machine reach the server. With the first user, everybody has to log in.
        </Empty>
      ) : (
        <DataTable
          label="Users"
          rows={users}
          idOf={({ name }) => name}
          columns={[
            { name: "Name", show: (user) => <UserName user={user} /> },
            { name: "May", show: ({ grants }) => <GrantsText grants={grants} /> },
            {
              name: "Set",
              from: "md",
              show: ({ setBy, setAt }) => (
                <span className="text-ink-2">
                  <Instant at={setAt} relative /> {byWhom(setBy)}
                </span>
              ),
            },
            {
              name: "Actions",
              isAction: true,
              show: (user) => <UserActions user={user} refused={refused} onOpen={(what) => setOpen({ what, user })} />,
            },
          ]}
        />
      )}
      {open?.what === "rights" ? (
        <RightsDialog
          name={open.user.name}
          grants={open.user.grants}
          isOut={open.user.disabledAt !== null}
          onClose={close}
        />
      ) : null}
      {open?.what === "grants" ? <GrantsDialog user={open.user} onClose={close} /> : null}
      {open?.what === "password" ? <PasswordDialog user={open.user} onClose={close} /> : null}
      {open?.what === "disable" ? <DisableDialog user={open.user} onClose={close} /> : null}
    </Answered>
  );
}

function UserName({ user: { name, hasPassword, disabledAt } }: { readonly user: User }) {
  return (
    <>
      <p className="font-medium break-all">{name}</p>
      {disabledAt === null ? (
        <p className="text-2xs text-ink-2">{hasPassword ? "logs in with a password" : "has tokens only"}</p>
      ) : (
        <p className="inline-flex items-center gap-1 text-2xs text-blocked">
          <Icon name="blocked" size={12} /> disabled <Instant at={disabledAt} relative />
        </p>
      )}
    </>
  );
}

function UserActions({
  user: { name, disabledAt },
  refused,
  onOpen,
}: {
  readonly user: User;
  readonly refused: string | undefined;
  readonly onOpen: (what: Opens) => void;
}) {
  return (
    <>
      <Button kind="quiet" aria-label={`What may ${name} do?`} onClick={() => onOpen("rights")}>
        Rights
      </Button>
      <Button kind="quiet" refused={refused} aria-label={`Roles of ${name}`} onClick={() => onOpen("grants")}>
        Roles
      </Button>
      <Button kind="quiet" refused={refused} aria-label={`Password of ${name}`} onClick={() => onOpen("password")}>
        Password
      </Button>
      <Button
        kind="quiet"
        refused={refused}
        aria-label={disabledAt === null ? `Disable ${name}` : `Enable ${name}`}
        onClick={() => onOpen("disable")}
      >
        {disabledAt === null ? "Disable" : "Enable"}
      </Button>
    </>
  );
}
