import { chargeOfAnswer, chargeOfFailed, chargeOfRefused } from '../counting/actual-counts.js'
import { readVerdict } from '../vendor/read-verdict.js'
import { redactKey } from '../vendor/redact-key.js'
import type { RoutedRequest, RouteWorld, VendorAnswer } from './routed-request.js'
import { settleAttempt, signalsOf } from './settle-attempt.js'
import type { Answered, Attempt, AttemptOutcome } from './vendor-attempt.js'
import { vendorWords } from './vendor-words.js'

/** Judges a vendor's answer, and settles its attempt: it goes to the client, or another key is to be tried. */
export function judgeAnswer(
  world: RouteWorld,
  { door }: RoutedRequest,
  attempt: Attempt,
  result: Answered,
): AttemptOutcome {
  const { candidate, promptCharacters } = attempt
  const { provider, model } = candidate
  const nowMs = world.clock()
  const verdict = readVerdict(provider.vendor, result, nowMs)
  const answer = result.body
  const isAnswer = verdict.kind === 'final' && !verdict.isRefusal
  settleAttempt(world, attempt, signalsOf(attempt, result, isAnswer ? null : answer, nowMs), () => {
    if (verdict.kind === 'failed') return chargeOfFailed
    if (!isAnswer) return chargeOfRefused(provider.facts.countsRefusals)
    const countCharacters = (body: unknown): number => door.answerCharacters(body)
    return chargeOfAnswer({ vendor: provider.vendor, promptCharacters, answer, countCharacters })
  })
  const named = { providerName: provider.name, model }
  switch (verdict.kind) {
    case 'final':
      return { kind: 'answer', answer: answerFor(result, verdict.isRefusal ? provider.key : null) }
    case 'unknownModel':
      world.barred.bar(provider.name, model, nowMs)
      return { kind: 'note', note: { kind: 'unknownModel', ...named } }
    case 'refused': {
      const { tooLarge, retryAtMs } = verdict
      const { httpStatus } = result
      const words = vendorWords(answer, provider.key)
      return { kind: 'note', note: { kind: 'refused', ...named, httpStatus, tooLarge, retryAtMs, words } }
    }
    case 'failed':
      return {
        kind: 'note',
        note: {
          kind: 'failed',
          ...named,
          fault: `its vendor answered HTTP ${result.httpStatus}`,
          retryAtMs: verdict.retryAtMs,
          words: vendorWords(answer, provider.key),
        },
      }
  }
}

/** As it came; but a vendor's complaint may quote the key, which is none of the client's. */
function answerFor({ httpStatus, headers, body }: Answered, secretKey: string | null): VendorAnswer {
  return {
    httpStatus,
    contentType: headers['content-type'] ?? 'application/json',
    body: secretKey === null ? body : redactKey(body, secretKey),
  }
}
