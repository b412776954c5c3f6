/** Runs one command line, without the program's name, and gives the exit code. The launcher in bin/ calls it. */
export async function main(args: readonly string[]): Promise<number> {
  process.stdout.write(`millrace: no commands yet (${args.length} arguments given)\n`);
  return 0;
}
