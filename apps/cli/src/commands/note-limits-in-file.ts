import type { LimitInput } from '../input/limit-setting.js'
import type { OwnersInFile } from '../input/limits-in-file.js'
import type { Terminal } from '../terminal/terminal.js'
import { stripControls } from '../terminal/text-width.js'

/** Notes the lines that set these limits in the configuration file, which alone may change them. */
export async function noteLimitsInFile(
  terminal: Pick<Terminal, 'note'>,
  owners: OwnersInFile,
  name: string,
  limits: readonly LimitInput[],
): Promise<void> {
  // With a library for YAML, which other commands need not load.
  const { limitsInFile } = await import('../input/limits-in-file.js')
  terminal.note(stripControls(`Set this in the configuration file, in the entry of ${name}:`))
  for (const line of limitsInFile(owners, name, limits).split('\n')) terminal.note(stripControls(line))
}
