import type { IncomingMessage } from 'node:http'

/** A served path. */
interface KnownPath {
  /** Matches the part after `/v1/`. */
  readonly whole: RegExp
  readonly ofDeployment: RegExp
}

/**
 * The path forms of an endpoint: `/v1/X`, `/X`, `/openai/v1/X` (Groq's SDK), Azure's `/openai/deployments/MODEL/X` and
 * `/openai/X`, each with or without a final slash. Everything else sees only `/v1/X`.
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
    const url = request.url ?? '/'
    const end = url.indexOf('?')
    const query = end === -1 ? '' : url.slice(end)
    const path = (end === -1 ? url : url.slice(0, end)).replace(/(?<=.)\/+$/, '')
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
    if (path.startsWith('/openai/v1/')) return path.slice('/openai'.length)
    const rest = path.startsWith('/openai/') ? path.slice('/openai/'.length) : path.slice(1)
    return this.#known.some(({ whole }) => whole.test(rest)) ? `/v1/${rest}` : path
  }
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
