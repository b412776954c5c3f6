import type { Runtime } from "../runtime/runtime.ts";

/** What Prometheus calls its text format, which every such collector reads. */
export const METRICS_TYPE = "text/plain; version=0.0.4; charset=utf-8";

interface Metric {
  readonly name: string;
  readonly help: string;
  readonly type: "gauge" | "counter";
  readonly samples: readonly Sample[];
}

interface Sample {
  readonly labels?: Readonly<Record<string, string>>;
  readonly value: number;
}

/** Figures of the project and of this process. They cost a few small reads, so they may be asked for every few seconds. */
export async function metricsOf(runtime: Runtime, version: string): Promise<string> {
  const [pools, { leader, servers }, unfinished, seq] = await Promise.all([
    runtime.pools(0),
    runtime.servers(),
    runtime.store.unfinishedRuns(),
    runtime.store.history.lastEventSeq(),
  ]);
  const memory = process.memoryUsage();
  const ofPools = (value: (pool: (typeof pools)[number]) => number): Sample[] =>
    pools.map((pool) => ({ labels: { pool: pool.name }, value: value(pool) }));
  const metrics: Metric[] = [
    gauge("build_info", "The version of Millrace.", [{ labels: { version }, value: 1 }]),
    gauge("has_leader", "Whether somebody does the work.", [{ value: leader === null ? 0 : 1 }]),
    gauge("is_leader", "Whether this process does the work.", [{ value: runtime.role === "leader" ? 1 : 0 }]),
    gauge("servers", "Processes that lead or may.", [{ value: servers.filter(({ isThere }) => isThere).length }]),
    gauge("unfinished_runs", "Runs that have not ended.", [{ value: unfinished.length }]),
    counter("events_total", "Events of all runs so far.", seq),
    gauge(
      "pool_slots",
      "Slots of a pool.",
      ofPools(({ slots }) => slots),
    ),
    gauge(
      "pool_used_slots",
      "Slots of a pool in use.",
      ofPools(({ used }) => used),
    ),
    gauge(
      "pool_waiting",
      "Task runs that wait for slots of a pool.",
      ofPools(({ waiting }) => waiting),
    ),
    gauge("process_resident_memory_bytes", "Memory of this process.", [{ value: memory.rss }]),
    gauge("process_heap_used_bytes", "Memory in use by JavaScript here.", [{ value: memory.heapUsed }]),
    counter("process_cpu_seconds_total", "Time of the processor that this process used.", cpuSeconds()),
    gauge("process_uptime_seconds", "Since this process began.", [{ value: Math.round(process.uptime()) }]),
  ];
  return metrics.map(textOf).join("");
}

function gauge(name: string, help: string, samples: readonly Sample[]): Metric {
  return { name, help, type: "gauge", samples };
}

function counter(name: string, help: string, value: number): Metric {
  return { name, help, type: "counter", samples: [{ value }] };
}

function cpuSeconds(): number {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1e6;
}

function textOf({ name, help, type, samples }: Metric): string {
  const full = `millrace_${name}`;
  const lines = samples.map(({ labels = {}, value }) => `${full}${labelText(labels)} ${value}\n`);
  return `# HELP ${full} ${help}\n# TYPE ${full} ${type}\n${lines.join("")}`;
}

function labelText(labels: Readonly<Record<string, string>>): string {
  const texts = Object.entries(labels).map(([name, value]) => `${name}="${escaped(value)}"`);
  return texts.length === 0 ? "" : `{${texts.join(",")}}`;
}

function escaped(value: string): string {
  return value.replaceAll("\\", "\\\\").replaceAll('"', '\\"').replaceAll("\n", "\\n");
}
