// What the bench of the pages runs inside of them: it tells when something was on the screen. A script of the page and
// not of Node, so it is no TypeScript; `web-page.ts` puts it into each page before anything else runs there.
const MOST_MS = 30_000;

globalThis.bench = {
  /** The time of the frame after the one in which something was there for the first time: it has been drawn. */
  drawnWhen(isThere) {
    return new Promise((resolve, reject) => {
      const begun = performance.now();
      const look = () => {
        if (isThere()) requestAnimationFrame(() => resolve(performance.now()));
        else if (performance.now() - begun > MOST_MS) reject(new Error(`not drawn: ${isThere}`));
        else requestAnimationFrame(look);
      };
      look();
    });
  },

  /** Counts from the start how often React changes the page, and how often it is drawn. */
  count() {
    const counts = { commits: 0, frames: 0, most: 0 };
    let inFrame = 0;
    const onCommitFiberRoot = () => {
      counts.commits += 1;
      inFrame += 1;
      counts.most = Math.max(counts.most, inFrame);
    };
    const next = () => {
      counts.frames += 1;
      inFrame = 0;
      requestAnimationFrame(next);
    };
    requestAnimationFrame(next);
    globalThis.__REACT_DEVTOOLS_GLOBAL_HOOK__ = {
      supportsFiber: true,
      inject: () => 1,
      onCommitFiberRoot,
      onCommitFiberUnmount() {},
    };
    this.counted = () => {
      const now = { ...counts };
      counts.most = 0;
      return now;
    };
  },

  /** Looks from the start for what the page is opened for. `opened` is when it was drawn, in ms after the navigation began. */
  open(isThere) {
    this.opened = this.drawnWhen(isThere);
  },

  /** The host of a graph says how many tasks it has drawn. */
  isGraphDrawn(tasks) {
    const host = document.querySelector("main [data-drawn]");
    return host === null ? isUsed(document.querySelector("main canvas")) : Number(host.dataset.drawn) >= tasks;
  },

  isGridDrawn() {
    return isUsed(document.querySelector('main [aria-label^="Grid of"] canvas'));
  },

  /** Lines are there, and not only room for them. */
  isLogDrawn() {
    return document.querySelector('[role="log"] time') !== null;
  },

  /** Presses a link. The pointer was not over it before, so nothing has been fetched ahead. */
  async press(text, isThere) {
    const link = [...document.querySelectorAll("main a")].find((a) => a.textContent === text);
    const from = performance.now();
    link.click();
    return (await this.drawnWhen(isThere)) - from;
  },

  /** Goes to a share of a log, as one does who pulls the bar. The line that is there then is about that far down. */
  async jump(share, lines) {
    const log = document.querySelector('[role="log"]');
    const from = performance.now();
    log.scrollTop = share * (log.scrollHeight - log.clientHeight);
    const drawn = await this.drawnWhen(() => {
      // Of a line that is on its way there is a number only.
      const rows = [...log.querySelectorAll("time")].filter((each) => isWithin(log, each));
      const row = Number(/row (\d+) of/.exec(rows[0]?.parentElement.textContent ?? "")?.[1]);
      return Math.abs(row - share * lines) < 0.01 * lines;
    });
    return drawn - from;
  },

  /** Looks for a text that one line has: from the last key to the answer beside the field. */
  async search(text) {
    const field = document.querySelector('section[aria-label="Log"] input');
    const isAnswered = () => /(?<!\d)1 (?:found|of 1(?!\d))/.test(field.closest("section").textContent);
    const type = (value) => {
      Object.getOwnPropertyDescriptor(HTMLInputElement.prototype, "value").set.call(field, value);
      field.dispatchEvent(new Event("input", { bubbles: true }));
    };
    type("");
    await this.drawnWhen(() => !isAnswered());
    const from = performance.now();
    type(text);
    return (await this.drawnWhen(isAnswered)) - from;
  },

  /** Runs that come into a list, and those whose end it shows, for so long. What is there at first does not count. */
  watchList(forMs) {
    const begun = performance.now();
    return watch(
      () => performance.now() - begun > forMs,
      () => [...document.querySelectorAll("tbody tr")].map((row) => [idOf(row), row.cells[0]?.textContent ?? ""]),
      (run, known, state) => {
        if (known === undefined) return `run.queued ${run}`;
        return known !== state && state.includes("Succeeded") ? `run.finished ${run}` : undefined;
      },
    );
  },

  /** The end of each task of a run, in the table of its tasks, until all are over. What has not begun has no row yet. */
  watchRun(run, tasks) {
    const begun = performance.now();
    return watch(
      () => {
        const over = [...document.querySelectorAll('[role="row"]')].filter(isOver).length;
        if (over < tasks && performance.now() - begun > 2 * MOST_MS) {
          throw new Error(`${run}: ${over} of ${tasks} tasks are over: ${document.querySelector("main").innerText}`);
        }
        return over >= tasks;
      },
      () => [...document.querySelectorAll('[role="row"]:has(a)')].map((row) => [idOf(row), isOver(row)]),
      (task, known, now) => (now && known !== true ? `task.finished ${run} ${task}` : undefined),
    );
  },
};

function isWithin(frame, element) {
  const [outer, inner] = [frame.getBoundingClientRect(), element.getBoundingClientRect()];
  return inner.top >= outer.top && inner.bottom <= outer.bottom;
}

function isUsed(canvas) {
  // One that nothing was drawn on has the size that all have at first.
  return canvas !== null && canvas.width !== 300;
}

function idOf(row) {
  return row.querySelector("a")?.href.split("/").at(-1) ?? "";
}

function isOver(row) {
  return row.textContent.includes("Succeeded");
}

/** Compares rows with those of the frame before, and gives when what is new was on the screen. */
function watch(isEnough, read, newsOf) {
  const seen = {};
  let before;
  return new Promise((resolve, reject) => {
    const look = () => {
      const rows = new Map(read());
      const news = before === undefined ? [] : [...rows].map(([id, now]) => newsOf(id, before.get(id), now));
      // Before there are any, the page has not been opened yet: what is in its first answer is no news.
      before = rows.size === 0 ? undefined : rows;
      requestAnimationFrame(() => {
        const now = performance.timeOrigin + performance.now();
        for (const what of news) if (what !== undefined) seen[what] ??= now;
        try {
          if (isEnough()) resolve(seen);
          else look();
        } catch (error) {
          reject(error);
        }
      });
    };
    look();
  });
}
