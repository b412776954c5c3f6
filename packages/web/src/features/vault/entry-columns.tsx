import { Button, IconButton } from "../../ui/button.tsx";
import { Instant } from "../../ui/time.tsx";
import { byWhom } from "../runs/run-text.ts";

interface Entry {
  readonly name: string;
  readonly description: string | null;
  readonly version: number;
  readonly setBy: string;
  readonly setAt: string;
}

/** Its name, and what it is for. */
export function EntryName({ name, description }: Entry) {
  return (
    <>
      <p className="font-mono text-xs font-medium break-all">{name}</p>
      {description === null || description === "" ? null : <p className="text-2xs text-ink-2">{description}</p>}
    </>
  );
}

/** Who set it, and when. */
export function EntrySet({ setBy, setAt }: Entry) {
  return (
    <span className="text-ink-2">
      <Instant at={setAt} relative /> {byWhom(setBy)}
    </span>
  );
}

/** What can be done about it. */
export function EntryActions({
  name,
  verb = "Set",
  refused,
  onSet,
  onRemove,
}: {
  readonly name: string;
  /** What giving it another value is called. */
  readonly verb?: string;
  readonly refused: string | undefined;
  readonly onSet: () => void;
  readonly onRemove: () => void;
}) {
  return (
    <>
      <Button kind="quiet" refused={refused} aria-label={`${verb} ${name}`} onClick={onSet}>
        {verb}
      </Button>
      <IconButton icon="cross" label={`Remove ${name}`} refused={refused} onClick={onRemove} />
    </>
  );
}
