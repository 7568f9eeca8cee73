import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync } from 'node:fs'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import type { Finding } from './finding.js'

/** The part of the API that knows databases, seen from where this is built to. */
const examiner = fileURLToPath(new URL('../../../api/dist/doctor.js', import.meta.url))

/** Settings, configuration and database of this machine, where no API answers. None outside of a built workspace. */
export async function* localFindings(signal: AbortSignal): AsyncGenerator<Finding, void, void> {
  if (!existsSync(examiner)) return
  const child = spawn(process.execPath, [examiner], { stdio: ['ignore', 'pipe', 'inherit'], signal })
  const ended = once(child, 'close')
  // Told by the generator's end; nobody waits for it when reading fails first.
  ended.catch(() => undefined)
  for await (const line of createInterface({ input: child.stdout })) {
    const finding: unknown = JSON.parse(line)
    if (isFinding(finding)) yield finding
  }
  await ended
}

function isFinding(value: unknown): value is Finding {
  if (typeof value !== 'object' || value === null) return false
  return 'about' in value && 'found' in value && 'remedy' in value
}
