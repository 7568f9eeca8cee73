import { createApiDatabase } from '@quotakeeper/test-kit'
import { createTRPCClient, httpLink, type TRPCClient } from '@trpc/client'
import type { AppRouter } from '../src/index.js'
import { type BuiltApi, type Folder, makeFolder, startApiInstance } from './api-process.js'

type Client = TRPCClient<AppRouter>
export type CreateInput = Parameters<Client['tokens']['create']['mutate']>[0]

/** The tokens of the environment. */
export const environment = {
  QUOTA_API_TOKEN: 'a-token-of-the-environment-for-use',
  QUOTA_ADMIN_TOKEN: 'a-token-of-the-environment-for-changes',
}

/** An API with the provider `groq_1`. */
export interface TokenFixture extends AsyncDisposable {
  readonly folder: Folder
  readonly database: { readonly url: string }
  readonly api: BuiltApi
  /** With the admin token of the environment. */
  readonly root: Client
  /** A client with this token, of this API unless another is given. */
  clientOf(secret: string, origin?: string): Client
  /** Makes a token, under a name that no other has. */
  tokenWith(
    scopes: CreateInput['scopes'],
    more?: Partial<CreateInput>,
  ): Promise<{ readonly name: string; readonly secret: string; readonly client: Client }>
}

export async function startTokenFixture(): Promise<TokenFixture> {
  const folder = await makeFolder()
  const database = await createApiDatabase()
  const api = await startApiInstance(folder, { QUOTA_DATABASE_URL: database.url, ...environment })
  const clientOf = (secret: string, origin = api.origin): Client => {
    const headers = { authorization: `Bearer ${secret}` }
    return createTRPCClient<AppRouter>({ links: [httpLink({ url: `${origin}/trpc`, headers })] })
  }
  const root = clientOf(environment.QUOTA_ADMIN_TOKEN)
  await root.providers.upsert.mutate({ name: 'groq_1', vendor: 'groq' })
  let names = 0
  return {
    ...{ folder, database, api, root, clientOf },
    tokenWith: async (scopes, more = {}) => {
      const name = `token ${++names}`
      const { secret } = await root.tokens.create.mutate({ name, scopes, ...more })
      return { name, secret: secret ?? '', client: clientOf(secret ?? '') }
    },
    [Symbol.asyncDispose]: async () => {
      await api[Symbol.asyncDispose]()
      await database.drop()
      await folder[Symbol.asyncDispose]()
    },
  }
}

export async function sha256Of(secret: string): Promise<string> {
  const bytes = await crypto.subtle.digest('SHA-256', new TextEncoder().encode(secret))
  return Buffer.from(bytes).toString('hex')
}
