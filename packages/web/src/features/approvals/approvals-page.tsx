import { getRouteApi } from "@tanstack/react-router";
import { Page } from "../../app/page.tsx";
import { Answered, Empty } from "../../ui/notices.tsx";
import { Tabs } from "../../ui/tabs.tsx";
import { MoreButton } from "../manage/more-button.tsx";
import { usePages } from "../manage/use-pages.ts";
import { AskedCard } from "./asked-card.tsx";
import { Decisions } from "./decisions.tsx";
import { askedId, useWaitingCount } from "./use-waiting.ts";

const route = getRouteApi("/approvals");

/** All that waits for a person, over all runs, and what people said before. */
export function ApprovalsPage() {
  const { tab = "waiting" } = route.useSearch();
  const count = useWaitingCount();
  return (
    <Page
      title="Approvals"
      tabs={
        <Tabs
          label="Parts of this page"
          current={tab}
          tabs={[
            { name: "waiting", text: "Waiting", count },
            { name: "decided", text: "Decided" },
          ]}
        />
      }
    >
      {tab === "waiting" ? <Waiting /> : <Decisions />}
    </Page>
  );
}

function Waiting() {
  const { answer, items } = usePages("listApprovals", { which: "waiting" });
  return (
    <Answered of={answer}>
      {items.length === 0 ? (
        <div className="rounded-lg border border-line bg-surface">
          <Empty icon="check" title="Nothing waits for a person">
            A task made by <code className="font-mono">approval()</code> asks here before its run goes on.
          </Empty>
        </div>
      ) : (
        <div className="flex max-w-5xl flex-col gap-4">
          {items.map((asked) => (
            <AskedCard key={askedId(asked)} asked={asked} />
          ))}
          <MoreButton of={answer} />
        </div>
      )}
    </Answered>
  );
}
