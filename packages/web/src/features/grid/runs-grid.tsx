export function RunsGrid(_: { readonly flow: string }) {
  return null;
}
