import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import fastifyStatic from '@fastify/static'
import type { FastifyInstance, FastifyRequest } from 'fastify'

/** Where the workspace builds the page; beside this application, whether it runs built or from source. */
export const builtPageDirectory = fileURLToPath(new URL('../../../../dashboard/dist', import.meta.url))

/** Addresses of the page that the page itself tells apart. */
const places = ['/', '/providers/:name', '/requests', '/requests/:id', '/usage', '/alerts']

/** Everything from here, nothing inline, in nobody's frame. */
const policy = [
  "default-src 'self'",
  "base-uri 'none'",
  "object-src 'none'",
  "form-action 'self'",
  "frame-ancestors 'none'",
].join('; ')

const absent = `The page is not built: run "npx -y pnpm@12.4.2 build". The API is at /trpc and /api/v1, described at /openapi.json.
`

/** Serves the page, and in its absence what to do about that. */
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
      reply.header('content-security-policy', policy)
      reply.header('cache-control', 'no-store')
      // Their names change with what is in them.
      if (path.includes('/assets/')) reply.header('cache-control', 'public, max-age=31536000, immutable')
    },
  })
  for (const place of places) app.get(place, (_request, reply) => reply.sendFile('index.html'))
}

/** Whether somebody with a browser has lost their way, and the page can tell them. */
export function isLostOnPage(app: FastifyInstance, { method, url, headers }: FastifyRequest): boolean {
  const isPerson = method === 'GET' && headers.accept?.includes('text/html') === true
  return isPerson && !/^\/(api|trpc|assets)\//.test(url) && app.hasReplyDecorator('sendFile')
}
