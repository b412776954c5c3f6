import { type Dialect, type SqlToken, sqlTokens } from "./tokens.ts";

/** One statement of a script, as the author wrote it. */
export interface SqlStatement {
  /** Without comments before it and without its semicolon. */
  readonly text: string;
  /** Where `text` starts in the script. */
  readonly offset: number;
  /** Its first words in capitals: `["SELECT"]`, `["CREATE", "TABLE"]`. At most four. */
  readonly words: readonly string[];
  readonly parameters: readonly SqlParameter[];
}

/** A `:name` in a statement. Places count from the start of the statement's text. */
export interface SqlParameter {
  readonly name: string;
  readonly start: number;
  readonly end: number;
  /** The whole of `IN (:name)` or `NOT IN (:name)` when the parameter stands alone in such a list, else null. */
  readonly list: { readonly start: number; readonly end: number; readonly negated: boolean } | null;
  /** It stands where a table does, after FROM or JOIN. */
  readonly relation: boolean;
}

/** A parameter in a notation that Millrace does not bind. Its place counts from the start of the script. */
interface ForeignParameter {
  readonly text: string;
  readonly offset: number;
}

export interface SqlScript {
  readonly source: string;
  readonly dialect: Dialect;
  readonly statements: readonly SqlStatement[];
  readonly foreign: ForeignParameter | null;
}

/** Cuts a script into its statements and finds their parameters; text in quotes and comments is left alone. */
export function parseScript(source: string, dialect: Dialect): SqlScript {
  const statements: SqlStatement[] = [];
  let foreign: ForeignParameter | null = null;
  let pending = new PendingStatement(source);
  for (const token of sqlTokens(source, dialect)) {
    if (token.kind === "space" || token.kind === "comment") continue;
    if (token.kind === "foreign") foreign ??= { text: source.slice(token.start, token.end), offset: token.start };
    if (!pending.endsAt(token)) {
      pending.take(token);
      continue;
    }
    if (!pending.empty) statements.push(pending.finish());
    pending = new PendingStatement(source);
  }
  if (!pending.empty) statements.push(pending.finish());
  return { source, dialect, statements, foreign };
}

/** True when the script opens or closes transactions itself; then nobody else may. */
export function controlsTransactions(script: SqlScript): boolean {
  return script.statements.some(({ words: [first, second] }) => {
    if (first === "START") return second === "TRANSACTION";
    return first === "BEGIN" || first === "COMMIT" || first === "ROLLBACK" || first === "END" || first === "ABORT";
  });
}

/** So much of a statement tells it from the others of its script. */
const TOLD_CHARACTERS = 60;

/** What a statement begins with, in one line. */
export function beginningOf({ text }: Pick<SqlStatement, "text">): string {
  const line = text.replaceAll(/\s+/g, " ").trim();
  return line.length > TOLD_CHARACTERS ? `${line.slice(0, TOLD_CHARACTERS).trimEnd()}…` : line;
}

/** True for a statement that changes nothing by its form: a query without a data-changing part. */
export function onlyReads({ words, text }: SqlStatement): boolean {
  const [first] = words;
  if (first === "SELECT") return !/\bINTO\b/i.test(text);
  if (first === "VALUES" || first === "FROM" || first === "TABLE" || first === "SHOW" || first === "DESCRIBE")
    return true;
  return first === "WITH" && !/\b(?:INSERT|UPDATE|DELETE|MERGE|INTO)\b/i.test(text);
}

/** True for a query whose rows can be fetched through something else, a cursor or a copy. */
export function isQuery(statement: SqlStatement): boolean {
  return onlyReads(statement) && statement.words[0] !== "SHOW" && statement.words[0] !== "DESCRIBE";
}

/** Collects the tokens of one statement, and knows which semicolons belong inside it. */
class PendingStatement {
  readonly #source: string;
  readonly #tokens: SqlToken[] = [];
  readonly #words: string[] = [];
  #parentheses = 0;
  #blocks = 0;

  constructor(source: string) {
    this.#source = source;
  }

  get empty(): boolean {
    return this.#tokens.length === 0;
  }

  endsAt(token: SqlToken): boolean {
    return this.#textOf(token) === ";" && token.kind === "symbol" && this.#parentheses === 0 && this.#blocks === 0;
  }

  take(token: SqlToken): void {
    const text = this.#textOf(token);
    if (token.kind === "symbol" && text === "(") this.#parentheses += 1;
    if (token.kind === "symbol" && text === ")") this.#parentheses = Math.max(0, this.#parentheses - 1);
    if (token.kind === "word") this.#takeWord(text.toUpperCase());
    this.#tokens.push(token);
  }

  /** The body of a trigger or of a function in standard SQL has semicolons of its own, between BEGIN and END. */
  #takeWord(word: string): void {
    if (this.#words.length < 4 && this.#words.length === this.#tokens.length) this.#words.push(word);
    if (this.#words[0] !== "CREATE" || !this.#words.some((each) => BODIES.has(each))) return;
    if (word === "BEGIN" || (word === "CASE" && this.#blocks > 0)) this.#blocks += 1;
    if (word === "END") this.#blocks = Math.max(0, this.#blocks - 1);
  }

  finish(): SqlStatement {
    const start = this.#tokens[0]?.start ?? 0;
    const end = this.#tokens.at(-1)?.end ?? start;
    const parameters = this.#tokens.flatMap((token, index) =>
      token.kind === "parameter" ? [this.#parameterAt(index, start)] : [],
    );
    return { text: this.#source.slice(start, end), offset: start, words: this.#words, parameters };
  }

  #parameterAt(index: number, offset: number): SqlParameter {
    const at = (move: number): string => this.#textOf(this.#tokens[index + move]).toUpperCase();
    const token = this.#tokens[index] as SqlToken;
    const name = this.#source.slice(token.start + 1, token.end);
    const relation = /^(?:FROM|JOIN)$/.test(at(-1));
    const place = { name, start: token.start - offset, end: token.end - offset, relation };
    if (at(-1) !== "(" || at(-2) !== "IN" || at(1) !== ")") return { ...place, list: null };
    const negated = at(-3) === "NOT";
    const start = this.#tokens[index - (negated ? 3 : 2)]?.start ?? 0;
    const end = this.#tokens[index + 1]?.end ?? 0;
    return { ...place, list: { start: start - offset, end: end - offset, negated } };
  }

  #textOf(token: SqlToken | undefined): string {
    return token === undefined ? "" : this.#source.slice(token.start, token.end);
  }
}

const BODIES = new Set(["TRIGGER", "FUNCTION", "PROCEDURE"]);
