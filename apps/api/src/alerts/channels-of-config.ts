import type { Environment } from '@quotakeeper/server-kit'
import type { Config } from '../config/config-schema.js'
import type { Log } from '../log.js'
import type { AlertChannel } from './channel.js'
import { emailChannel } from './email-channel.js'
import { slackChannel, webhookChannel } from './http-channels.js'

type Receiver = NonNullable<NonNullable<Config['alerts']>['send']>[number]

/** The channels to the configured receivers. One with a missing or invalid variable is skipped and logged. */
export function channelsOfConfig(
  config: Config | null,
  { environment, log }: { readonly environment: Environment; readonly log: Log },
): readonly AlertChannel[] {
  return (config?.alerts?.send ?? []).flatMap(receiver => {
    try {
      return [channelOf(receiver, environment)]
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error)
      log.error({}, `alerts.send: ${reason}: this receiver will get no alerts`)
      return []
    }
  })
}

function channelOf(receiver: Receiver, environment: Environment): AlertChannel {
  if ('slack' in receiver) {
    const { urlEnv } = receiver.slack
    return slackChannel(`slack:${urlEnv}`, addressIn(environment, urlEnv))
  }
  if ('webhook' in receiver) {
    const { urlEnv, secretEnv } = receiver.webhook
    const secret = secretEnv === undefined ? null : valueIn(environment, secretEnv)
    return webhookChannel(`webhook:${urlEnv}`, addressIn(environment, urlEnv), secret)
  }
  const { smtpUrlEnv, to } = receiver.email
  return emailChannel(`email:${to.join(',')}`, addressIn(environment, smtpUrlEnv), to)
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
