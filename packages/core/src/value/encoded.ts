declare const encoded: unique symbol;

/**
 * A value as text: JSON, in which what JSON cannot hold stands as an object with the key `$` (see `value/codec.ts`).
 * Texts compose: `[a,b]` of two encoded texts is the encoded text of the list. So the engine can put inputs together
 * without ever parsing them.
 */
export type EncodedText = string & { readonly [encoded]: true };
