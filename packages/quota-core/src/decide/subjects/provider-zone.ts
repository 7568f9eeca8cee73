import type { UpsertProviderCommand } from '../../domain/command.js'
import type { QuotaState } from '../../domain/state.js'

/** The time zone that a command asks for; undefined where the provider keeps the one that it has. */
export function askedTimeZone(
  state: Pick<QuotaState, 'provider'>,
  { name, timeZone, timeZoneWhenNew }: UpsertProviderCommand,
): string | undefined {
  return timeZone ?? (state.provider(name) === undefined ? timeZoneWhenNew : undefined)
}
