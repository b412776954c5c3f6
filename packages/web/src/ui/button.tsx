import type { ButtonHTMLAttributes } from "react";
import { Icon, type IconName } from "./icon.tsx";
import { say } from "./said.tsx";

type Kind = "primary" | "plain" | "danger" | "quiet";

const LOOK: Readonly<Record<Kind, string>> = {
  primary: "bg-accent text-accent-ink border-transparent hover:brightness-110",
  plain: "bg-raised text-ink border-line-strong hover:bg-sunken",
  danger: "bg-raised text-failed border-line-strong hover:bg-failed-soft",
  quiet: "bg-transparent text-ink-2 border-transparent hover:bg-sunken hover:text-ink",
};

interface Props extends ButtonHTMLAttributes<HTMLButtonElement> {
  readonly kind?: Kind;
  readonly icon?: IconName;
  /** Why it does nothing now. The button is there all the same, by the keyboard too: whoever presses it is told. */
  readonly refused?: string | undefined;
}

/** What a button has that is refused; nothing for others. It is not `disabled`, which nobody could reach to learn why. */
function refusal(refused: string | undefined): ButtonHTMLAttributes<HTMLButtonElement> {
  if (refused === undefined) return {};
  return {
    "aria-disabled": true,
    title: refused,
    onClick: (event) => {
      event.preventDefault();
      say(refused);
    },
  };
}

/** The look of a button, for links that act like one. */
export function buttonClass(kind: Kind = "plain"): string {
  return `inline-flex h-7 items-center gap-1.5 rounded-md border px-2.5 font-medium whitespace-nowrap select-none disabled:opacity-50 aria-disabled:cursor-default aria-disabled:opacity-50 max-sm:h-11 ${LOOK[kind]}`;
}

export function Button({ kind = "plain", icon, refused, children, className = "", ...rest }: Props) {
  return (
    <button type="button" {...rest} {...refusal(refused)} className={`${buttonClass(kind)} ${className}`}>
      {icon === undefined ? null : <Icon name={icon} size={14} />}
      {children}
    </button>
  );
}

/** A button that is only an icon has a name all the same. */
export function IconButton({
  label,
  icon,
  refused,
  className = "",
  ...rest
}: Omit<Props, "children" | "kind"> & { readonly label: string; readonly icon: IconName }) {
  return (
    <button
      type="button"
      {...rest}
      aria-label={label}
      title={label}
      {...refusal(refused)}
      className={`inline-flex size-7 items-center justify-center rounded-md text-ink-2 hover:bg-sunken hover:text-ink aria-disabled:cursor-default aria-disabled:opacity-50 max-sm:size-11 ${className}`}
    >
      <Icon name={icon} />
    </button>
  );
}
