import { Command } from 'commander'
import type { Runner } from '../run-command.js'
import { addExport } from './usage-export.js'
import { addRecord } from './usage-record.js'
import { addReset } from './usage-reset.js'
import { addTables } from './usage-tables.js'

/** `quotakeeper usage …`: recorded usage; without a command, today's. */
export function addUsage(program: Command, runner: Runner): void {
  const usage = program
    .command('usage')
    .description('recorded usage; without a command, that of today')
    .addHelpText(
      'after',
      '\nExamples:\n  quotakeeper usage\n  quotakeeper usage summary --group-by day,model\n  quotakeeper usage ledger --limit 20\n  quotakeeper usage export history --output usage.csv',
    )
    .hook('preSubcommand', refuseUnknown)
  addRecord(usage, runner)
  addTables(usage, runner)
  addExport(usage, runner)
  addReset(usage, runner)
}

/**
 * Refuses an unknown command, which Commander would pass to the default one as an argument, with Commander's own message
 * and suggestion: those of the same commands without a default.
 */
function refuseUnknown(usage: Command): void {
  const [word] = usage.args
  if (word === undefined || word.startsWith('-') || usage.commands.some(known => known.name() === word))
    return
  const group = new Command(usage.name()).copyInheritedSettings(usage)
  for (const known of usage.commands) group.command(known.name())
  group.parse([word], { from: 'user' })
}
