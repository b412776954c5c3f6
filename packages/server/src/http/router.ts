import { ROUTES, type RouteName, type RouteSpec, routeOf } from "@millrace/contract";

/** What a method and a path lead to. */
export type Match =
  | { readonly kind: "route"; readonly name: RouteName; readonly params: Readonly<Record<string, string>> }
  /** The path is one of ours, and takes other methods. */
  | { readonly kind: "method"; readonly allow: readonly RouteSpec["method"][] }
  | { readonly kind: "nothing" };

interface Known {
  readonly name: RouteName;
  readonly method: RouteSpec["method"];
  readonly segments: readonly string[];
}

const KNOWN: readonly Known[] = (Object.keys(ROUTES) as RouteName[]).map((name) => {
  const { method, path } = routeOf(name);
  return { name, method, segments: path.split("/") };
});

/**
 * Finds the route of a request. The path is cut into segments before it is decoded, so that a `%2F` is part of a name
 * and never a way to another route.
 *
 * @param path as it was sent, without the query.
 */
export function matchRoute(method: string, path: string): Match {
  const segments = decodeSegments(path);
  if (segments === undefined) return { kind: "nothing" };
  const there = KNOWN.flatMap((known) => {
    const params = paramsOf(known.segments, segments);
    return params === undefined ? [] : [{ known, params }];
  });
  // What is written out goes before what fills in: `/backfills/plan` is no backfill.
  const [closest] = there.toSorted((a, b) => Object.keys(a.params).length - Object.keys(b.params).length);
  if (closest === undefined) return { kind: "nothing" };
  const same = there.filter(({ params }) => Object.keys(params).length === Object.keys(closest.params).length);
  const found = same.find(({ known }) => known.method === method || (method === "HEAD" && hasHead(known)));
  if (found !== undefined) return { kind: "route", name: found.known.name, params: found.params };
  return { kind: "method", allow: same.map(({ known }) => known.method) };
}

/** Streams have no length to tell, and would not end. */
function hasHead({ name, method }: Known): boolean {
  const { answer } = routeOf(name);
  return method === "GET" && (answer === "json" || answer === "document");
}

function decodeSegments(path: string): readonly string[] | undefined {
  try {
    return path.split("/").map((segment) => decodeURIComponent(segment));
  } catch {
    return undefined;
  }
}

function paramsOf(known: readonly string[], segments: readonly string[]): Record<string, string> | undefined {
  if (known.length !== segments.length) return undefined;
  const params: Record<string, string> = {};
  for (const [place, segment] of known.entries()) {
    const given = segments[place] as string;
    if (segment.startsWith("{")) params[segment.slice(1, -1)] = given;
    else if (segment !== given) return undefined;
  }
  return params;
}
