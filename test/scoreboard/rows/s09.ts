import { ensureBuilt, openBrowser } from "@millrace/web/browser";
import { faultsOfAnswers } from "../../hostile/answers.ts";
import { attackFromElsewhere } from "../../hostile/cross-site.ts";
import { BROWSER_ARGS } from "../../hostile/hostile-origin.ts";
import { HostileProject } from "../../hostile/hostile-project.ts";
import { PAYLOADS } from "../../hostile/payloads.ts";
import { lookForScripts } from "../../hostile/stored-scripts.ts";
import type { ScoreboardRow } from "../row.ts";

/** Of the full size each flow has few payloads, so that none can spoil another, and every route and address is tried. */
const SIZES = {
  sized: { perFlow: 100, looking: { perAddress: 2, ofKind: 2 }, routes: 6 },
  full: { perFlow: 10, looking: { perAddress: 200, ofKind: 5 }, routes: 1 },
};

export const row: ScoreboardRow = {
  id: "S9",
  title: `Pages of two other origins against somebody who is logged in, and ${PAYLOADS.length} stored-XSS payloads in each text field, on each screen and in each address, in a real browser`,
  goal: "0 successes, 0 scripts run, 0 CSP violations",
  stores: ["sqlite"],
  limitMinutes: { sized: 4, full: 90 },
  async run(at) {
    const { perFlow, looking, routes } = SIZES[at.full ? "full" : "sized"];
    await ensureBuilt();
    const project = await HostileProject.make(at, perFlow);
    const opened = await openBrowser(BROWSER_ARGS);
    try {
      const { signs, ...seen } = await lookForScripts(project, await opened.browser.newContext(), looking);
      const { attacks, successes } = await attackFromElsewhere(project, await opened.browser.newContext(), routes);
      const answers = await faultsOfAnswers(project);
      const found = [...signs.scripts, ...signs.markup, ...signs.navigations, ...signs.elsewhere];
      for (const each of [...successes, ...found, ...signs.violations, ...answers].slice(0, 40)) at.log(each);
      const faults = [successes, found, signs.violations, answers].map(({ length }) => length);
      const visits = seen.screens + seen.addresses;
      return {
        figure: `${successes.length} successes of ${attacks.toLocaleString("en")} attacks; ${found.length} signs of a script and ${signs.violations.length} violations on ${visits.toLocaleString("en")} pages, where ${seen.shown} of ${PAYLOADS.length} payloads were shown as text; ${answers.length} answers that a browser would show`,
        reached: faults.every((count) => count === 0) && seen.shown === PAYLOADS.length,
        details: {
          attacks,
          ...seen,
          successes: successes.length,
          signs: found.length,
          violations: signs.violations.length,
        },
      };
    } finally {
      await opened.close();
      await project.close();
    }
  },
};
