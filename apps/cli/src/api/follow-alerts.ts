import type { AppRouter } from '@quotakeeper/api'
import { createTRPCClient, httpSubscriptionLink } from '@trpc/client'
import { EventSource } from 'eventsource'
import { type ApiAddress, authorization, type Outputs } from './connect.js'

export type StreamedAlert = Outputs['alerts']['list']['rows'][number]

/** What a follower is told. */
export interface AlertListener {
  onAlert(alert: Omit<StreamedAlert, 'deliveries'>): void
  /** The connection is gone; it is made again. */
  onBreak(): void
  /** It is there, for the first time or again. */
  onConnected(): void
}

/**
 * Follows alerts as they are raised, until the signal aborts. After a break it goes on where it stopped.
 * @throws what the API refuses: a token that is none, a filter that is wrong
 */
export function followAlerts(
  { url, token }: ApiAddress,
  filter: { readonly severity?: StreamedAlert['severity'] },
  { listener, signal }: { readonly listener: AlertListener; readonly signal: AbortSignal },
): Promise<void> {
  const client = createTRPCClient<AppRouter>({
    links: [
      httpSubscriptionLink({
        url: `${url}/trpc`,
        EventSource,
        eventSourceOptions: () => ({
          fetch: (input, init) =>
            fetch(input, { ...init, headers: { ...init.headers, ...authorization(token) } }),
        }),
      }),
    ],
  })
  return new Promise((resolve, reject) => {
    const subscription = client.alerts.stream.subscribe(filter, {
      onData: ({ data }) => listener.onAlert(data),
      onError: reject,
      onConnectionStateChange: ({ state, error }) => {
        if (state === 'pending') listener.onConnected()
        else if (state === 'connecting' && error !== null) listener.onBreak()
      },
    })
    signal.addEventListener(
      'abort',
      () => {
        subscription.unsubscribe()
        resolve()
      },
      { once: true },
    )
  })
}
