import type { Command } from 'commander'
import { usageFailure } from '../failure.js'
import { bashCompletion, fishCompletion, zshCompletion } from '../terminal/completion-scripts.js'

const scripts = { bash: bashCompletion, zsh: zshCompletion, fish: fishCompletion } as const

/** `quotakeeper completion`: prints a script with which a shell completes commands and options. */
export function addCompletion(program: Command): void {
  program
    .command('completion')
    .description('print a script that completes commands and options in a shell')
    .argument('<shell>', 'bash, zsh or fish')
    .addHelpText(
      'after',
      '\nExamples:\n  quotakeeper completion fish > ~/.config/fish/completions/quotakeeper.fish\n  eval "$(quotakeeper completion bash)"    # in ~/.bashrc\n  eval "$(quotakeeper completion zsh)"     # in ~/.zshrc, after compinit',
    )
    .action((shell: string) => {
      if (shell !== 'bash' && shell !== 'zsh' && shell !== 'fish')
        throw usageFailure('the shell must be bash, zsh or fish')
      process.stdout.write(scripts[shell](program))
    })
}
