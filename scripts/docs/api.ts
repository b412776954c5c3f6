// docs/reference/api.md and testing.md: what the published packages export, from the comments of their sources.
import { type Declared, exportsOf, type Member } from "./declarations.ts";

const PACKAGES = { "@millrace/sdk": "packages/sdk/src/index.ts", "@millrace/core": "packages/core/src/index.ts" };

interface Chapter {
  readonly title: string;
  readonly about: string;
  /** Which files' exports it holds; the first chapter that fits takes them. */
  readonly files: RegExp;
}

const CHAPTERS: readonly Chapter[] = [
  {
    title: "For tools",
    about: "For programs that load flows and for authors of task kinds. Flows do without these.",
    files:
      /\/source\/|flow\/definition|schema\/(?:validate|json-schema)|connections\/(?:open-connections|connection|task-connection|.*-session)|secret-values/,
  },
  { title: "Flows", about: "A flow is what a file in `flows/` exports by default.", files: /sdk\/src\/flow\// },
  {
    title: "Tasks",
    about: "A task is a plain function with a name. The other kinds take the same options, and add their own.",
    files: /sdk\/src\/task\/(?:function-task|task|policy-options|limit-options|placement-options|define-task)/,
  },
  { title: "The context of a task", about: "What a handler gets beside its input.", files: /task\/context/ },
  {
    title: "Groups and branches",
    about: "Groups place several tasks at once; branches run one arm of several.",
    files: /sdk\/src\/(?:group|branch)\//,
  },
  { title: "References and inputs", about: "What calling a task gives, and what it takes.", files: /sdk\/src\/ref\// },
  {
    title: "Task kinds",
    about: "Everything that takes options of a task, `TaskOptions`, takes them here too.",
    files: /kinds\/(?!connections|secret)/,
  },
  {
    title: "Schedules",
    about: "What makes runs by the clock: for the option `schedule` of a flow.",
    files: /sdk\/src\/schedule\//,
  },
  {
    title: "Partitions",
    about: "How the data of a flow is cut: for the option `partitions` of a flow.",
    files: /sdk\/src\/partitions\//,
  },
  {
    title: "Events",
    about: "What else makes runs: for the option `triggers` of a flow.",
    files: /sdk\/src\/triggers\//,
  },
  {
    title: "Configuration and connections",
    about: "For `millrace.config.ts`.",
    files: /config\/|kinds\/(?:connections|secret)/,
  },
  {
    title: "Alerts",
    about: "Who is told of what: for the option `alerts` of `millrace.config.ts`.",
    files: /sdk\/src\/alerts\//,
  },
  {
    title: "Failing and waiting",
    about: "What a handler throws or returns to steer what happens next.",
    files: /task\/(?:failures|defer)|core\/src\/errors/,
  },
  { title: "Schemas", about: "Any validator that speaks Standard Schema.", files: /sdk\/src\/schema\// },
  { title: "Units", about: "How lengths of time and sizes are written.", files: /core\/src\// },
];

const NOTE = "Made from the comments of the sources by `npm run docs`; change them there.";

/** The reference of the testing kit, as Markdown. */
export function testingReference(): string {
  const declared = exportsOf("packages/testing/src/index.ts", PACKAGES);
  const parts = ["# Reference of the package `@millrace/testing`", NOTE, ...sorted(declared).flatMap(entry)];
  return parts.join("\n\n").replaceAll("\n### ", "\n## ").concat("\n");
}

/** The reference of what flows import, as Markdown. */
export function apiReference(): string {
  const declared = exportsOf("packages/cli/src/index.ts", PACKAGES);
  const chapters = CHAPTERS.map((chapter) => ({ chapter, held: declared.filter((one) => chapterOf(one) === chapter) }));
  const [tools, ...others] = chapters;
  const ordered = [...others, ...(tools === undefined ? [] : [tools])].filter(({ held }) => held.length > 0);
  const contents = ordered.map(({ chapter }) => `- [${chapter.title}](#${anchor(chapter.title)})`);
  return [
    "# Reference of the package `millrace`",
    `${NOTE} The command line is in [cli.md](cli.md), error codes are in [errors.md](errors.md), the testing kit is in [testing.md](testing.md).`,
    contents.join("\n"),
    ...ordered.flatMap(({ chapter, held }) => [`## ${chapter.title}`, chapter.about, ...sorted(held).flatMap(entry)]),
  ]
    .join("\n\n")
    .concat("\n");
}

function chapterOf(declared: Declared): Chapter {
  const chapter = CHAPTERS.find(({ files }) => files.test(declared.file));
  if (chapter === undefined)
    throw new Error(`${declared.name} of ${declared.file} has no chapter in scripts/docs/api.ts`);
  return chapter;
}

const RANK: Readonly<Record<Declared["kind"], number>> = { function: 0, const: 0, class: 1, interface: 2, type: 3 };

/** What one calls first, then what it takes. Otherwise as the front door lists them. */
function sorted(held: readonly Declared[]): readonly Declared[] {
  return held.toSorted((one, other) => RANK[one.kind] - RANK[other.kind]);
}

function entry({ name, comment, signatures, members, kind }: Declared): string[] {
  // A type may say all it has to say by itself; what is called may not.
  if (comment === "" && (kind === "function" || kind === "class"))
    throw new Error(`${name} is exported and has no comment`);
  const { text, examples, tags } = readComment(comment);
  return [
    `### \`${name}\``,
    ...(kind === "interface" ? [] : [fence(signatures.map(withoutExport).join("\n\n"))]),
    text,
    ...tags,
    ...examples.map(fence),
    ...(members.length === 0 ? [] : [members.map(memberItem).join("\n")]),
  ].filter((part) => part !== "");
}

function withoutExport(signature: string): string {
  return signature.replace(/^export (?:declare )?/, "");
}

function fence(code: string): string {
  return `\`\`\`ts\n${code}\n\`\`\``;
}

function memberItem({ signature, comment }: Member): string {
  const { text, examples, tags } = readComment(comment);
  const one = signature.replace(/\s+/g, " ");
  const prose = [text.replace(/\n\n/g, "\n\n  "), ...tags].filter((part) => part !== "").join("\n\n  ");
  const code = examples.map((example) => `\n\n  ${fence(example).replaceAll("\n", "\n  ")}`).join("");
  return `- ${codeSpan(one)}${prose === "" ? "" : `\\\n  ${prose.replace(/\n(?=\S)/g, "\n  ")}`}${code}`;
}

/** Template literal types hold backticks, which a code span needs more of. */
function codeSpan(text: string): string {
  return text.includes("`") ? `\`\` ${text} \`\`` : `\`${text}\``;
}

interface Comment {
  readonly text: string;
  readonly examples: readonly string[];
  /** `@param`, `@throws` and the like, as sentences. */
  readonly tags: readonly string[];
}

function readComment(comment: string): Comment {
  const [text = "", ...blocks] = comment.split(/^@(?=\w)/m).map((part) => part.trim());
  const tagged = blocks.map((block) => /^(\w+)\s+([\s\S]*)$/.exec(block)).filter((match) => match !== null);
  const examples = tagged.filter(([, tag]) => tag === "example").map(([, , rest = ""]) => rest);
  const tags = tagged
    .filter(([, tag]) => tag !== "example")
    .map(([, tag = "", rest = ""]) => tagText(tag, unwrap(rest)));
  return { text: unwrap(text), examples, tags };
}

function tagText(tag: string, rest: string): string {
  const [first = "", ...words] = rest.split(" ");
  switch (tag) {
    case "param":
      return `\`${first}\`: ${words.join(" ")}`;
    case "throws":
      return `Throws ${rest}`;
    case "returns":
      return `Returns ${rest}`;
    default:
      return `${tag}: ${rest}`;
  }
}

/** Joins the lines of each paragraph; lists and code keep theirs. */
function unwrap(text: string): string {
  return text
    .split("\n\n")
    .map((paragraph) => (/^(?:```|- |\|)/m.test(paragraph) ? paragraph : paragraph.replaceAll("\n", " ")))
    .join("\n\n");
}

function anchor(title: string): string {
  return title.toLowerCase().replaceAll(" ", "-");
}
