import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync } from 'node:fs'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import type { DoctorLine } from '@quotakeeper/api'
import type { Session } from '../session.js'

/** The API's program for databases, relative to this build. */
const examiner = fileURLToPath(new URL('../../../api/dist/doctor.js', import.meta.url))

/**
 * Checks settings, configuration and database of this machine; with `fixes`, repairs. Empty outside of a built
 * workspace.
 */
export async function* localLines(
  { signal }: Pick<Session, 'signal'>,
  { fixes = false }: { readonly fixes?: boolean } = {},
): AsyncGenerator<DoctorLine, void, void> {
  if (!existsSync(examiner)) return
  const child = spawn(process.execPath, [examiner, ...(fixes ? ['--fix'] : [])], {
    stdio: ['ignore', 'pipe', 'inherit'],
    signal,
  })
  const ended = once(child, 'close')
  // Awaited below, unless reading fails first.
  ended.catch(() => undefined)
  // Built together with this, so its output has this format.
  for await (const line of createInterface({ input: child.stdout })) yield JSON.parse(line) as DoctorLine
  await ended
}
