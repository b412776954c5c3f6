/** Text as it is, in lines that are not broken. */
export function CodeBlock({ text, label }: { readonly text: string; readonly label: string }) {
  return (
    <section
      aria-label={label}
      // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reached by the keyboard
      tabIndex={0}
      className="overflow-x-auto rounded-md bg-sunken p-2.5"
    >
      <pre className="font-mono text-xs">{text}</pre>
    </section>
  );
}
