import { type QueryClient, useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { useLanguage } from '../texts/language-provider.js'
import type { Translate } from '../texts/translate.js'
import { sessionKey } from './api.js'
import { fetchApi } from './fetch-api.js'
import { addressOf } from './path-prefix.js'

/** The rights of the user. */
export interface Session {
  /** Whether a token is needed and missing. */
  readonly signInNeeded: boolean
  readonly mayUse: boolean
  readonly mayChange: boolean
  /** Whether there is a session to sign out of. */
  readonly isSignedIn: boolean
  /** The consumer that the session is bound to: only it and those below are shown. Null if all are. */
  readonly consumer: string | null
  /** Whether the consumers below its own may be changed, and tokens made. */
  readonly mayManage: boolean
}

async function askSession(t: Translate, init?: RequestInit): Promise<Session> {
  const response = await fetchApi(t, addressOf('/session'), init)
  if (response.ok) return (await response.json()) as Session
  const problem = (await response.json().catch(() => null)) as { readonly detail?: string } | null
  throw new Error(problem?.detail ?? t('notices.httpStatus', { status: String(response.status) }))
}

export function useSession() {
  const { t } = useLanguage()
  return useQuery({ queryKey: sessionKey, queryFn: () => askSession(t), staleTime: 30_000, retry: 2 })
}

/** Exchanges a token for a session. The token is not stored. */
export function useSignIn() {
  const { t } = useLanguage()
  const queryClient = useQueryClient()
  return useMutation({
    mutationFn: (token: string) =>
      askSession(t, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ token }),
      }),
    onSuccess: session => begin(queryClient, session),
  })
}

export function useSignOut() {
  const { t } = useLanguage()
  const queryClient = useQueryClient()
  return useMutation({
    mutationFn: () => askSession(t, { method: 'DELETE' }),
    onSuccess: session => begin(queryClient, session),
  })
}

/** Clears data of the previous user. */
function begin(queryClient: QueryClient, session: Session): void {
  queryClient.setQueryData(sessionKey, session)
  queryClient.removeQueries({ predicate: query => query.queryKey[0] !== sessionKey[0] })
}
