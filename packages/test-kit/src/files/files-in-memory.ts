import { readFileSync } from 'node:fs'
import { chmod, mkdtemp, rm, statfs } from 'node:fs/promises'
import { join } from 'node:path'
import { leaveLastWill } from '../process/last-will.js'

const memory = '/dev/shm'
/** Almost four times what a run of `packages/db` has at most. */
const neededBytes = 4 * 1024 ** 3

/**
 * Vitest's global set-up: temporary files are in memory, where there is room, and `TMPDIR` does not say where else. Each
 * database is 300 files that are there for seconds. On ext4 without a journal, which looks at each file removed in the last
 * minutes to find a free place, to make them took 25 of the 151 s of a core of `packages/db`.
 */
export default async function putFilesInMemory(): Promise<() => Promise<void>> {
  if (process.env['TMPDIR'] !== undefined || !(await hasRoom())) return async () => {}
  const directory = await mkdtemp(join(memory, 'qk-'))
  // PostgreSQL may run as another user.
  await chmod(directory, 0o711)
  const lastWill = leaveLastWill({ script: removal, args: [directory] })
  process.env['TMPDIR'] = directory
  return async () => {
    delete process.env['TMPDIR']
    await rm(directory, { recursive: true, force: true })
    lastWill.revoke()
  }
}

/** Servers have wills of their own, which find them by this file. */
const removal = `seconds=0
while [ -n "$(find "$1" -name postmaster.pid)" ] && [ "$seconds" -lt 30 ]; do
  sleep 1
  seconds=$((seconds + 1))
done
rm -rf "$1"`

/** Whether memory has room for the files of a run. */
export async function hasRoom(): Promise<boolean> {
  if (!runsPrograms()) return false
  const { bavail, bsize } = await statfs(memory)
  return Math.min(bavail * bsize, process.availableMemory()) >= neededBytes
}

/** Whether it is there, and programs may be in it, as some tests want. */
function runsPrograms(): boolean {
  try {
    const line = /^\S+ \/dev\/shm tmpfs (\S+)/m.exec(readFileSync('/proc/self/mounts', 'utf8'))
    return line?.[1]?.split(',').includes('noexec') === false
  } catch {
    return false
  }
}
