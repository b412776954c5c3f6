import { createHash } from "node:crypto";
import { openApiDocument } from "@millrace/contract/schemas";
import type { Answer } from "./send.ts";

interface Parameter {
  readonly name: string;
  readonly in: string;
  readonly required?: boolean;
  readonly description?: string;
  readonly schema: unknown;
}

interface Operation {
  readonly operationId: string;
  readonly tags: readonly string[];
  readonly summary: string;
  readonly "x-permission": string;
  readonly parameters: readonly Parameter[];
  readonly requestBody?: { readonly content: Contents };
  readonly responses: Readonly<Record<string, { readonly description: string; readonly content: Contents }>>;
}

type Contents = Readonly<Record<string, { readonly schema: unknown }>>;

interface Document {
  readonly info: { readonly title: string; readonly version: string; readonly description: string };
  readonly paths: Readonly<Record<string, Readonly<Record<string, Operation>>>>;
  readonly components: { readonly schemas: Readonly<Record<string, unknown>> };
}

const STYLE = `
:root { color-scheme: light dark; font: 15px/1.5 system-ui, sans-serif; }
body { max-width: 60rem; margin: 2rem auto; padding: 0 1rem; }
details { border-top: 1px solid color-mix(in srgb, currentColor 20%, transparent); padding: .4rem 0; }
summary { cursor: pointer; }
summary code { font-weight: 600; }
table { border-collapse: collapse; }
td, th { text-align: left; vertical-align: top; padding: .2rem 1rem .2rem 0; }
pre { overflow: auto; padding: .8rem; background: color-mix(in srgb, currentColor 7%, transparent); }
`;

/** Nothing but this page and its own style: no script, and no other host. */
const POLICY = `default-src 'none'; frame-ancestors 'none'; style-src 'sha256-${createHash("sha256").update(STYLE).digest("base64")}'`;

/** The OpenAPI document as a page that needs nothing else. */
export function referencePage(version: string): Answer {
  const text = pageOf(openApiDocument(version) as unknown as Document);
  return {
    status: 200,
    text,
    type: "text/html; charset=utf-8",
    headers: { "content-security-policy": POLICY },
    tagged: true,
  };
}

function pageOf({ info, paths, components }: Document): string {
  const operations = Object.entries(paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, operation]) => ({ path, method: method.toUpperCase(), operation })),
  );
  const tags = [...new Set(operations.flatMap(({ operation }) => operation.tags))];
  const chapters = tags.map((tag) => {
    const own = operations.filter(({ operation }) => operation.tags.includes(tag));
    return `<h2 id="${textOf(tag)}">${textOf(tag)}</h2>${own.map(operationOf).join("")}`;
  });
  const schemas = Object.entries(components.schemas).map(
    ([name, schema]) =>
      `<details id="schema-${textOf(name)}"><summary><code>${textOf(name)}</code></summary>${json(schema)}</details>`,
  );
  return `<!doctype html><html lang="en"><meta charset="utf-8"><meta name="viewport" content="width=device-width">
<title>${textOf(info.title)} ${textOf(info.version)}</title><style>${STYLE}</style>
<h1>${textOf(info.title)} ${textOf(info.version)}</h1><p>${textOf(info.description)}</p>
<p><a href="/api/v1/openapi.json">OpenAPI 3.1 document</a> · ${tags.map((tag) => `<a href="#${textOf(tag)}">${textOf(tag)}</a>`).join(" · ")}</p>
${chapters.join("")}<h2>schemas</h2>${schemas.join("")}</html>`;
}

function operationOf({ path, method, operation }: { path: string; method: string; operation: Operation }): string {
  const { operationId, summary, parameters, requestBody, responses } = operation;
  const rows = parameters.map(
    (each) =>
      `<tr><td><code>${textOf(each.name)}</code></td><td>${each.in}${each.required === true ? ", needed" : ""}</td><td>${textOf(each.description ?? "")}</td><td><code>${textOf(JSON.stringify(each.schema))}</code></td></tr>`,
  );
  const answers = Object.entries(responses).map(
    ([status, { description, content }]) =>
      `<h4>${status}: ${textOf(description)}</h4>${Number(status) < 400 ? contents(content) : ""}`,
  );
  return `<details id="${operationId}"><summary><code>${method} ${textOf(path)}</code> ${textOf(summary)}</summary>
<p><code>${operationId}</code>, for whoever may <code>${textOf(operation["x-permission"])}</code></p>
${rows.length === 0 ? "" : `<table>${rows.join("")}</table>`}${requestBody === undefined ? "" : `<h4>Body</h4>${contents(requestBody.content)}`}${answers.join("")}</details>`;
}

function contents(content: Contents): string {
  return Object.entries(content)
    .map(([type, { schema }]) => `<p>${textOf(type)}</p>${json(schema)}`)
    .join("");
}

/** A schema, with what it refers to as links. */
function json(schema: unknown): string {
  const text = textOf(JSON.stringify(schema, undefined, 2));
  return `<pre>${text.replace(/#\/components\/schemas\/(\w+)/g, '<a href="#schema-$1">$1</a>')}</pre>`;
}

function textOf(text: string): string {
  return text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;").replaceAll('"', "&quot;");
}
