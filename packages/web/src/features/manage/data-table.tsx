import type { ReactNode } from "react";

export interface Column<Row> {
  /** Said to those who do not see the table alone where `isAction`. */
  readonly name: string;
  readonly isAction?: boolean;
  /** Left out where a window is narrower than this. */
  readonly from?: "sm" | "md" | "lg";
  readonly isNumber?: boolean;
  readonly show: (row: Row) => ReactNode;
}

// Written out, so that the style sheet has them.
const HIDDEN = { sm: "max-sm:hidden", md: "max-md:hidden", lg: "max-lg:hidden" } as const;

/** Rows that are alike. */
export function DataTable<Row>({
  label,
  columns,
  rows,
  idOf,
}: {
  readonly label: string;
  readonly columns: readonly Column<Row>[];
  readonly rows: readonly Row[];
  readonly idOf: (row: Row) => string;
}) {
  return (
    <div className="relative overflow-x-auto">
      <table className="w-full border-collapse" aria-label={label}>
        <thead>
          <tr className="border-b border-line">
            {columns.map(({ name, isAction, isNumber, from }) => (
              <th
                key={name}
                className={`px-3 py-1.5 text-2xs font-medium whitespace-nowrap text-ink-3 ${isNumber === true ? "text-right" : "text-left"} ${from === undefined ? "" : HIDDEN[from]}`}
              >
                {isAction === true ? <span className="sr-only">{name}</span> : name}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {rows.map((row) => (
            <tr key={idOf(row)} className="border-b border-line last:border-b-0 hover:bg-sunken/60">
              {columns.map(({ name, isAction, isNumber, from, show }) => (
                <td
                  key={name}
                  className={`px-3 py-cell align-top ${isNumber === true ? "text-right" : ""} ${from === undefined ? "" : HIDDEN[from]}`}
                >
                  {isAction === true ? (
                    <div className="-my-1 flex flex-wrap items-start max-sm:-my-2 justify-end gap-1">{show(row)}</div>
                  ) : (
                    show(row)
                  )}
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}
