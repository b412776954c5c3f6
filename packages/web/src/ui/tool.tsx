import type { ButtonHTMLAttributes } from "react";
import { Icon, type IconName } from "./icon.tsx";

interface Props extends ButtonHTMLAttributes<HTMLButtonElement> {
  readonly icon: IconName;
  /** Left out for what is done and not turned on. */
  readonly isOn?: boolean;
}

/** A quiet button above what it changes: something to do, or something that is on or off. */
export function Tool({ icon, isOn, children, ...rest }: Props) {
  return (
    <button
      type="button"
      aria-pressed={isOn}
      {...rest}
      className={`inline-flex h-7 items-center gap-1.5 rounded-md border px-2 whitespace-nowrap max-sm:h-11 ${isOn === true ? "border-accent bg-accent-soft text-ink" : "border-transparent text-ink-2 hover:bg-sunken hover:text-ink"}`}
    >
      <Icon name={icon} size={14} />
      {children}
    </button>
  );
}
