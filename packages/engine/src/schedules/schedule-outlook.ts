/** What is due next, for people. */
export interface ScheduleOutlook {
  readonly schedules: number;
  readonly next: { readonly flow: string; readonly name: string; readonly atMs: number } | null;
}
