import { GRID_LETTERS } from "@millrace/contract";
import type { State } from "../../ui/states.ts";

const STATES = new Map<string, State>(Object.entries(GRID_LETTERS).map(([state, letter]) => [letter, state as State]));

/** What a letter of the grid stands for. */
export function stateOfLetter(letter: string): State {
  return STATES.get(letter) ?? "none";
}
