/** A minute of a wall clock, taken apart by nobody's code but the runtime's. */
export interface WallMinute {
  readonly minute: number;
  readonly hour: number;
  readonly day: number;
  readonly month: number;
  /** 0 for Sunday. */
  readonly weekday: number;
  /** The last day of its month. */
  readonly last: number;
}

/** An expression, and what it means, written down a second time and by hand. */
export interface OracleExpression {
  readonly cron: string;
  /** Its hour field is `*`: it steps through real time. */
  readonly everyHour?: true;
  readonly names: (at: WallMinute) => boolean;
}

const isWorking = (weekday: number): boolean => weekday >= 1 && weekday <= 5;
const at = (hour: number, minute: number, wall: WallMinute): boolean => wall.hour === hour && wall.minute === minute;
/** The weekday of another day of the same month. */
const weekdayOn = (day: number, wall: WallMinute): number => (((wall.weekday + day - wall.day) % 7) + 7) % 7;

/** The day from Monday to Friday that is nearest to one, within the month. */
function nearestWorking(day: number, wall: WallMinute): number {
  const away = [0, -1, 1, -2, 2].find((step) => {
    const other = day + step;
    return other >= 1 && other <= wall.last && isWorking(weekdayOn(other, wall));
  });
  return day + (away ?? 0);
}

export const EXPRESSIONS: readonly OracleExpression[] = [
  { cron: "* * * * *", everyHour: true, names: () => true },
  { cron: "*/5 * * * *", everyHour: true, names: (w) => w.minute % 5 === 0 },
  { cron: "*/15 * * * *", everyHour: true, names: (w) => w.minute % 15 === 0 },
  { cron: "*/30 * * * *", everyHour: true, names: (w) => w.minute % 30 === 0 },
  { cron: "0 * * * *", everyHour: true, names: (w) => w.minute === 0 },
  { cron: "7 * * * *", everyHour: true, names: (w) => w.minute === 7 },
  { cron: "30 * * * 1-5", everyHour: true, names: (w) => w.minute === 30 && isWorking(w.weekday) },
  { cron: "0 * 1 * *", everyHour: true, names: (w) => w.minute === 0 && w.day === 1 },
  { cron: "0 * L * *", everyHour: true, names: (w) => w.minute === 0 && w.day === w.last },
  {
    cron: "59 * * 3,10 SUN",
    everyHour: true,
    names: (w) => w.minute === 59 && w.weekday === 0 && (w.month === 3 || w.month === 10),
  },
  { cron: "0 0 * * *", names: (w) => at(0, 0, w) },
  { cron: "30 0 * * *", names: (w) => at(0, 30, w) },
  { cron: "0 1 * * *", names: (w) => at(1, 0, w) },
  { cron: "30 1 * * *", names: (w) => at(1, 30, w) },
  { cron: "0 2 * * *", names: (w) => at(2, 0, w) },
  { cron: "15 2 * * *", names: (w) => at(2, 15, w) },
  { cron: "30 2 * * *", names: (w) => at(2, 30, w) },
  { cron: "59 2 * * *", names: (w) => at(2, 59, w) },
  { cron: "0 3 * * *", names: (w) => at(3, 0, w) },
  { cron: "59 23 * * *", names: (w) => at(23, 59, w) },
  { cron: "0 2,3 * * *", names: (w) => at(2, 0, w) || at(3, 0, w) },
  { cron: "*/20 0-4 * * *", names: (w) => w.minute % 20 === 0 && w.hour <= 4 },
  { cron: "* 2 * * 0", names: (w) => w.hour === 2 && w.weekday === 0 },
  { cron: "0 */2 * * *", names: (w) => w.minute === 0 && w.hour % 2 === 0 },
  { cron: "0 0-23 * * *", names: (w) => w.minute === 0 },
  {
    cron: "*/15 9-17 * * MON-FRI",
    names: (w) => w.minute % 15 === 0 && w.hour >= 9 && w.hour <= 17 && isWorking(w.weekday),
  },
  { cron: "0 12 1 * *", names: (w) => at(12, 0, w) && w.day === 1 },
  { cron: "0 0 31 * *", names: (w) => at(0, 0, w) && w.day === 31 },
  { cron: "0 0 29 2 *", names: (w) => at(0, 0, w) && w.day === 29 && w.month === 2 },
  { cron: "0 0 13 * 5", names: (w) => at(0, 0, w) && (w.day === 13 || w.weekday === 5) },
  {
    cron: "45 2 8-14 3 SUN",
    names: (w) => at(2, 45, w) && w.month === 3 && ((w.day >= 8 && w.day <= 14) || w.weekday === 0),
  },
  { cron: "30 2 ? * SUN#2", names: (w) => at(2, 30, w) && w.weekday === 0 && Math.ceil(w.day / 7) === 2 },
  { cron: "0 2 * * SUNL", names: (w) => at(2, 0, w) && w.weekday === 0 && w.day + 7 > w.last },
  {
    cron: "0 1 * 10,11 0#1",
    names: (w) => at(1, 0, w) && w.month >= 10 && w.month <= 11 && w.weekday === 0 && w.day <= 7,
  },
  { cron: "0 6 L * *", names: (w) => at(6, 0, w) && w.day === w.last },
  { cron: "0 6 L-2 * *", names: (w) => at(6, 0, w) && w.day === w.last - 2 },
  { cron: "0 18 LW * *", names: (w) => at(18, 0, w) && w.day === nearestWorking(w.last, w) },
  { cron: "0 9 15W * *", names: (w) => at(9, 0, w) && w.day === nearestWorking(15, w) },
  { cron: "0 9 1W * *", names: (w) => at(9, 0, w) && w.day === nearestWorking(1, w) },
  {
    cron: "5,35 */6 1-7,L JAN-JUN,12 *",
    names: (w) =>
      (w.minute === 5 || w.minute === 35) &&
      w.hour % 6 === 0 &&
      (w.day <= 7 || w.day === w.last) &&
      (w.month <= 6 || w.month === 12),
  },
];
