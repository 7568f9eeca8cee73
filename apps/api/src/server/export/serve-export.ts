import { Readable } from 'node:stream'
import { parse, QuotaError, type QuotaService } from '@quotakeeper/quota-core'
import type { FastifyInstance, FastifyRequest } from 'fastify'
import { needsToken } from '../../router/trpc.js'
import { callerOf } from '../access/caller.js'
import type { YieldingLane } from '../read-lanes.js'
import { inputFromQuery, inputJsonSchema } from '../rest/read-input.js'
import { sendProblemOf } from '../send-problem.js'
import type { ServeOptions } from '../trpc/serve-trpc.js'
import { type ExportFormat, type ExportRequest, exportSchema } from './export-input.js'
import { exportRoute } from './export-route.js'
import { historyTable, ledgerTable, summaryTable } from './export-table.js'
import { type ExportOptions, exportText } from './export-text.js'

/** Exports at once: each holds some hundred rows, and has a turn at the database in its order. */
const maxExports = 32

/** How long a client may read nothing before it is given up, in milliseconds. */
const longestPauseMs = 120_000

const mediaTypes: Readonly<Record<ExportFormat, string>> = {
  csv: 'text/csv; charset=utf-8; header=present',
  jsonl: 'application/jsonl; charset=utf-8',
}

/**
 * Serves usage as a file of any length. A page of rows is in memory at once, read when the client has taken
 * the one before; a client that hangs up, or a server that closes, ends the reading. What fails before the
 * first page is a problem as elsewhere; afterwards the connection is cut, so that half a file is told from
 * a whole one.
 */
export function serveExport(app: FastifyInstance, prefix: string, options: ServeOptions): void {
  const running = new Set<AbortController>()
  // A client that has stopped reading must not keep the server from closing.
  app.addHook('preClose', async () => {
    for (const controller of running) controller.abort()
  })
  app.get(`${prefix}${exportRoute.path}`, { exposeHeadRoute: false }, async (request, reply) => {
    const controller = new AbortController()
    try {
      const { format, request: wanted } = readRequest(request, options)
      if (running.size >= maxExports) throw tooManyExports()
      running.add(controller)
      reply.raw.once('close', () => {
        running.delete(controller)
        controller.abort()
      })
      const { signal } = controller
      const { service, lanes } = options.services
      const text = inTurns(textOf(service, wanted, { format, signal }), lanes.exportPages, signal)
      const stream = Readable.from(await begun(text), { objectMode: false, signal })
      stream.once('error', err => {
        if (!signal.aborted) request.log.error({ err }, 'an export was aborted')
      })
      reply.raw.setTimeout(longestPauseMs, () => reply.raw.destroy())
      const fileName = `${fileNameOf(wanted)}.${format}`
      return await reply
        .type(mediaTypes[format])
        .header('content-disposition', `attachment; filename="${fileName}"`)
        .send(stream)
    } catch (error) {
      return sendProblemOf(reply, error, options.services.configFile)
    }
  })
}

function tooManyExports(): QuotaError {
  return new QuotaError(
    'READ_REFUSED',
    `${maxExports} exports are running: try again when one has ended, or page through usage.ledger`,
  )
}

function readRequest(
  request: FastifyRequest,
  { access }: ServeOptions,
): { readonly format: ExportFormat; readonly request: ExportRequest } {
  if (!callerOf(request, access).mayUse) throw needsToken()
  const query = new URLSearchParams(request.url.split('?', 2)[1] ?? '')
  return parse(exportSchema, inputFromQuery(query, inputJsonSchema(exportSchema)))
}

function textOf(
  service: QuotaService,
  request: ExportRequest,
  options: ExportOptions,
): AsyncGenerator<string> {
  switch (request.what) {
    case 'history':
      return exportText(historyTable(service, request), options)
    case 'summary':
      return exportText(summaryTable(service, request), options)
    case 'ledger':
      return exportText(ledgerTable(service, request), options)
  }
}

/** The same text, each piece of it read and made in a turn of its own, as those of all other exports. */
async function* inTurns(
  text: AsyncGenerator<string>,
  lane: YieldingLane,
  signal: AbortSignal,
): AsyncGenerator<string> {
  try {
    for (;;) {
      const { value, done } = await lane.run(() => text.next(), signal)
      if (done === true) return
      yield value
    }
  } finally {
    await text.return(undefined)
  }
}

/**
 * The same text, with its beginning read: the header of CSV needs no store, hence two pieces of it.
 * @throws what reading them throws
 */
async function begun(text: AsyncGenerator<string>): Promise<AsyncGenerator<string>> {
  const first = [await text.next(), await text.next()]
  return (async function* () {
    try {
      for (const { value, done } of first) if (done !== true) yield value
      yield* text
    } finally {
      await text.return(undefined)
    }
  })()
}

/** `ledger-groq_1-2026-11-01-2026-11-30`: letters, digits and a few signs, whatever the provider is called. */
function fileNameOf(request: ExportRequest): string {
  const parts = [request.what, request.providerName, request.days?.from, request.days?.to]
  return parts
    .filter(part => part !== null && part !== undefined)
    .map(part => part.replaceAll(/[^\w.-]+/g, '_'))
    .join('-')
}
