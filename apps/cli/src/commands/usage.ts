import type { Command } from 'commander'
import type { Runner } from '../run-command.js'
import { addExport } from './usage-export.js'
import { addRecord } from './usage-record.js'
import { addReset } from './usage-reset.js'
import { addTables } from './usage-tables.js'

/** `quotakeeper usage …`: recorded usage. */
export function addUsage(program: Command, runner: Runner): void {
  const usage = program.command('usage').description('recorded usage')
  addRecord(usage, runner)
  addTables(usage, runner)
  addExport(usage, runner)
  addReset(usage, runner)
}
