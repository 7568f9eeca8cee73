import type { IncomingMessage } from 'node:http'

/** A path that is served, in whichever form it was asked for. */
interface KnownPath {
  /** What stands behind `/v1/`. */
  readonly whole: RegExp
  readonly ofDeployment: RegExp
}

/**
 * The forms in which clients ask for one endpoint: `/v1/X`, `/X`, `/openai/v1/X` as Groq's SDK does, Azure's
 * `/openai/deployments/MODEL/X` and `/openai/X`, each with a slash behind it or without. All else sees `/v1/X` alone.
 */
export class PathForms {
  readonly #known: readonly KnownPath[]
  readonly #models = new WeakMap<IncomingMessage, string>()

  /** @param paths what is served, as `/v1/X`; others have no other forms. Parameters stand as `:name`. */
  constructor(paths: readonly string[]) {
    this.#known = paths
      .filter(path => path.startsWith('/v1/'))
      // The longest first: MODEL may have slashes, so that `completions` fits `chat/completions`, too.
      .toSorted((left, right) => right.length - left.length)
      .map(path => knownPath(path.slice('/v1/'.length)))
  }

  /** The address of a request in the form that is routed. Keeps the model that the path may name. */
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

  /** The model that the path of a request names; null where it names none. */
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

/** What is encoded wrongly stands for itself. */
function decoded(text: string): string {
  try {
    return decodeURIComponent(text)
  } catch {
    return text
  }
}
