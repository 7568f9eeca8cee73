import type { AppRouter } from '@quotakeeper/api'
import { createTRPCClient, httpSubscriptionLink } from '@trpc/client'
import { EventSource } from 'eventsource'
import { type ApiAddress, authorization, type Outputs } from './connect.js'

export type StreamedAlert = Outputs['alerts']['list']['rows'][number]

/** Callbacks of a subscription. */
export interface AlertListener {
  onAlert(alert: Omit<StreamedAlert, 'deliveries'>): void
  /** The connection was lost and is being restored. */
  onBreak(): void
  /** The connection was established, first or again. */
  onConnected(): void
}

/**
 * Follows alerts as they are raised, until the signal aborts. Resumes after a disconnect.
 * @throws refusals of the API: an invalid token or filter
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
