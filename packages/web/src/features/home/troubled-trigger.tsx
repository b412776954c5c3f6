import { Link } from "@tanstack/react-router";
import { useRefusal } from "../../account/use-refusal.ts";
import type { Trigger } from "../../api/shapes.ts";
import { Button, buttonClass } from "../../ui/button.tsx";
import { Icon } from "../../ui/icon.tsx";
import { Instant } from "../../ui/time.tsx";
import { byWhom } from "../runs/run-text.ts";
import { useAskPause } from "../schedules/use-ask-pause.ts";
import { Need } from "./need.tsx";

/** A schedule or a sensor that is paused, fails, or is late. */
export function TroubledTrigger({ trigger, isLate }: { readonly trigger: Trigger; readonly isLate: boolean }) {
  const { flow, name, paused, text } = trigger;
  return (
    <Need
      mark={<Icon name={paused === null ? "blocked" : "pause"} size={14} className="text-blocked" />}
      title={
        <Link to="/schedules/$flow/$trigger" params={{ flow, trigger: name }} className="font-medium hover:text-accent">
          {flow} <span className="font-normal text-ink-2">{name === "default" ? text : name}</span>
        </Link>
      }
      note={<Why trigger={trigger} isLate={isLate} />}
    >
      {paused === null ? (
        <Link to="/schedules/$flow/$trigger" params={{ flow, trigger: name }} className={buttonClass("plain")}>
          Look
        </Link>
      ) : (
        <Resume trigger={trigger} />
      )}
    </Need>
  );
}

function Why({
  trigger: { paused, failures, nextTick },
  isLate,
}: {
  readonly trigger: Trigger;
  readonly isLate: boolean;
}) {
  if (paused !== null) {
    return (
      <>
        <Instant at={paused.at} relative /> · paused {byWhom(paused.by)}
        {paused.reason === null ? "" : `: ${paused.reason}`}
      </>
    );
  }
  if (isLate) {
    return (
      <>
        Late: its tick was due <Instant at={nextTick} relative />.
      </>
    );
  }
  return `Its last ${failures === 1 ? "try" : `${failures} tries`} failed.`;
}

function Resume({ trigger: { flow, name } }: { readonly trigger: Trigger }) {
  const refused = useRefusal("trigger.pause", flow);
  const ask = useAskPause();
  return (
    <Button icon="play" refused={refused} aria-label={`Resume ${name} of ${flow}`} onClick={() => ask(flow, name)}>
      Resume
    </Button>
  );
}
