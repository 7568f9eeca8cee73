import { createReadStream } from 'node:fs'
import { createRequire } from 'node:module'
import type { FastifyInstance } from 'fastify'
import { contentPolicy } from './content-policy.js'

/** 754 kB, read only when somebody opens the page. */
const bundle = 'openapi-explorer/dist/browser/openapi-explorer.min.js'

/** As for other pages, but with inline styles, which its library writes; scripts are only our own. */
const policy = `${contentPolicy}; style-src 'self' 'unsafe-inline'`

// Addresses are relative, so that it works behind a path prefix.
const page = `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>API reference · Quotakeeper</title>
<script type="module" src="docs/reference.js"></script>
</head>
<body>
<openapi-explorer spec-url="openapi.json" hide-server-selection hide-authentication></openapi-explorer>
</body>
</html>
`

/** Serves the reference of the API at `/docs`, made in the browser from `/openapi.json`, without another host. */
export function serveReference(app: FastifyInstance): void {
  app.get('/docs', async (_request, reply) =>
    reply.header('content-security-policy', policy).type('text/html; charset=utf-8').send(page),
  )
  app.get('/docs/reference.js', async (_request, reply) => {
    const file = createRequire(import.meta.url).resolve(bundle)
    return reply
      .header('cache-control', 'public, max-age=3600')
      .type('text/javascript; charset=utf-8')
      .send(createReadStream(file))
  })
}
