import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import fastifyStatic from '@fastify/static'
import { contentPolicy } from '@quotakeeper/server-kit'
import type { FastifyInstance, FastifyRequest } from 'fastify'

/** The build directory of the dashboard in the workspace, the same for this application built or from source. */
export const builtPageDirectory = fileURLToPath(new URL('../../../../dashboard/dist', import.meta.url))

/** Client-side routes of the dashboard. */
const places = [
  '/',
  '/providers/:name',
  '/keys',
  '/routing',
  '/try',
  '/consumers',
  '/consumers/:name',
  '/requests',
  '/requests/:id',
  '/usage',
  '/alerts',
]

const absent = `The page is not built: run "npx -y pnpm@12.4.2 build". The API is at /trpc and /api/v1, described at /openapi.json.
`

/** Serves the dashboard, or how to build it if it is missing. */
export function servePage(app: FastifyInstance, directory: string): void {
  if (!existsSync(join(directory, 'index.html'))) {
    app.get('/', async (_request, reply) => reply.type('text/plain; charset=utf-8').send(absent))
    return
  }
  app.register(fastifyStatic, {
    root: directory,
    index: false,
    cacheControl: false,
    setHeaders: (reply, path) => {
      reply.header('content-security-policy', contentPolicy)
      reply.header('cache-control', 'no-store')
      // Their names contain a content hash.
      if (path.includes('/assets/')) reply.header('cache-control', 'public, max-age=31536000, immutable')
    },
  })
  for (const place of places) app.get(place, (_request, reply) => reply.sendFile('index.html'))
}

/** Whether a browser navigated to an unknown path, for which the dashboard shows an error. */
export function isLostOnPage(app: FastifyInstance, { method, url, headers }: FastifyRequest): boolean {
  const isPerson = method === 'GET' && headers.accept?.includes('text/html') === true
  return isPerson && !/^\/(api|trpc|assets)\//.test(url) && app.hasReplyDecorator('sendFile')
}
