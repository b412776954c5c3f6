import { didYouMean } from "@millrace/core";
import { toPlainJson } from "../plain-json.ts";
import { refuseAt, type SqlSource } from "./failure.ts";
import { isRecordList } from "./relation.ts";
import { type RenderedStatement, renderStatement } from "./render.ts";
import type { SqlParameter, SqlScript, SqlStatement } from "./script.ts";
import { quoteName, type SqlSession } from "./session.ts";

/** What the parameters of a script stand for. */
export interface Binding {
  readonly script: SqlScript;
  readonly source: SqlSource;
  readonly session: SqlSession;
  readonly fields: Readonly<Record<string, unknown>>;
  /** The tables that lists of records have become, by the name of their field. Defaults to none. */
  readonly relations?: ReadonlyMap<string, string>;
}

/**
 * Puts values into a statement.
 *
 * @throws MillraceError `INPUT_INVALID` for a `:name` without a value; `SQL_FAILED` for a parameter in another notation.
 */
export function bindStatement(binding: Binding, statement: SqlStatement): RenderedStatement {
  const { script, source, session, fields, relations } = binding;
  if (script.foreign !== null) {
    throw refuseAt(source, script.foreign.offset, {
      code: "SQL_FAILED",
      message: `has the parameter ${script.foreign.text}, which nothing is bound to`,
      hint: "Write `:name` for the field `name` of the input.",
    });
  }
  return renderStatement(statement, session.mark, (parameter, bind) => {
    const relation = parameter.relation ? relations?.get(parameter.name) : undefined;
    if (relation !== undefined) return { text: quoteName(relation), wholeList: false };
    if (!Object.hasOwn(fields, parameter.name)) throw unbound(binding, statement, parameter);
    const value = fields[parameter.name];
    if (parameter.list !== null && Array.isArray(value)) {
      return { text: session.listText(value, parameter.list.negated, bind), wholeList: true };
    }
    return { text: bind(isRecordList(value) ? toPlainJson(value) : value), wholeList: false };
  });
}

function unbound({ source, fields }: Binding, statement: SqlStatement, parameter: SqlParameter): unknown {
  return refuseAt(source, statement.offset + parameter.start, {
    code: "INPUT_INVALID",
    message: `asks for :${parameter.name}, which is not in its input`,
    hint: didYouMean(parameter.name, Object.keys(fields), "fields of the input"),
  });
}
