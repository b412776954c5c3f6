import type { CommandSpec } from "../command-spec.ts";

/** Commands about the command line itself. */
export const SHELL_COMMANDS: readonly CommandSpec[] = [
  {
    name: "completion",
    summary: "Print a completion script for a shell",
    details: ["Completes commands, options, their choices, flows, runs, files and folders."],
    arguments: [{ name: "shell", required: true, description: "The shell.", choices: ["bash", "zsh", "fish"] }],
    options: [],
    examples: [
      { line: 'eval "$(millrace completion bash)"', says: "in ~/.bashrc" },
      { line: 'eval "$(millrace completion zsh)"', says: "in ~/.zshrc" },
      { line: "millrace completion fish | source", says: "in ~/.config/fish/config.fish" },
    ],
    load: async () => (await import("../../commands/completion.ts")).completion,
  },
  {
    name: "version",
    summary: "Print the versions of Millrace and Node",
    details: [],
    arguments: [],
    options: [],
    examples: [{ line: "millrace version", says: "for a report of a problem" }],
    load: async () => (await import("../../commands/version.ts")).version,
  },
];
