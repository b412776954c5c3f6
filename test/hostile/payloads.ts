// Two hundred texts that would run a script, or lead away, wherever a page took them for anything but text. What they call is
// `canary`, with a number of their own; what of them is markup has an attribute that no page of ours has.

/** Calls the canary, in ways that filters do not expect. `N` stands for the number. */
const CALLS = [
  "canary(N)",
  "window.canary(N)",
  "top.canary(N)",
  "self['can'+'ary'](N)",
  "(0,eval)('canary(N)')",
  "setTimeout('canary(N)')",
  "Function('canary(N)')()",
  "canary`N`",
] as const;

/** Where such a call may stand. `C` stands for it. */
const PLACES = [
  "<script data-hostile>C</script>",
  '"><script data-hostile>C</script>',
  "'></title></textarea></style></script><script data-hostile>C</script>",
  "<img data-hostile src=x onerror=C>",
  '"><img data-hostile src=x onerror="C">',
  "<svg data-hostile onload=C>",
  "<svg data-hostile><animate onbegin=C attributeName=x dur=1s>",
  "<svg data-hostile><script>C</script></svg>",
  "<body data-hostile onload=C>",
  "<iframe data-hostile srcdoc='<script>parent.C</script>'>",
  '<iframe data-hostile src="javascript:parent.C">',
  "<details data-hostile open ontoggle=C>",
  "<input data-hostile autofocus onfocus=C>",
  "<video data-hostile><source onerror=C>",
  "<object data-hostile data='javascript:C'>",
  "<math data-hostile><mi xlink:href='javascript:C'>x",
  '<a data-hostile href="javascript:C" autofocus>click</a>',
  "<form data-hostile action='javascript:C'><button>x",
  '" autofocus onfocus="C" x="',
  "javascript:C",
  "JaVaScRiPt:C//https://example.org",
  "data:text/html,<script>C</script>",
  "[click](javascript:C)",
  "![x](x 'onerror=C')",
  "\u001b]8;;javascript:C\u0007click\u001b]8;;\u0007",
] as const;

/** In some order, the same each time: the first ones of it are of all kinds. */
export const PAYLOADS: readonly string[] = CALLS.flatMap((call, row) =>
  PLACES.map((place, column) => place.replace("C", call.replace("N", String(row * PLACES.length + column)))),
);
