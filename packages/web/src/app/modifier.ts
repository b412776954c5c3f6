/** The key that is held for the palette, as it is printed on the keyboard. */
export const MODIFIER = /Mac|iPhone|iPad/.test(navigator.userAgent) ? "⌘" : "Ctrl";
