/** Strokes in a box of 16. Our own: a set from a package would be larger than the page. */
const PATHS = {
  home: "M2.5 7 8 2.5 13.5 7v6.5h-4v-4h-3v4h-4z",
  flows: "M2.5 4h3v3h-3zM10.5 2.5h3v3h-3zM10.5 10.5h3v3h-3zM5.5 5.5h2.5v6.5h2.5M8 5.5V4h2.5",
  runs: "M5 3.5l7.5 4.5L5 12.5z",
  clock: "M8 2.2a5.8 5.8 0 1 1 0 11.6A5.8 5.8 0 0 1 8 2.2zM8 5v3.2l2.2 1.4",
  search: "M7 2.5a4.5 4.5 0 1 1 0 9 4.5 4.5 0 0 1 0-9zM10.3 10.3l3.2 3.2",
  sun: "M8 5.2a2.8 2.8 0 1 1 0 5.6 2.8 2.8 0 0 1 0-5.6zM8 1.5v1.3M8 13.2v1.3M1.5 8h1.3M13.2 8h1.3M3.4 3.4l.9.9M11.7 11.7l.9.9M3.4 12.6l.9-.9M11.7 4.3l.9-.9",
  moon: "M13 9.6A5.6 5.6 0 0 1 6.4 3a5.6 5.6 0 1 0 6.6 6.6z",
  system: "M2.5 3h11v7.5h-11zM6 13h4M8 10.5V13",
  check: "M3.5 8.5l3 3 6-7",
  cross: "M4.2 4.2l7.6 7.6M11.8 4.2l-7.6 7.6",
  blocked: "M8 2.2l6 10.6H2zM8 6.5v2.8M8 11.2v.1",
  spinner: "M8 2.2a5.8 5.8 0 1 1-5.8 5.8",
  hourglass:
    "M4.5 2.5h7M4.5 13.5h7M5.2 2.5c0 3.2 5.6 3.4 5.6 5.5s-5.6 2.3-5.6 5.5M10.8 2.5c0 3.2-5.6 3.4-5.6 5.5s5.6 2.3 5.6 5.5",
  person: "M8 2.5a2.6 2.6 0 1 1 0 5.2 2.6 2.6 0 0 1 0-5.2zM3 13.5c.4-2.7 2.4-4 5-4s4.6 1.3 5 4",
  skip: "M3.5 4l4.5 4-4.5 4zM8.5 4l4.5 4-4.5 4z",
  stop: "M4 4h8v8H4z",
  dot: "M8 6.4a1.6 1.6 0 1 1 0 3.2 1.6 1.6 0 0 1 0-3.2z",
  retry: "M12.8 6.2A5.2 5.2 0 1 0 13 9M13 2.8v3.6H9.4",
  play: "M5 3.2v9.6l7.6-4.8z",
  resume: "M3.5 3.5v9M7 3.5v9l6-4.5z",
  pause: "M5 3.5v9M11 3.5v9",
  chevron: "M6 3.5L10.5 8 6 12.5",
  down: "M3.5 6L8 10.5 12.5 6",
  copy: "M5.5 5.5h7v8h-7zM3.5 10.5v-8h7",
  link: "M6.5 9.5l3-3M7 4.5l1.4-1.4a3 3 0 0 1 4.5 4.5L11.5 9M9 11.5l-1.4 1.4a3 3 0 0 1-4.5-4.5L4.5 7",
  download: "M8 2.5v8M4.8 7.5L8 10.7l3.2-3.2M2.8 13.5h10.4",
  calendar: "M2.5 3.5h11v10h-11zM2.5 6.5h11M5.5 2v3M10.5 2v3",
  code: "M5.5 4.5L2 8l3.5 3.5M10.5 4.5L14 8l-3.5 3.5",
  list: "M2.5 4h11M2.5 8h11M2.5 12h7",
  grid: "M2.5 2.5h4.5v4.5H2.5zM9 2.5h4.5v4.5H9zM2.5 9h4.5v4.5H2.5zM9 9h4.5v4.5H9z",
  plug: "M5.5 2v3.5M10.5 2v3.5M3.5 5.5h9v2a4.5 4.5 0 0 1-9 0zM8 12v2",
  wrap: "M2.5 4h11M2.5 8h8.5a2.2 2.2 0 0 1 0 4.4H8.5M10.3 10.4l-2 2 2 2M2.5 12.4h3",
  errorDown: "M4.6 2.8l4 4M8.6 2.8l-4 4M12 2.5v10.5M9.3 10.4L12 13l2.7-2.6",
  errorUp: "M4.6 9.2l4 4M8.6 9.2l-4 4M12 13.5V3M9.3 5.6L12 3l2.7 2.6",
  menu: "M2.5 4.5h11M2.5 8h11M2.5 11.5h11",
  fit: "M2.5 6V2.5H6M10 2.5h3.5V6M13.5 10v3.5H10M6 13.5H2.5V10",
  plus: "M8 3v10M3 8h10",
  minus: "M3 8h10",
  flag: "M4 14V2.5M4 3h8.5L10.5 6l2 3H4",
  key: "M5.5 7.5a3 3 0 1 1 0 6 3 3 0 0 1 0-6zM7.7 8.3l5.3-5.3M10.5 5.5l2 2",
  bell: "M4 11V7.5a4 4 0 0 1 8 0V11l1 1.2H3zM6.8 14h2.4",
  manage:
    "M2.5 5h6M11.5 5h2M10 3.5a1.5 1.5 0 1 1 0 3 1.5 1.5 0 0 1 0-3zM2.5 11h2M7.5 11h6M6 9.5a1.5 1.5 0 1 1 0 3 1.5 1.5 0 0 1 0-3z",
} as const;

export type IconName = keyof typeof PATHS;

/** The strokes of an icon, for what is drawn on a canvas. */
export function iconPath(name: IconName): string {
  return PATHS[name];
}

/** Never the only thing that says something: a text stands beside it, or the button has a name. */
export function Icon({
  name,
  size = 16,
  className = "",
}: {
  readonly name: IconName;
  readonly size?: number;
  readonly className?: string;
}) {
  return (
    <svg
      aria-hidden="true"
      width={size}
      height={size}
      viewBox="0 0 16 16"
      fill="none"
      stroke="currentColor"
      strokeWidth={1.5}
      strokeLinecap="round"
      strokeLinejoin="round"
      className={`shrink-0 ${className}`}
    >
      <path d={PATHS[name]} />
    </svg>
  );
}
