/** The sign of Millrace: the wheel that the water turns. */
export function Wheel({ size = 20 }: { readonly size?: number }) {
  return (
    <svg aria-hidden="true" width={size} height={size} viewBox="0 0 32 32" fill="none" className="text-accent">
      <g stroke="currentColor" strokeWidth="2.8" strokeLinecap="round">
        <circle cx="16" cy="16" r="8" />
        <path d="M16 3v26M3 16h26M6.8 6.8l18.4 18.4M25.2 6.8 6.8 25.2" />
      </g>
    </svg>
  );
}
