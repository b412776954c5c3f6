import type { RouteOutput } from "@millrace/contract";
import { useState } from "react";
import { TextField } from "../manage/field.tsx";
import { FormDialog } from "../manage/form-dialog.tsx";
import { useAct } from "../manage/use-act.ts";

export type Pool = RouteOutput<"listPools">["items"][number];

/** Gives a pool its size: one that is there, or a new one. */
export function PoolDialog({ pool, onClose }: { readonly pool?: Pool; readonly onClose: () => void }) {
  const [name, setName] = useState(pool?.name ?? "");
  const [slots, setSlots] = useState(pool?.slots === Number.MAX_SAFE_INTEGER ? "" : String(pool?.slots ?? 1));
  const [description, setDescription] = useState(pool?.description ?? "");
  const set = useAct("setPool", "listPools");
  const size = Number(slots);
  const isSize = slots !== "" && Number.isSafeInteger(size) && size >= 0;
  const submit = async (): Promise<void> => {
    const body = { slots: size, description: description === "" ? null : description };
    if ((await set.act({ params: { pool: name }, body })) !== undefined) onClose();
  };
  return (
    <FormDialog
      title={pool === undefined ? "Add a pool" : `Size of ${pool.name}`}
      verb="Set size"
      of={set}
      canSubmit={name !== "" && isSize}
      onSubmit={() => void submit()}
      onClose={onClose}
    >
      {pool === undefined ? <TextField name="Name" value={name} onChange={setName} placeholder="warehouse" /> : null}
      <TextField
        name="Slots"
        type="number"
        min={0}
        value={slots}
        onChange={setSlots}
        note={isSize ? effectOf(size, pool) : "A whole number, 0 or more."}
      />
      <TextField name="Description" value={description} onChange={setDescription} />
    </FormDialog>
  );
}

/** What a size will do, as things are now. */
function effectOf(size: number, pool: Pool | undefined): string {
  const { used = 0, waiting = 0 } = pool ?? {};
  const counts = "It counts from now on, before what the configuration says.";
  if (size === 0) return `Nothing that needs the pool starts. What runs goes on. ${counts}`;
  if (size < used) return `${used} are in use: nothing new starts until ${used - size} of them have ended. ${counts}`;
  if (waiting > 0 && size > used) {
    const starts = Math.min(waiting, size - used);
    return `Of the ${waiting} that wait, up to ${starts} can start at once. ${counts}`;
  }
  return `How many are in use at once. ${counts}`;
}

/** Takes a size back that was set by hand. */
export function ResetPoolDialog({ pool, onClose }: { readonly pool: Pool; readonly onClose: () => void }) {
  const reset = useAct("deletePool", "listPools");
  const submit = async (): Promise<void> => {
    if ((await reset.act({ params: { pool: pool.name } })) !== undefined) onClose();
  };
  return (
    <FormDialog
      title={`Take back the size of ${pool.name}`}
      verb="Take back"
      kind="danger"
      of={reset}
      onSubmit={() => void submit()}
      onClose={onClose}
    >
      <p>
        The {pool.slots} slots that were set by hand no longer count: the pool is as the configuration says, or gone
        where nothing names it.
      </p>
    </FormDialog>
  );
}
