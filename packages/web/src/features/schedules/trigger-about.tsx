import { Link } from "@tanstack/react-router";
import type { Trigger } from "../../api/shapes.ts";
import { Fact, Panel } from "../../ui/panel.tsx";
import { Instant } from "../../ui/time.tsx";
import type { Forecast } from "./forecast-text.ts";
import { Outcome } from "./outcome.tsx";
import { nameText } from "./trigger-state.tsx";

interface Props {
  readonly trigger: Trigger;
  /** What its code says of it: not known before it has been asked for. */
  readonly forecast: Forecast | undefined;
}

/** What a trigger is, where it is written, and how it went last. */
export function TriggerAbout({ trigger, forecast }: Props) {
  const { flow, last, failures, waiting } = trigger;
  return (
    <Panel title="About it">
      <dl className="grid grid-cols-2 gap-x-6 gap-y-3 p-3">
        <Fact name="Makes runs of">
          <Link to="/flows/$flow" params={{ flow }} className="text-accent hover:underline">
            {flow}
          </Link>
        </Fact>
        <Fact name="Kind">{nameText(trigger)}</Fact>
        <Fact name="Last outcome">
          {last === null ? <span className="text-ink-3">–</span> : <Outcome outcome={last.outcome} />}
        </Fact>
        <Fact name="Last">
          <Instant at={last?.at ?? null} relative />
        </Fact>
        <Fact name="Written in">
          <span className="font-mono text-xs" title="It is code: change it there.">
            {forecast?.place == null ? "–" : `${forecast.place.file}:${forecast.place.line}`}
          </span>
        </Fact>
        {forecast?.catchup == null ? null : <Fact name="Catch-up">{forecast.catchup}</Fact>}
        {forecast?.params == null ? null : (
          <Fact name="Parameters of its runs">
            <code className="font-mono text-xs" title={JSON.stringify(forecast.params)}>
              {JSON.stringify(forecast.params)}
            </code>
          </Fact>
        )}
        {failures === 0 ? null : <Fact name="Failed in a row">{failures}</Fact>}
        {waiting === 0 ? null : <Fact name="Events gathered">{waiting}</Fact>}
      </dl>
    </Panel>
  );
}
