import { createReadStream, type ReadStream } from 'node:fs'
import { createRequire } from 'node:module'
import { contentPolicy } from './content-policy.js'

/** 754 kB, read only when somebody opens the page. */
const bundle = 'openapi-explorer/dist/browser/openapi-explorer.min.js'

/** The only style element that its library writes; the browser's console says another one where a release changes it. */
const libraryStyle = "'sha256-9aqQytT2ZQbdDJhFfTQabM6FIXrmKZIvlqr19fkzwl0='"

/**
 * As for other pages, but with style attributes, of which the library's templates have some 260: a nonce does not apply
 * to attributes, and a hash would be needed for each. Style elements are only our own and one of the library, scripts
 * only our own.
 */
export const referencePolicy = [
  contentPolicy,
  `style-src 'self' ${libraryStyle}`,
  "style-src-attr 'unsafe-inline'",
].join('; ')

/** The media type of {@link referenceScript}. */
export const scriptMediaType = 'text/javascript; charset=utf-8'

/**
 * A page that shows the OpenAPI document at `openapi.json`, made in the browser by the script at `docs/reference.js`.
 * Addresses are relative, so that it works behind a path prefix.
 */
export function referencePage(title: string): string {
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${title} · Quotakeeper</title>
<script type="module" src="docs/reference.js"></script>
</head>
<body>
<openapi-explorer spec-url="openapi.json" hide-server-selection hide-authentication></openapi-explorer>
</body>
</html>
`
}

/** The script of the page. */
export function referenceScript(): ReadStream {
  return createReadStream(createRequire(import.meta.url).resolve(bundle))
}
