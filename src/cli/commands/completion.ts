/** `create-hardened-eks completion <shell>`: static scripts, written from the declarations. */
import type { Command } from "commander";
import { declarations } from "../../features/index.ts";
import { CliError, EXIT, type ExitCode } from "../exit.ts";
import type { Terminal } from "../terminal.ts";

interface Flag {
  flag: string;
  summary: string;
  words: string[];
  takesValue: boolean;
}

function flagsOf(program: Command): Flag[] {
  return program.options
    .filter((option) => option.long)
    .map((option) => {
      const declaration = declarations.find((entry) => `--${entry.flag}` === option.long);
      return {
        flag: option.long as string,
        summary: declaration?.summary ?? option.description,
        words: [
          ...(declaration?.choices?.map((entry) => String(entry.value)) ??
            declaration?.suggestions ??
            []),
        ],
        takesValue: option.required,
      };
    });
}

const single = (text: string): string => text.replaceAll("'", "'\\''");

function bash(flags: readonly Flag[], commands: readonly string[]): string {
  const cases = flags
    .filter((entry) => entry.takesValue)
    .map(
      ({ flag, words }) =>
        `    ${flag}) COMPREPLY=($(compgen -W '${words.join(" ")}' -- "$word")); return ;;`,
    )
    .join("\n");
  return `# bash completion for create-hardened-eks
_create_hardened_eks() {
  local word="\${COMP_WORDS[COMP_CWORD]}" before="\${COMP_WORDS[COMP_CWORD - 1]}"
  case "$before" in
${cases}
  esac
  if [[ "$word" == -* ]]; then
    COMPREPLY=($(compgen -W '${flags.map((entry) => entry.flag).join(" ")}' -- "$word"))
  else
    COMPREPLY=($(compgen -W '${commands.join(" ")}' -- "$word") $(compgen -d -- "$word"))
  fi
}
complete -F _create_hardened_eks create-hardened-eks
`;
}

function zsh(flags: readonly Flag[], commands: readonly string[]): string {
  const specs = flags.map(({ flag, summary, words, takesValue }) => {
    const text = single(summary.replace(/[[\]:]/g, " "));
    return `    '${flag}[${text}]${takesValue ? `:value:(${words.join(" ")})` : ""}'`;
  });
  return `#compdef create-hardened-eks
_create_hardened_eks() {
  _arguments \\
${specs.join(" \\\n")} \\
    '1:command or directory:(${commands.join(" ")})' \\
    '*:directory:_files -/'
}
compdef _create_hardened_eks create-hardened-eks
`;
}

function fish(flags: readonly Flag[], commands: readonly string[]): string {
  const lines = flags.map(({ flag, summary, words, takesValue }) =>
    [
      `complete -c create-hardened-eks -l ${flag.slice(2)}`,
      takesValue ? "-x" : "",
      words.length > 0 ? `-a '${words.join(" ")}'` : "",
      `-d '${single(summary)}'`,
    ]
      .filter((part) => part !== "")
      .join(" "),
  );
  return `# fish completion for create-hardened-eks
complete -c create-hardened-eks -n __fish_use_subcommand -a '${commands.join(" ")}'
${lines.join("\n")}
`;
}

const writers: Record<string, typeof bash> = { bash, zsh, fish };

/** Prints the completion script of a shell. Throws `CliError` (usage) for a shell it does not know. */
export function printCompletion(shell: string, terminal: Terminal, program: Command): ExitCode {
  const write = Object.hasOwn(writers, shell) ? writers[shell] : undefined;
  if (write === undefined)
    throw new CliError(`no completion for ${shell}`, EXIT.usage, "name bash, zsh or fish");
  terminal.out(
    write(
      flagsOf(program),
      program.commands.map((command) => command.name()),
    ),
  );
  return EXIT.ok;
}
