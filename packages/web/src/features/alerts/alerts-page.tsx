import { useQueryClient } from "@tanstack/react-query";
import { IconButton } from "../../ui/button.tsx";
import { ManagePage } from "../manage/manage-page.tsx";
import { Readable, useRefusalHere } from "../manage/refusal.tsx";
import { Messages } from "./messages.tsx";
import { Rules } from "./rules.tsx";

/** Who is told of what, and what became of it. */
export function AlertsPage() {
  const queries = useQueryClient();
  const refused = useRefusalHere("alert.write");
  const refresh = (): void => {
    void queries.invalidateQueries({ queryKey: ["listAlertRules"] });
    void queries.invalidateQueries({ queryKey: ["listAlertDeliveries"] });
  };
  return (
    <ManagePage at="/manage/alerts" actions={<IconButton icon="retry" label="Read again" onClick={refresh} />}>
      <Readable permission="alert.read">
        <Rules refused={refused} />
        <Messages refused={refused} />
      </Readable>
    </ManagePage>
  );
}
