import { existsSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import fastifyStatic from '@fastify/static'
import { contentPolicy } from '@quotakeeper/server-kit'
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'

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
  '/calls',
  '/performance',
  '/alerts',
]

const absent = `The page is not built: run "npx -y pnpm@12.4.2 build". The API is at /trpc and /api/v1, described at /openapi.json.
`

declare module 'fastify' {
  interface FastifyReply {
    /** Sends the dashboard; only where it is built. */
    sendPage(): Promise<FastifyReply>
  }
}

/**
 * Serves the dashboard, or how to build it if it is missing.
 * @param pathPrefix that the addresses in the page begin with; '' for none
 */
export function servePage(app: FastifyInstance, directory: string, pathPrefix: string): void {
  if (!existsSync(join(directory, 'index.html'))) {
    app.get('/', async (_request, reply) => reply.type('text/plain; charset=utf-8').send(absent))
    return
  }
  app.register(fastifyStatic, {
    root: directory,
    index: false,
    cacheControl: false,
    // Scripts of 620 KB are 197 KB.
    preCompressed: true,
    setHeaders: (reply, path) => {
      for (const [name, value] of Object.entries(pageHeaders)) reply.header(name, value)
      // Their names contain a content hash.
      if (path.includes('/assets/')) reply.header('cache-control', 'public, max-age=31536000, immutable')
    },
  })
  const file = join(directory, 'index.html')
  app.decorateReply('sendPage', async function (this: FastifyReply) {
    // Read each time: a build while this runs replaces it.
    const html = prefixed(await readFile(file, 'utf8'), pathPrefix)
    return this.headers(pageHeaders).type('text/html; charset=utf-8').send(html)
  })
  for (const place of places) app.get(place, (_request, reply) => reply.sendPage())
}

const pageHeaders = { 'content-security-policy': contentPolicy, 'cache-control': 'no-store' } as const

/** The built page, whose addresses are relative, with those of this server, and with its prefix for the script. */
function prefixed(html: string, pathPrefix: string): string {
  return html
    .replaceAll(/(src|href)="\.\//g, `$1="${pathPrefix}/`)
    .replace('name="path-prefix" content=""', `name="path-prefix" content="${pathPrefix}"`)
}

/** Whether a browser navigated to an unknown path, for which the dashboard shows an error. */
export function isLostOnPage(app: FastifyInstance, { method, url, headers }: FastifyRequest): boolean {
  const isPerson = method === 'GET' && headers.accept?.includes('text/html') === true
  return isPerson && !/^\/(api|trpc|assets)\//.test(url) && app.hasReplyDecorator('sendPage')
}
