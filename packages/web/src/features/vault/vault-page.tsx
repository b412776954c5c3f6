import { useState } from "react";
import { useActions } from "../../actions/registry.ts";
import { Button } from "../../ui/button.tsx";
import { ManagePage } from "../manage/manage-page.tsx";
import { useRefusalHere } from "../manage/refusal.tsx";
import { Connections } from "./connections.tsx";
import { EntryDialog } from "./entry-dialog.tsx";
import { Secrets } from "./secrets.tsx";
import { Variables } from "./variables.tsx";

/** What runs are given beside their parameters. */
export function VaultPage() {
  const [adds, setAdds] = useState<"secret" | "variable">();
  const noSecrets = useRefusalHere("secret.write");
  const noVariables = useRefusalHere("variable.write");
  useActions([
    { id: "variable.new", title: "Add a variable", icon: "plus", refused: noVariables, run: () => setAdds("variable") },
    { id: "secret.new", title: "Add a secret", icon: "plus", refused: noSecrets, run: () => setAdds("secret") },
  ]);
  return (
    <ManagePage
      at="/manage/vault"
      actions={
        <>
          <Button icon="plus" refused={noVariables} onClick={() => setAdds("variable")}>
            Add a variable
          </Button>
          <Button icon="plus" refused={noSecrets} onClick={() => setAdds("secret")}>
            Add a secret
          </Button>
        </>
      }
    >
      <Secrets refused={noSecrets} />
      <Variables refused={noVariables} />
      <Connections />
      {adds === undefined ? null : <EntryDialog kind={adds} onClose={() => setAdds(undefined)} />}
    </ManagePage>
  );
}
