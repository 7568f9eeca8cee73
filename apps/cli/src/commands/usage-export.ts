import { type Command, Option } from 'commander'
import { authorization, timeoutMs } from '../api/connect.js'
import { refusal, unreachable } from '../api/to-failure.js'
import { exitCodes, Failure } from '../failure.js'
import { type DaysOptions, daysOf } from '../input/days.js'
import { withDays } from '../input/days-options.js'
import { action, type Runner } from '../run-command.js'
import type { Session } from '../session.js'
import { bytes } from '../terminal/numbers.js'
import { openExportFile } from './export-file.js'

interface Options extends DaysOptions {
  readonly format: string
  readonly provider?: string
  /** The name of a consumer. */
  readonly under?: string
  readonly groupBy?: string
  readonly output?: string
}

/** `quotakeeper usage export`: history, sums or the ledger as a file of any length. */
export function addExport(usage: Command, runner: Runner): void {
  const command = usage
    .command('export')
    .description('history, summary or ledger as CSV or JSON Lines, of any length')
    .argument('<what>', 'history, summary or ledger')
  withDays(command, '7; of the ledger all that is kept')
    .addOption(new Option('--format <format>', 'csv or jsonl').choices(['csv', 'jsonl']).default('csv'))
    .option('--provider <name>', 'one provider only')
    .option('--under <consumer>', 'of summaries and the ledger: only this consumer and everything below it')
    .option('--group-by <keys>', 'of summaries: day, hour, provider, model, consumer; by commas')
    .option(
      '--output <file>',
      'write to this file instead of standard output; it appears when it is complete',
    )
    .addHelpText(
      'after',
      '\nExamples:\n  quotakeeper usage export history --from 2026-10-01 --to 2026-10-31 --output october.csv\n  quotakeeper usage export ledger --format jsonl | gzip > ledger.jsonl.gz',
    )
    .action(action<[string, Options]>(runner, exportUsage))
}

async function exportUsage(session: Session, what: string, options: Options): Promise<void> {
  const { output } = options
  const body = await openExport(session, what, options)
  const { isInteractive } = session.terminal
  if (output === undefined) {
    try {
      return await write(session, body, { take: toStdout, mayShow: !isInteractive })
    } catch (error) {
      // Output already in a pipe or a shell's file cannot be undone.
      if (session.signal.aborted) session.terminal.note('Interrupted: the output is incomplete.')
      throw error
    }
  }
  const file = await openExportFile(output)
  try {
    await write(session, body, { take: chunk => file.write(chunk), mayShow: true })
    await file.finish()
  } catch (error) {
    await file.discard()
    throw error
  }
}

async function openExport(
  { api, signal, clock }: Session,
  what: string,
  { format, provider, under, groupBy, ...days }: Options,
): Promise<ReadableStream<Uint8Array>> {
  const url = new URL(`${api.url}/api/v1/usage/export`)
  url.searchParams.set('what', what)
  url.searchParams.set('format', format)
  if (provider !== undefined) url.searchParams.set('providerName', provider)
  if (under !== undefined) url.searchParams.set('under', under)
  for (const key of groupBy?.split(',') ?? []) url.searchParams.append('groupBy', key.trim())
  const isWholeLedger =
    what === 'ledger' && Object.keys(days).every(key => !['from', 'to', 'days'].includes(key))
  if (!isWholeLedger) {
    const { from, to } = daysOf(days, clock())
    url.searchParams.set('from', from)
    url.searchParams.set('to', to)
  }
  // Only the time to the first byte is bounded; the reader determines the rest.
  const beginning = new AbortController()
  const timer = setTimeout(() => beginning.abort(new Error('it did not start in time')), timeoutMs)
  try {
    const response = await fetch(url, {
      headers: authorization(api.token),
      signal: AbortSignal.any([signal, beginning.signal]),
    })
    if (!response.ok || response.body === null) throw await refusalOf(response)
    return response.body
  } catch (error) {
    throw error instanceof Failure ? error : unreachable(api.url, error)
  } finally {
    clearTimeout(timer)
  }
}

/** Converts the API's problem (RFC 9457) to the failure of the equivalent tRPC error. */
async function refusalOf(response: Response): Promise<Failure> {
  const codes: Readonly<Record<number, string>> = {
    400: 'BAD_REQUEST',
    401: 'UNAUTHORIZED',
    403: 'FORBIDDEN',
    503: 'SERVICE_UNAVAILABLE',
  }
  const text = await response.text()
  let message = `the API answers ${response.status}`
  try {
    const problem: unknown = JSON.parse(text)
    if (typeof problem === 'object' && problem !== null && 'detail' in problem)
      message = String(problem.detail)
  } catch {
    // Not a problem document, for example from a proxy: only the status is known.
  }
  return refusal({ code: codes[response.status] ?? 'FAILED', message, quotaCode: null })
}

async function write(
  { signal, api }: Session,
  body: ReadableStream<Uint8Array>,
  {
    take,
    mayShow,
  }: {
    readonly take: (chunk: Uint8Array) => Promise<void>
    /** Whether to show progress; not if the export itself goes to the terminal. */
    readonly mayShow: boolean
  },
): Promise<void> {
  let written = 0
  let shownAtMs = 0
  const showsProgress = process.stderr.isTTY === true && mayShow
  const reader = body.getReader()
  try {
    while (true) {
      const { done, value } = await reader.read().catch(cause => {
        throw signal.aborted
          ? cause
          : new Failure(
              `the export from ${api.url} was aborted after ${bytes(written)}: the output is incomplete; run it again, or export fewer days (--days)`,
              exitCodes.unreachable,
              { cause },
            )
      })
      if (done) break
      await take(value)
      written += value.byteLength
      if (showsProgress && performance.now() - shownAtMs > 100) {
        shownAtMs = performance.now()
        process.stderr.write(`\r${bytes(written)}\u001b[K`)
      }
    }
  } finally {
    if (showsProgress) process.stderr.write('\r\u001b[K')
    // Cancels the unread rest.
    await reader.cancel().catch(() => undefined)
  }
}

/** Waits for a slow reader of standard output, so that the export is never buffered in memory. */
function toStdout(chunk: Uint8Array): Promise<void> {
  return new Promise((resolve, reject) => {
    process.stdout.write(chunk, error => {
      if (error === null || error === undefined) resolve()
      else reject(error)
    })
  })
}
