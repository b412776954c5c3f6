import { type ArtifactId, type EncodedText, type Path, pointerText } from "@millrace/core";

/** The elements that a map runs over: their texts, or where a large list is kept. */
export type ItemList =
  | { readonly kind: "texts"; readonly length: number; readonly texts: readonly EncodedText[] }
  | { readonly kind: "artifact"; readonly length: number; readonly artifact: ArtifactId; readonly path: Path }
  /** After a restart only the length is known, until a task asks for an element. */
  | { readonly kind: "unread"; readonly length: number };

/** The text of element `index`, or undefined when the list must be read first. */
export function itemText(list: ItemList, index: number): EncodedText | undefined {
  switch (list.kind) {
    case "texts":
      return list.texts[index];
    case "artifact":
      return pointerText(list.artifact, [...list.path, index]);
    case "unread":
      return undefined;
  }
}
