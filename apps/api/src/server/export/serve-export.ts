import { Readable } from 'node:stream'
import { parse, QuotaError, type QuotaService, whyNotAllowed } from '@quotakeeper/quota-core'
import type { FastifyInstance, FastifyRequest } from 'fastify'
import type { Services } from '../../router/context.js'
import { forbidden, needsToken } from '../../router/trpc.js'
import { onTokenEnd } from '../../tokens/on-token-end.js'
import { callerOf } from '../access/caller.js'
import type { YieldingLane } from '../read-lanes.js'
import { inputFromQuery, inputJsonSchema } from '../rest/read-input.js'
import { sendProblemOf } from '../send-problem.js'
import { type ExportFormat, type ExportRequest, exportSchema } from './export-input.js'
import { exportRoute } from './export-route.js'
import { historyTable, ledgerTable, summaryTable } from './export-table.js'
import { type ExportOptions, exportText } from './export-text.js'

/** Most concurrent exports; each holds some hundred rows and reads the database in turn. */
const maxExports = 32

type ExportServices = Pick<Services, 'service' | 'lanes' | 'tokens' | 'configFile'>

/** Longest time without reading before a client is disconnected. */
const longestPauseMs = 120_000

const mediaTypes: Readonly<Record<ExportFormat, string>> = {
  csv: 'text/csv; charset=utf-8; header=present',
  jsonl: 'application/jsonl; charset=utf-8',
}

/**
 * Serves usage as a file of any length. One page of rows is in memory, read after the client has received the previous
 * one; a disconnecting client or a closing server ends the export. An error before the first page is a normal problem
 * response; later the connection is broken, so that an incomplete file is recognisable.
 */
export function serveExport(app: FastifyInstance, prefix: string, services: ExportServices): void {
  const running = new Set<AbortController>()
  // A client that stopped reading must not keep the server from closing.
  app.addHook('preClose', async () => {
    for (const controller of running) controller.abort()
  })
  app.get(`${prefix}${exportRoute.path}`, { exposeHeadRoute: false }, async (request, reply) => {
    const controller = new AbortController()
    try {
      const { format, request: wanted } = readRequest(request)
      if (running.size >= maxExports) throw tooManyExports()
      running.add(controller)
      const stopWatching = onTokenEnd(callerOf(request), services.tokens, () => controller.abort())
      reply.raw.once('close', () => {
        stopWatching()
        running.delete(controller)
        controller.abort()
      })
      const { signal } = controller
      const { service, lanes } = services
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
      return sendProblemOf(reply, error, services.configFile)
    }
  })
}

function tooManyExports(): QuotaError {
  return new QuotaError(
    'READ_REFUSED',
    `${maxExports} exports are running: try again when one has ended, or read the ledger page by page`,
  )
}

const exportNeed = { scope: 'read', isForConsumers: false } as const

function readRequest(request: FastifyRequest): {
  readonly format: ExportFormat
  readonly request: ExportRequest
} {
  const { mayUse, token } = callerOf(request)
  if (!mayUse) throw needsToken()
  const why = token === null ? null : whyNotAllowed(token, exportNeed, 'this call')
  if (why !== null) throw forbidden(why)
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

/** The same text, each part read in a turn shared with other exports. */
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
 * The same text with its first two parts read: the CSV header needs no store, so it does not show failures.
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

/** `ledger-groq_1-2026-11-01-2026-11-30`: letters, digits and a few signs, for any provider name. */
function fileNameOf(request: ExportRequest): string {
  const under = request.what === 'history' ? null : request.under
  const parts = [request.what, request.providerName, under, request.days?.from, request.days?.to]
  return parts
    .filter(part => part !== null && part !== undefined)
    .map(part => part.replaceAll(/[^\w.-]+/g, '_'))
    .join('-')
}
