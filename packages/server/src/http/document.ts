import { openApiDocument } from "@millrace/contract/schemas";

let made: string | undefined;

/** The OpenAPI document as text. Made when somebody asks for it for the first time. */
export function documentOf(version: string): string {
  made ??= `${JSON.stringify(openApiDocument(version))}\n`;
  return made;
}
