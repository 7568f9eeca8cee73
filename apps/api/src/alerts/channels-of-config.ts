import type { Environment } from '@quotakeeper/server-kit'
import type { Config } from '../config/config-schema.js'
import type { Log } from '../log.js'
import type { AlertChannel } from './channel.js'
import { emailChannel } from './email-channel.js'
import { slackChannel, webhookChannel } from './http-channels.js'

type Receiver = NonNullable<NonNullable<Config['alerts']>['send']>[number]

/** A receiver, and whose alerts it gets. */
interface Sending {
  readonly receiver: Receiver
  /** The consumer whose receiver it is; null for everyone's. */
  readonly owner: string | null
  readonly consumers: readonly string[] | null
}

/**
 * The channels to the configured receivers: those of everyone's alerts, and those of consumers, which get their own and
 * those of consumers below. One with a missing or invalid variable is skipped and logged.
 */
export function channelsOfConfig(
  config: Config | null,
  { environment, log }: { readonly environment: Environment; readonly log: Log },
): readonly AlertChannel[] {
  return sendings(config).flatMap(sending => {
    try {
      return [channelOf(sending, environment)]
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error)
      log.error({}, `alerts.send: ${reason}: this receiver will get no alerts`)
      return []
    }
  })
}

function sendings(config: Config | null): readonly Sending[] {
  const { alerts, consumers = [] } = config ?? {}
  return [
    ...(alerts?.send ?? []).map(receiver => ({ receiver, owner: null, consumers: null })),
    ...consumers.flatMap(({ name, alerts: own }) =>
      (own?.send ?? []).map(receiver => ({ receiver, owner: name, consumers: namesUnder(name, consumers) })),
    ),
  ]
}

/** A consumer and those below it. */
function namesUnder(name: string, consumers: NonNullable<Config['consumers']>): readonly string[] {
  const children = consumers.filter(({ parent }) => parent === name)
  return [name, ...children.flatMap(child => namesUnder(child.name, consumers))]
}

function channelOf({ receiver, owner, consumers }: Sending, environment: Environment): AlertChannel {
  const nameOf = (address: string): string => (owner === null ? address : `${address}@${owner}`)
  if ('slack' in receiver) {
    const { urlEnv } = receiver.slack
    return { ...slackChannel(nameOf(`slack:${urlEnv}`), addressIn(environment, urlEnv)), consumers }
  }
  if ('webhook' in receiver) {
    const { urlEnv, secretEnv } = receiver.webhook
    const secret = secretEnv === undefined ? null : valueIn(environment, secretEnv)
    const channel = webhookChannel(nameOf(`webhook:${urlEnv}`), addressIn(environment, urlEnv), secret)
    return { ...channel, consumers }
  }
  const { smtpUrlEnv, to } = receiver.email
  const channel = emailChannel(nameOf(`email:${to.join(',')}`), addressIn(environment, smtpUrlEnv), to)
  return { ...channel, consumers }
}

function valueIn(environment: Environment, name: string): string {
  const value = environment[name]
  if (value === undefined || value === '') throw new Error(`${name} is not set`)
  return value
}

function addressIn(environment: Environment, name: string): string {
  const value = valueIn(environment, name)
  // Without the value, which may be a secret.
  if (!URL.canParse(value)) throw new Error(`${name} is not a URL`)
  return value
}
