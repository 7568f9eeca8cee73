import { Readable } from 'node:stream'
import { parse, type QuotaService } from '@quotakeeper/quota-core'
import { getTRPCErrorFromUnknown, TRPCError } from '@trpc/server'
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { toTrpcError } from '../../router/to-trpc-error.js'
import { needsToken } from '../../router/trpc.js'
import { callerOf } from '../access/caller-of.js'
import { inputJsonSchema } from '../rest/input-json-schema.js'
import { problemMediaType, problemOfError } from '../rest/problem.js'
import { inputFromQuery } from '../rest/read-input.js'
import type { DoorOptions } from '../trpc/trpc-door.js'
import { type ExportFormat, type ExportRequest, exportSchema } from './export-input.js'
import { exportRoute } from './export-route.js'
import { historyTable, ledgerTable, summaryTable } from './export-table.js'
import { exportText } from './export-text.js'

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
export function exportDoor(app: FastifyInstance, prefix: string, options: DoorOptions): void {
  const running = new Set<Readable>()
  // A client that has stopped reading must not keep the server from closing.
  app.addHook('preClose', async () => {
    for (const stream of running) stream.destroy()
  })
  app.get(`${prefix}${exportRoute.path}`, async (request, reply) => {
    try {
      const { format, request: wanted } = readRequest(request, options)
      const text = textOf(options.services.service, wanted, format)
      const stream = Readable.from(await begun(text), { objectMode: false })
      running.add(stream)
      stream.once('close', () => running.delete(stream))
      stream.once('error', err => request.log.error({ err }, 'an export broke off'))
      reply.raw.setTimeout(longestPauseMs, () => reply.raw.destroy())
      const fileName = `${fileNameOf(wanted)}.${format}`
      return await reply
        .type(mediaTypes[format])
        .header('content-disposition', `attachment; filename="${fileName}"`)
        .send(stream)
    } catch (error) {
      return sendProblem(reply, error, options.services.configFile)
    }
  })
}

function readRequest(
  request: FastifyRequest,
  { access }: DoorOptions,
): { readonly format: ExportFormat; readonly request: ExportRequest } {
  if (!callerOf(request, access).mayUse) throw needsToken()
  const query = new URLSearchParams(request.url.split('?', 2)[1] ?? '')
  return parse(exportSchema, inputFromQuery(query, inputJsonSchema(exportSchema)))
}

function textOf(service: QuotaService, request: ExportRequest, format: ExportFormat): AsyncGenerator<string> {
  switch (request.what) {
    case 'history':
      return exportText(historyTable(service, request), format)
    case 'summary':
      return exportText(summaryTable(service, request), format)
    case 'ledger':
      return exportText(ledgerTable(service, request), format)
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

function sendProblem(reply: FastifyReply, error: unknown, configFile: string | null): FastifyReply {
  const known = error instanceof TRPCError ? error : toTrpcError(getTRPCErrorFromUnknown(error), configFile)
  if (known.code === 'INTERNAL_SERVER_ERROR') reply.log.error({ err: error }, 'an export failed')
  const { problem, headers } = problemOfError(known, configFile)
  return reply.code(problem.status).headers(headers).type(problemMediaType).send(problem)
}
