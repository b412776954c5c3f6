import { useState } from "react";
import { useApi } from "../../api/use-api.ts";
import { Button } from "../../ui/button.tsx";
import { Icon } from "../../ui/icon.tsx";
import { Answered, Empty, Problem } from "../../ui/notices.tsx";
import { Panel } from "../../ui/panel.tsx";
import { againOf } from "../../ui/problem-text.ts";
import { durationText } from "../../ui/time-text.ts";
import { DataTable } from "../manage/data-table.tsx";
import { useAct } from "../manage/use-act.ts";
import { KINDS, MESSAGE_LOOKS, type Message, type Rule } from "./alert-text.ts";

/** The rules of the active version. They are code: here they are read and tried. */
export function Rules({ refused }: { readonly refused: string | undefined }) {
  const answer = useApi("listAlertRules");
  const test = useAct("testAlertRule", "listAlertDeliveries");
  const [told, setTold] = useState<readonly Message[]>([]);
  const rules = answer.data?.items ?? [];
  const send = async (rule: string): Promise<void> => {
    setTold([]);
    setTold((await test.act({ params: { rule } }))?.items ?? []);
  };
  const again = async (): Promise<void> => setTold((await test.again())?.items ?? []);
  return (
    <Panel title="Rules">
      <Answered of={answer}>
        {rules.length === 0 ? (
          <Empty icon="bell" title="Nobody is told of anything">
            Write rules under <code className="font-mono">alerts</code> in{" "}
            <code className="font-mono">millrace.config.ts</code>.
          </Empty>
        ) : (
          <DataTable
            label="Rules"
            rows={rules}
            idOf={({ name }) => name}
            columns={[
              { name: "Rule", show: (rule) => <RuleName rule={rule} /> },
              { name: "Tells of", from: "sm", show: ({ on }) => on.map((kind) => KINDS[kind]).join(", ") },
              {
                name: "Through",
                show: ({ channels }) => channels.map(({ name, kind }) => `${name} (${kind})`).join(", "),
              },
              { name: "Gathers", from: "lg", show: ({ quietMs }) => durationText(quietMs) },
              {
                name: "Actions",
                isAction: true,
                show: ({ name }) => (
                  <Button
                    kind="quiet"
                    refused={refused}
                    disabled={test.isPending}
                    aria-label={`Send a test through ${name}`}
                    onClick={() => void send(name)}
                  >
                    Test
                  </Button>
                ),
              },
            ]}
          />
        )}
      </Answered>
      {test.error === null ? null : <Problem error={test.error} onRetry={againOf(test.error, again)} />}
      <div role="status">
        {told.map((message) => (
          <Told key={message.id} message={message} />
        ))}
      </div>
    </Panel>
  );
}

function RuleName({ rule: { name, flows, owners, tags } }: { readonly rule: Rule }) {
  const whose = [
    flows.includes("*") ? "all flows" : flows.join(", "),
    ...(owners === null ? [] : [`of ${owners.join(", ")}`]),
    ...(tags === null ? [] : [`tagged ${tags.join(", ")}`]),
  ];
  return (
    <>
      <p className="font-medium">{name}</p>
      <p className="text-2xs text-ink-2">{whose.join(" ")}</p>
    </>
  );
}

/** What came of a test, channel by channel. */
function Told({ message: { channel, state, tries } }: { readonly message: Message }) {
  const { icon, look } = MESSAGE_LOOKS[state];
  return (
    <p className="flex items-center gap-1.5 border-t border-line px-3 py-2">
      <Icon name={icon} size={14} className={look} />
      <span className="font-medium">{channel}</span>
      <span className="min-w-0 break-words text-ink-2">{tries.at(-1)?.text ?? "not tried yet"}</span>
    </p>
  );
}
