import { useState } from "react";
import { useActions } from "../../actions/registry.ts";
import { Button } from "../../ui/button.tsx";
import { ManagePage } from "../manage/manage-page.tsx";
import { useRefusalHere } from "../manage/refusal.tsx";
import { NewTokenDialog } from "./new-token-dialog.tsx";
import { NewUserDialog } from "./new-user-dialog.tsx";
import { Sessions } from "./sessions.tsx";
import { Tokens } from "./tokens.tsx";
import { Users } from "./users.tsx";

/** Who may come in, and what they may. */
export function PeoplePage() {
  const [adds, setAdds] = useState<"user" | "token">();
  const refused = useRefusalHere("user.write");
  useActions([
    { id: "token.new", title: "Create a token", icon: "key", run: () => setAdds("token") },
    { id: "user.new", title: "Add a user", icon: "person", refused, run: () => setAdds("user") },
  ]);
  return (
    <ManagePage
      at="/manage/people"
      actions={
        <>
          <Button icon="key" onClick={() => setAdds("token")}>
            Create a token
          </Button>
          <Button icon="plus" refused={refused} onClick={() => setAdds("user")}>
            Add a user
          </Button>
        </>
      }
    >
      <Users refused={refused} />
      <Tokens />
      <Sessions />
      {adds === "user" ? <NewUserDialog onClose={() => setAdds(undefined)} /> : null}
      {adds === "token" ? <NewTokenDialog onClose={() => setAdds(undefined)} /> : null}
    </ManagePage>
  );
}
