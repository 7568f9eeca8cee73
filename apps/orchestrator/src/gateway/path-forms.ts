import type { IncomingMessage } from 'node:http'
import { geminiMethods } from '../endpoints/gemini/gemini-call.js'

/** A served path. */
interface KnownPath {
  /** Matches the part after `/v1/`. */
  readonly whole: RegExp
  readonly ofDeployment: RegExp
}

/**
 * The path forms of an endpoint: `/v1/X`, `/X`, `/openai/v1/X` (Groq's SDK), Azure's `/openai/deployments/MODEL/X` and
 * `/openai/X`; of Gemini's methods `/v1beta/models/MODEL:X`, `/v1/…`, `/v1alpha/…` and `/models/…`. Each also with a final
 * slash, doubled slashes, or its version twice, as base URLs with and without these give it, and behind a scheme and
 * host, as for a proxy. Everything else sees only `/v1/X` and `/v1beta/models/MODEL:X`.
 */
export class PathForms {
  readonly #known: readonly KnownPath[]
  readonly #models = new WeakMap<IncomingMessage, string>()

  /** @param paths the served paths, as `/v1/X`; others have no further forms. Parameters are `:name` */
  constructor(paths: readonly string[]) {
    this.#known = paths
      .filter(path => path.startsWith('/v1/'))
      // Longest first: MODEL may contain slashes, so `completions` also matches `chat/completions`.
      .toSorted((left, right) => right.length - left.length)
      .map(path => knownPath(path.slice('/v1/'.length)))
  }

  /** Normalises the URL of a request for routing. Stores the model named in the path. */
  rewrite(request: IncomingMessage): string {
    const url = (request.url ?? '/').replace(absoluteStart, '')
    const end = url.indexOf('?')
    const query = end === -1 ? '' : url.slice(end)
    const path = plainPath(end === -1 ? url : url.slice(0, end))
    for (const { ofDeployment } of this.#known) {
      const [, model, rest] = ofDeployment.exec(path) ?? []
      if (model === undefined || rest === undefined) continue
      this.#models.set(request, decoded(model))
      return `/v1/${rest}${query}`
    }
    return this.#common(path) + query
  }

  /** The model named in the path of a request; null for none. */
  modelOf(request: IncomingMessage): string | null {
    return this.#models.get(request) ?? null
  }

  #common(path: string): string {
    const ofGemini = geminiForm.exec(path)?.[1]
    if (ofGemini !== undefined) return `/v1beta/models/${ofGemini}`
    if (path.startsWith('/openai/v1/')) return path.slice('/openai'.length)
    const rest = path.startsWith('/openai/') ? path.slice('/openai/'.length) : path.slice(1)
    return this.#known.some(({ whole }) => whole.test(rest)) ? `/v1/${rest}` : path
  }
}

/** The scheme and host of a target in the form for proxies (RFC 9112, 3.2.2). */
const absoluteStart = /^https?:\/\/[^/?]*/i
const geminiForm = new RegExp(`^(?:/v1|/v1alpha)?/models/(.+:(?:${geminiMethods.join('|')}))$`)

/** With one slash at a time, none at its end, and its version once. */
function plainPath(path: string): string {
  const single = `/${path}`.replaceAll(/\/{2,}/g, '/').replace(/(?<=.)\/$/, '')
  return single.replace(/^\/(v1|v1beta)(?=\/\1\/)/, '')
}

function knownPath(name: string): KnownPath {
  const pattern = name
    .split('/')
    .map(part => (part.startsWith(':') ? '[^/]+' : part.replaceAll(/[^\w-]/g, '\\$&')))
    .join('/')
    .replace(/\\\*$/, '.+')
  return {
    whole: new RegExp(`^${pattern}$`),
    ofDeployment: new RegExp(`^/openai/deployments/(.+)/(${pattern})$`),
  }
}

/** Invalid encoding is left unchanged. */
function decoded(text: string): string {
  try {
    return decodeURIComponent(text)
  } catch {
    return text
  }
}
