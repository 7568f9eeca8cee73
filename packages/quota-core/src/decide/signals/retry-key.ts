import { subjectsOfProvider } from '../../domain/call-subjects.js'
import type { RetryKeyCommand } from '../../domain/command.js'
import { type CoolDown, kindsOfKey } from '../../domain/cool-down.js'
import type { Change, QuotaState } from '../../domain/state.js'
import { providerRef } from '../../domain/subject.js'
import { liveProvider } from '../call-counters.js'
import type { Decision } from '../decision.js'

/**
 * Ends the refusal of a key when the provider has another one, so that calls use it. No trial is needed: nothing is
 * known against the new key, and if it is refused too, the vendor's next answer shows it. Cool-downs unrelated to the
 * key stay.
 * @throws QuotaError UNKNOWN_PROVIDER
 */
export function decideRetryKey(state: QuotaState, command: RetryKeyCommand, nowMs: number): Decision {
  const provider = liveProvider(state, command.name, 'name')
  const changes: Change[] = []
  let refused = false
  for (const ref of subjectsOfProvider(state, provider.name)) {
    for (const coolDown of state.coolDowns(ref)) {
      if (!kindsOfKey.has(coolDown.kind)) continue
      if (isOfOtherKey(coolDown, command)) changes.push({ table: 'endedCoolDown', row: coolDown })
      else refused ||= coolDown.kind === 'bad_credential'
    }
  }
  const changed = changes.length > 0
  if (changed) {
    const subject = providerRef(command.name)
    const details = { ended: changes.length }
    changes.push({
      table: 'audit',
      row: { atMs: nowMs, actor: 'gateway', action: 'providers.retryKey', subject, details },
    })
  }
  return { changes, answer: () => ({ name: command.name, changed, refused }) }
}

/** Whether the vendor has refused the provider's key (bad credential or billing). */
export function hasRefusedKey(state: QuotaState, name: string): boolean {
  const provider = state.provider(name)
  if (provider === undefined || provider.removedAtMs !== null) return false
  return subjectsOfProvider(state, name).some(ref =>
    [...state.coolDowns(ref)].some(({ kind }) => kindsOfKey.has(kind)),
  )
}

function isOfOtherKey(
  { keyFingerprint }: CoolDown,
  command: Pick<RetryKeyCommand, 'keyFingerprint' | 'isOtherThanUnknown'>,
): boolean {
  return keyFingerprint === null ? command.isOtherThanUnknown : keyFingerprint !== command.keyFingerprint
}
