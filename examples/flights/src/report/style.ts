/** The page's style. Colours are named once for light and once for dark; the charts mix theirs from `--on-time` and `--late`. */
export const STYLE = `
:root {
  color-scheme: light dark;
  --paper: #fbfaf7; --ink: #1d2330; --quiet: #687082; --rule: #e3e1da; --card: #ffffff;
  --on-time: #f5e3c8; --late: #b4370b; --good: #15803d; --bad: #b91c1c;
}
@media (prefers-color-scheme: dark) {
  :root {
    --paper: #14171f; --ink: #e8eaf0; --quiet: #99a1b3; --rule: #2b303c; --card: #1b1f29;
    --on-time: #4b3d38; --late: #ff8a4c; --good: #4ade80; --bad: #f87171;
  }
}
* { box-sizing: border-box; }
body {
  margin: 0 auto; padding: 4rem 1.5rem 3rem; max-width: 64rem; background: var(--paper); color: var(--ink);
  font: 16px/1.55 ui-sans-serif, system-ui, -apple-system, "Segoe UI", Roboto, sans-serif;
  font-variant-numeric: tabular-nums; text-wrap: pretty;
}
h1 { font-size: 2.6rem; line-height: 1.1; letter-spacing: -0.03em; margin: 0 0 0.6rem; }
h2 { font-size: 1.3rem; letter-spacing: -0.01em; margin: 3.5rem 0 0.3rem; }
h3 { font-size: 1.15rem; margin: 0; } h3 small { font-weight: 400; font-size: 0.85rem; color: var(--quiet); }
p { margin: 0 0 1rem; } header > p, section > p, footer { color: var(--quiet); max-width: 46rem; }
svg { display: block; width: 100%; height: auto; overflow: visible; }
.figures { display: grid; grid-template-columns: repeat(auto-fit, minmax(9rem, 1fr)); gap: 1.5rem; margin: 2.2rem 0 0; padding: 1.4rem 0 0; border-top: 1px solid var(--rule); }
.figures dt { font-size: 0.85rem; color: var(--quiet); } .figures dd { margin: 0; font-size: 1.7rem; font-weight: 600; letter-spacing: -0.02em; }
.figures { grid-auto-flow: row; } .figures div { display: flex; flex-direction: column-reverse; }
.coast { fill: none; stroke: var(--quiet); stroke-width: 0.8; opacity: 0.7; }
.borders { fill: none; stroke: var(--rule); stroke-width: 0.8; }
.airport { stroke: color-mix(in oklab, var(--late) 45%, var(--paper)); stroke-width: 0.8; } .airport:hover { stroke: var(--ink); }
.code { font-size: 10px; font-weight: 600; fill: var(--ink); text-anchor: middle; dominant-baseline: central; pointer-events: none; }
.grid { stroke: var(--rule); } .axis { font-size: 11px; fill: var(--quiet); } .axis.end { text-anchor: end; } .axis.middle { text-anchor: middle; }
.callout { font-size: 12px; font-weight: 600; fill: var(--ink); }
.legend { display: flex; align-items: center; gap: 2px; font-size: 0.8rem; color: var(--quiet); }
.legend i { width: 1.8rem; height: 0.6rem; } .legend span { margin: 0 0.4rem; }
.cards { display: grid; grid-template-columns: repeat(auto-fill, minmax(17rem, 1fr)); gap: 1rem; margin-top: 1.2rem; }
.card { background: var(--card); border: 1px solid var(--rule); border-radius: 10px; padding: 1rem 1.1rem; font-size: 0.85rem; }
.card p { margin: 0.1rem 0 0.7rem; color: var(--quiet); } .card b { color: var(--ink); } .card .routes { margin: 0.7rem 0 0; }
table { border-collapse: collapse; width: 100%; font-size: 0.9rem; margin-top: 0.8rem; }
th { text-align: left; font-weight: 500; color: var(--quiet); } th, td { padding: 0.4rem 0.8rem 0.4rem 0; border-bottom: 1px solid var(--rule); vertical-align: top; }
td.number, th.number { text-align: right; } td code { font-size: 0.8rem; color: var(--quiet); overflow-wrap: anywhere; }
.good { color: var(--good); } .bad { color: var(--bad); } details { margin-top: 1rem; } summary { cursor: pointer; color: var(--quiet); }
footer { margin-top: 4rem; padding-top: 1rem; border-top: 1px solid var(--rule); font-size: 0.85rem; }
`;
