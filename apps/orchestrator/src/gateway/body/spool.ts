import { randomUUID } from 'node:crypto'
import { type FileHandle, mkdir, open, readdir, rm, unlink } from 'node:fs/promises'
import { hostname } from 'node:os'
import { join } from 'node:path'
import type { Caller } from '../../callers/caller.js'
import { SharedBound } from '../../callers/shared-bound.js'
import type { MemoryShare } from './memory-budget.js'

/** Options of the spool. */
export interface SpoolOptions {
  /** Parent of this process's folder. */
  readonly parent: string
  /** Disk limit of all files together. */
  readonly maxTotalBytes: number
}

/** Part of a body kept in memory. */
const memoryBytes = 1_048_576
const folderName = /^quotakeeper-spool-(.+)-(\d+)-[0-9a-f-]{36}$/

/**
 * Stores bodies that are too large for memory in private files of a folder of this process. Files are unlinked once
 * open, so that they disappear with the process however it ends.
 */
export class Spool {
  readonly #options: SpoolOptions
  readonly #folder: string
  readonly #bound: SharedBound

  constructor(options: SpoolOptions) {
    this.#options = options
    this.#bound = new SharedBound(options.maxTotalBytes)
    this.#folder = join(options.parent, `quotakeeper-spool-${host()}-${process.pid}-${randomUUID()}`)
  }

  /** Removes folders of ended processes on this machine. Never rejects. */
  async clear(): Promise<void> {
    const names = await readdir(this.#options.parent).catch(() => [])
    const left = names.filter(name => {
      const [, machine, processId] = folderName.exec(name) ?? []
      return machine === host() && !isRunning(Number(processId))
    })
    await Promise.all(left.map(name => removed(join(this.#options.parent, name))))
  }

  /** Removes the folder. Open files stay readable. Never rejects. */
  async close(): Promise<void> {
    await removed(this.#folder)
  }

  /** Opens an empty file for a call. Its first MiB is taken from `memory`, or stored on disk if there is no room. */
  open(memory: Pick<MemoryShare, 'growTo'>, caller: Caller): SpooledFile {
    return new SpooledFile({
      memory,
      create: () => this.#create(),
      take: (amount, before) => this.#bound.take({ caller, amount, before }),
      giveBack: bytes => this.#bound.giveBack(caller, bytes),
    })
  }

  async #create(): Promise<FileHandle> {
    await mkdir(this.#folder, { recursive: true, mode: 0o700 })
    const path = join(this.#folder, randomUUID())
    const handle = await open(path, 'wx+', 0o600)
    // An unlinked file ends with the process; platforms without that remove it with the folder.
    await unlink(path).catch(() => undefined)
    return handle
  }
}

interface SpoolRoom {
  readonly memory: Pick<MemoryShare, 'growTo'>
  create(): Promise<FileHandle>
  take(bytes: number, beforeBytes: number): boolean
  giveBack(bytes: number): void
}

/** A spooled body: up to its first MiB in memory, the rest on disk. Can be read repeatedly. */
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

  /** Appends a chunk. @returns false if there is no disk space. Rejects if the disk fails. */
  async append(chunk: Buffer): Promise<boolean> {
    const headBytes = this.#headBytes + chunk.length
    const isHead = this.#diskBytes === 0 && headBytes <= memoryBytes
    if (isHead && this.#room.memory.growTo(headBytes)) {
      // A copy, since chunks are slices of larger buffers.
      this.#head.push(Buffer.from(chunk))
      this.#headBytes = headBytes
      return true
    }
    if (this.#isClosed || !this.#room.take(chunk.length, this.#diskBytes)) return false
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

  /** The bytes from `start` up to `end`. Rejects if closed or the disk fails. */
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

  /** Frees its space. Idempotent. */
  close(): void {
    if (this.#isClosed) return
    this.#isClosed = true
    this.#room.giveBack(this.#diskBytes)
    // Running reads finish first.
    this.#handle?.close().catch(() => undefined)
  }
}

const readBytes = 262_144

function host(): string {
  return hostname()
    .replaceAll(/[^\w.]/g, '_')
    .slice(0, 100)
}

/** Our own process id may be that of an earlier process, as in a restarted container. */
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
  // A process of another user must not be touched.
  await rm(path, { recursive: true, force: true }).catch(() => undefined)
}
