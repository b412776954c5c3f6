// A run whose database meets a disk that fails or is full, and what comes of it.

import { mkdirSync } from "node:fs";
import { setTimeout as pause } from "node:timers/promises";
import type { Command, Ended } from "../../durability/command.ts";
import { readJournal } from "../../durability/journal.ts";
import { killNow } from "../../durability/processes.ts";
import {
  brokenInvariants,
  lostAcknowledgements,
  unfinishedBusiness,
  workAfterSuccess,
} from "../../durability/promises.ts";
import type { Chance } from "../../durability/seeded.ts";
import { takeSnapshot } from "../../durability/snapshot.ts";
import { millFiles } from "../../durability/trial.ts";
import type { RowSetting } from "../row.ts";
import { type DiskError, FailingDisk } from "./failing-disk.ts";
import { RowProject } from "./row-project.ts";
import { SmallDisk } from "./small-disk.ts";
import { smallTablespace } from "./small-tablespace.ts";

/** With these it writes more than a thousand times. */
const ITEMS = 120;
const RUN = ["run", "mill", "--param", `items=${ITEMS}`, "--json"];
/** The disk is full for so long at most, in milliseconds: a command gives up after a few tries. */
const LONGEST_FULL_MS = 1_000;
const STUCK_MS = 60_000;
/** No task begins or ends for so long, in milliseconds: nothing can be written. */
const STANDS_MS = 700;
const SMALL_DISK_MB = 24;
/** How a command ends that could not use its database. */
const UNUSABLE = 3;

export interface FailedWrite {
  /** Counted from the first that the command makes. */
  readonly n: number;
  readonly error: DiskError;
  readonly chance: Chance;
}

export class DiskTrials {
  count = 0;
  /** Trials in which the process that met the failure went on when it was over. */
  wentOn = 0;
  readonly problems: string[] = [];
  readonly #at: RowSetting;

  constructor(at: RowSetting) {
    this.#at = at;
  }

  /** Space that is away comes back after a while; an error of the device meets one to three writes. */
  async failAt(library: string, { n, error, chance }: FailedWrite): Promise<void> {
    const project = await RowProject.make(this.#at, millFiles(3));
    try {
      const disk = new FailingDisk(library, project.path("disk"), "millrace.db");
      disk.failAt(n, error, error === "EIO" ? 1 + chance.below(3) : undefined);
      const command = project.start(RUN, disk.env);
      const mended = mend(command, disk, chance.next() * LONGEST_FULL_MS);
      await this.#judge(project, command, `${error} at write ${n}`);
      await mended;
      if (disk.failures === 0) this.problems.push(`there was no write ${n} to fail`);
    } finally {
      await project.close();
    }
  }

  /** The folder of the database is on a disk that is full for a while. False where there is no such disk. */
  async fullFolder(): Promise<boolean> {
    const project = await RowProject.make(this.#at, millFiles(3));
    mkdirSync(project.path(".millrace"));
    const disk = SmallDisk.mount(project.path(".millrace"), SMALL_DISK_MB);
    try {
      if (disk === undefined) return false;
      await this.#meetFullDisk(project, disk);
      return true;
    } finally {
      disk?.unmount();
      await project.close();
    }
  }

  /** The tables are on a disk of the database server that is full for a while. False where there is none. */
  async fullTablespace(): Promise<boolean> {
    const project = await RowProject.make(this.#at, millFiles(3));
    const space = await smallTablespace(project.database, SMALL_DISK_MB);
    try {
      if (space === undefined) return false;
      await this.#meetFullDisk(project, space.disk);
      return true;
    } finally {
      await project.close();
      await space?.drop();
    }
  }

  async #meetFullDisk(project: RowProject, disk: SmallDisk): Promise<void> {
    const command = project.start(RUN);
    const met = fillInTheMiddle(project, command, disk);
    await this.#judge(project, command, "a full disk");
    if (!(await met)) this.#blame("a full disk", "the work went on all the same, and met it nowhere");
  }

  async #judge(project: RowProject, command: Command, what: string): Promise<void> {
    this.count += 1;
    const first = await this.#endOf(project, command, what);
    if (first.code === 0) this.wentOn += 1;
    else if (first.code !== UNUSABLE) this.#blame(what, `it ended with ${first.code}: ${first.stderr.slice(-1_000)}`);
    const after = await takeSnapshot(project.database);
    if (after.integrity !== "ok") this.#blame(what, `the database is damaged: ${after.integrity}`);
    const records = [...first.records];
    if (first.code !== 0) {
      const next = after.runs.length + after.pending > 0 ? ["resume", "--json"] : RUN;
      const second = await this.#endOf(project, project.start(next), what);
      records.push(...second.records);
      if (second.code !== 0) this.#blame(what, `after it, ${next[0]} ended with ${second.code}: ${second.stderr}`);
    }
    const snapshot = await takeSnapshot(project.database);
    const journal = readJournal(project.journal);
    const wrong = [
      ...lostAcknowledgements(records, snapshot),
      ...unfinishedBusiness(snapshot, journal),
      ...brokenInvariants(snapshot),
      ...workAfterSuccess(snapshot, journal),
      ...(snapshot.runs.length === 0 ? ["there is no run at the end"] : []),
    ];
    for (const problem of wrong) this.#blame(what, problem);
  }

  async #endOf(project: RowProject, command: Command, what: string): Promise<Ended> {
    const watch = setTimeout(() => {
      this.#blame(what, `stuck for ${STUCK_MS} ms`);
      killNow(project.processes());
    }, STUCK_MS);
    const ended = await command.ended;
    clearTimeout(watch);
    return ended;
  }

  #blame(what: string, problem: string): void {
    this.problems.push(`${what}: ${problem}`);
  }
}

/** Mends the disk so long after its first failure. */
async function mend({ child }: Command, disk: FailingDisk, afterMs: number): Promise<void> {
  while (disk.failures === 0 && child.exitCode === null) await pause(10);
  await pause(afterMs);
  disk.mend();
}

/**
 * Takes all space as soon as the run has begun, and gives it back when the work has come to a stand. False when it never
 * did: then nothing was written that needed space.
 */
async function fillInTheMiddle(project: RowProject, { child }: Command, disk: SmallDisk): Promise<boolean> {
  await new Promise((resolve) => {
    child.stdout?.once("data", resolve);
    child.once("exit", resolve);
  });
  let lines = 0;
  let standsSince = performance.now();
  while (performance.now() - standsSince < STANDS_MS && child.exitCode === null) {
    disk.fill();
    const { length } = readJournal(project.journal);
    if (length > lines) standsSince = performance.now();
    lines = length;
    await pause(20);
  }
  disk.relieve();
  return child.exitCode !== 0;
}
