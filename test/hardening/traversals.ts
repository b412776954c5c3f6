// Paths that want out of where files are, in each place of a route that a file is found by.
import { writeFileSync } from "node:fs";
import path from "node:path";
import { type RouteName, routeOf } from "@millrace/contract";
import { bearer, type ServedProject } from "../access/served-project.ts";
import type { Chance } from "../durability/seeded.ts";
import { inParallel, sendRaw } from "./raw-request.ts";

/** What stands in a file that no request may reach. */
const OUTSIDE = "out-of-bounds-4Fq8";
const UPS = ["..", "%2e%2e", "..%2f", "..%5c", "%252e%252e", "..;", "..%00", ".%2e", "．．", "%c0%ae%c0%ae", "..\\"];
const ENDS = ["etc/passwd", "outside.txt", "package.json", ".millrace/secret-key", "millrace.db", "proc/self/environ"];
const STARTS = ["", "/", "//", "file:///", "config.json/", "flows/", "./", "C:\\", "\\\\host\\"];

/** Routes behind which files are: logs, versions, outputs; and where the web UI's own files are. */
const FILES: readonly RouteName[] = [
  "readLog",
  "downloadLog",
  "searchLog",
  "getVersion",
  "getVersionFile",
  "getOutput",
];
const STATIC = ["/", "/assets/", "/api/docs/", "/api/v1/"];

export interface Traversals {
  readonly places: number;
  readonly tried: number;
  readonly escapes: readonly string[];
}

/** Tries so many paths at each place. */
export async function tryTraversals(project: ServedProject, count: number, chance: Chance): Promise<Traversals> {
  writeFileSync(path.join(project.dir, "outside.txt"), OUTSIDE);
  const token = await project.token("traversal", { grants: [{ role: "admin", flows: "*" }] });
  const { authorization } = bearer(token);
  const { activeVersion } = (await project.ask({ path: "/api/v1/project", headers: { authorization } })).body;
  const places = [
    ...FILES.flatMap((name) => placesOf(name, String(activeVersion))),
    ...STATIC.map((each) => `${each}{}`),
  ];
  const escapes: string[] = [];
  await inParallel(count * places.length, 16, async (index) => {
    const target = (places[index % places.length] ?? "").replace("{}", wish(chance));
    const line = `GET ${target.replaceAll(/[ \r\n]/g, "%20")} HTTP/1.1`;
    const head = [line, "host: 127.0.0.1", `authorization: ${authorization}`, "connection: close", "", ""];
    const { text } = await sendRaw(project.url, Buffer.from(head.join("\r\n"), "utf8"));
    if ([OUTSIDE, "root:x:0:0", "-----BEGIN", "SQLite format 3", "PATH="].some((found) => text.includes(found))) {
      escapes.push(target);
    }
  });
  return { places: places.length, tried: count * places.length, escapes };
}

/** The route with each of its parameters, and each of its queries that names something, to be filled in. */
function placesOf(name: RouteName, version: string): string[] {
  const route = routeOf(name).path;
  const fields = [...route.matchAll(/\{\w+\}/g)].map(([field]) => field);
  const inPath = fields.map((field) =>
    route.replaceAll(/\{\w+\}/g, (each) => (each === field ? "{}" : each === "{version}" ? version : "1")),
  );
  const query = name === "getVersionFile" ? ["path"] : name === "getOutput" ? ["item", "node"] : [];
  const known = route.replaceAll(/\{\w+\}/g, (each) => (each === "{version}" ? version : "1"));
  return [...inPath, ...query.map((field) => `${known}?${field}={}`)];
}

function wish(chance: Chance): string {
  const one = <Value>(values: readonly Value[]): Value => values[chance.below(values.length)] as Value;
  const ups = Array.from({ length: 1 + chance.below(8) }, () => one(UPS)).join(one(["/", "%2f", "%5c", "\\"]));
  const text = `${one(STARTS)}${ups}${one(["/", "%2f", "//", "%252f"])}${one(ENDS)}${one(["", "%00", "%00.json", "?", "#", "/."])}`;
  return chance.below(3) === 0 ? encodeURIComponent(text) : text;
}
