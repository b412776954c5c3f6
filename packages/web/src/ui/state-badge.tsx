import { Icon } from "./icon.tsx";
import { LOOKS, type State, TONE_SOFT, TONE_TEXT } from "./states.ts";

/** Colour, icon and text. */
export function StateBadge({ state, soft = false }: { readonly state: State; readonly soft?: boolean }) {
  const { text, icon, tone } = LOOKS[state];
  const box = soft ? `${TONE_SOFT[tone]} rounded-full px-2 py-0.5` : "";
  return (
    <span className={`flex w-fit items-center gap-1.5 font-medium whitespace-nowrap ${TONE_TEXT[tone]} ${box}`}>
      <Icon name={icon} size={14} className={icon === "spinner" ? "spin" : ""} />
      {text}
    </span>
  );
}

/** The icon alone, with its text for those who do not see it. */
export function StateMark({ state }: { readonly state: State }) {
  const { text, icon, tone } = LOOKS[state];
  return (
    <span className={`flex shrink-0 ${TONE_TEXT[tone]}`} title={text}>
      <Icon name={icon} size={14} className={icon === "spinner" ? "spin" : ""} />
      <span className="sr-only">{text}</span>
    </span>
  );
}
