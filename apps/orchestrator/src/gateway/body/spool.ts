import { randomUUID } from 'node:crypto'
import { type FileHandle, mkdir, open, readdir, rm, unlink } from 'node:fs/promises'
import { hostname } from 'node:os'
import { join } from 'node:path'
import type { MemoryShare } from './memory-budget.js'

/** How files are spooled. */
export interface SpoolOptions {
  /** Where the folder of this process is made. */
  readonly parent: string
  /** What all files together may take on disk, in bytes. */
  readonly maxTotalBytes: number
}

/** What of a body stays in memory, in bytes. */
const memoryBytes = 1_048_576
const folderName = /^quotakeeper-spool-(.+)-(\d+)-[0-9a-f-]{36}$/

/**
 * Where bodies wait that are too large for memory: in files of a folder of this process's own, which nobody else may read
 * and which have no name once they are open, so that they go with the process however it ends.
 */
export class Spool {
  readonly #options: SpoolOptions
  readonly #folder: string
  #takenBytes = 0

  constructor(options: SpoolOptions) {
    this.#options = options
    this.#folder = join(options.parent, `quotakeeper-spool-${host()}-${process.pid}-${randomUUID()}`)
  }

  /** Removes what processes of this machine have left that no longer run. Never rejects. */
  async clear(): Promise<void> {
    const names = await readdir(this.#options.parent).catch(() => [])
    const left = names.filter(name => {
      const [, machine, processId] = folderName.exec(name) ?? []
      return machine === host() && !isRunning(Number(processId))
    })
    await Promise.all(left.map(name => removed(join(this.#options.parent, name))))
  }

  /** Removes the folder. Files that are still open stay readable to whoever has them. Never rejects. */
  async close(): Promise<void> {
    await removed(this.#folder)
  }

  /** An empty file. `memory` is what its first MiB is taken from; where there is none, all of it goes to disk. */
  open(memory: Pick<MemoryShare, 'growTo'>): SpooledFile {
    return new SpooledFile({
      memory,
      create: () => this.#create(),
      take: bytes => {
        if (this.#takenBytes + bytes > this.#options.maxTotalBytes) return false
        this.#takenBytes += bytes
        return true
      },
      giveBack: bytes => {
        this.#takenBytes -= bytes
      },
    })
  }

  async #create(): Promise<FileHandle> {
    await mkdir(this.#folder, { recursive: true, mode: 0o700 })
    const path = join(this.#folder, randomUUID())
    const handle = await open(path, 'wx+', 0o600)
    // Without a name it ends with the process; who cannot do so removes it with the folder.
    await unlink(path).catch(() => undefined)
    return handle
  }
}

interface SpoolRoom {
  readonly memory: Pick<MemoryShare, 'growTo'>
  create(): Promise<FileHandle>
  take(bytes: number): boolean
  giveBack(bytes: number): void
}

/** A body that was written down: up to its first MiB in memory, the rest on disk. Read as often as it takes. */
export class SpooledFile {
  readonly #room: SpoolRoom
  readonly #head: Buffer[] = []
  #headBytes = 0
  #diskBytes = 0
  #handle: FileHandle | null = null
  #isClosed = false

  constructor(room: SpoolRoom) {
    this.#room = room
  }

  get sizeBytes(): number {
    return this.#headBytes + this.#diskBytes
  }

  /** Adds to it. @returns false where there is no room on disk. Rejects where the disk fails. */
  async append(chunk: Buffer): Promise<boolean> {
    const headBytes = this.#headBytes + chunk.length
    const isHead = this.#diskBytes === 0 && headBytes <= memoryBytes
    if (isHead && this.#room.memory.growTo(headBytes)) {
      // A copy: chunks are parts of larger buffers.
      this.#head.push(Buffer.from(chunk))
      this.#headBytes = headBytes
      return true
    }
    if (this.#isClosed || !this.#room.take(chunk.length)) return false
    const position = this.#diskBytes
    this.#diskBytes += chunk.length
    const handle = this.#handle ?? (await this.#room.create())
    this.#handle = handle
    if (this.#isClosed) await handle.close()
    for (let written = 0; written < chunk.length; ) {
      const { bytesWritten } = await handle.write(chunk, written, chunk.length - written, position + written)
      written += bytesWritten
    }
    return true
  }

  /** The bytes from `start` up to `end`. Rejects when it was closed, or the disk fails. */
  async *read(start: number, end: number): AsyncGenerator<Buffer, undefined> {
    let position = 0
    for (const chunk of this.#head) {
      const part = chunk.subarray(Math.max(start - position, 0), Math.max(end - position, 0))
      if (part.length > 0) yield part
      position += chunk.length
    }
    for (let at = Math.max(start, position); at < end; ) {
      if (this.#handle === null || this.#isClosed) throw new Error('the spooled file is closed')
      const wanted = Buffer.allocUnsafe(Math.min(readBytes, end - at))
      const { bytesRead } = await this.#handle.read(wanted, 0, wanted.length, at - position)
      if (bytesRead === 0) throw new Error('the spooled file is shorter than it was written')
      yield wanted.subarray(0, bytesRead)
      at += bytesRead
    }
    return undefined
  }

  /** Gives its room back. Idempotent. */
  close(): void {
    if (this.#isClosed) return
    this.#isClosed = true
    this.#room.giveBack(this.#diskBytes)
    // What is being read is read to its end before.
    this.#handle?.close().catch(() => undefined)
  }
}

const readBytes = 262_144

function host(): string {
  return hostname()
    .replaceAll(/[^\w.]/g, '_')
    .slice(0, 100)
}

/** One's own number may have been that of a process before, as in a container that was started again. */
function isRunning(processId: number): boolean {
  if (processId === process.pid) return false
  try {
    process.kill(processId, 0)
    return true
  } catch (error) {
    return error instanceof Error && 'code' in error && error.code === 'EPERM'
  }
}

async function removed(path: string): Promise<void> {
  // Another user's is not ours to remove.
  await rm(path, { recursive: true, force: true }).catch(() => undefined)
}
