#!/usr/bin/env node
import { readFileSync } from 'node:fs'
import { readEnvironment } from './env.js'
import { exitCodes } from './failure.js'
import { createProgram } from './program.js'
import { exitCodeOf } from './run-command.js'
import { inUsedCommand, usedCommand } from './terminal/used-command.js'

function readVersion(): string {
  const manifest: unknown = JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8'))
  const hasVersion = typeof manifest === 'object' && manifest !== null && 'version' in manifest
  return hasVersion ? String(manifest.version) : 'unknown'
}

const interruption = new AbortController()
const { signal } = interruption
process.on('SIGINT', () => {
  // A second interrupt exits at once.
  if (signal.aborted) process.exit(exitCodes.interrupted)
  interruption.abort()
})
process.once('SIGTERM', () => interruption.abort())
for (const stream of [process.stdout, process.stderr]) {
  stream.on('error', (error: NodeJS.ErrnoException) => {
    // The reader closed the pipe: "quotakeeper usage export ledger | head".
    if (error.code === 'EPIPE') process.exit(exitCodes.done)
    // Such as a full disk: "quotakeeper status > file".
    const remedy = 'free space for it, or write it elsewhere'
    process.stderr.write(`quotakeeper: the output cannot be written (${error.code}): ${remedy}\n`)
    process.exit(exitCodes.failed)
  })
}

const command = usedCommand({ environment: process.env, file: process.argv[1] ?? '' })

try {
  const program = createProgram(
    { environment: readEnvironment(), signal, usedCommand: command },
    readVersion(),
  )
  await program.parseAsync()
} catch (error) {
  const { exitCode, line } = exitCodeOf(error, signal)
  if (line !== null) process.stderr.write(`quotakeeper: ${inUsedCommand(line, command)}\n`)
  process.exitCode = exitCode
}
