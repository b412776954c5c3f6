import { useId } from "react";
import { useApi } from "../../api/use-api.ts";

/** Which part of the data a run covers. */
export function PartitionField({
  flow,
  value,
  onChange,
}: {
  readonly flow: string;
  readonly value: string;
  readonly onChange: (key: string) => void;
}) {
  const id = useId();
  const page = useApi("listPartitions", { params: { flow }, query: { limit: 1_000 } }).data;
  return (
    <div>
      <label htmlFor={id} className="mb-1 block font-medium">
        Partition
      </label>
      <input
        id={id}
        list={`${id}-keys`}
        value={value}
        placeholder="The newest complete one"
        onChange={({ target }) => onChange(target.value)}
        className="h-8 w-full rounded-md border border-line-strong bg-raised px-2 placeholder:text-ink-3 max-sm:h-11"
      />
      <datalist id={`${id}-keys`}>
        {page?.items.map(({ key }) => (
          <option key={key} value={key} />
        ))}
      </datalist>
      <p className="mt-1 text-2xs text-ink-2">
        {page === undefined ? "" : `One of ${page.count} keys. For many of them, begin a backfill.`}
      </p>
    </div>
  );
}
