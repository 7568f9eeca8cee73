import type { Reason, RequestTrace } from '../api/quota-api.js'
import type { Note } from '../route/note.js'
import type { AttemptOutcome } from '../route/vendor-attempt.js'
import type { Candidate } from '../routing/resolve-model.js'

/** What is told of the way of a request, whatever it comes to. */
export type Story = Pick<RequestTrace, 'attempts' | 'skipped' | 'waitedMs'>

type AttemptTrace = RequestTrace['attempts'][number]
type SkipTrace = RequestTrace['skipped'][number]

/** More is not kept: a hundred keys that are spent say what there is to say. */
const mostTold = 100
const longestEnding = 200

/** A key that the API passed over. */
interface PassedOver {
  readonly providerName: string
  /** Null for a call without a model. */
  readonly model: string | null
  readonly reasons: readonly Reason[]
}

/** Collects how a request is routed, step by step. */
export class RequestStory {
  readonly #attempts: AttemptTrace[] = []
  /** The last word on each key. */
  readonly #skipped = new Map<string, SkipTrace>()
  #waitedMs = 0

  attempted({ provider, model }: Candidate, outcome: AttemptOutcome): void {
    if (this.#attempts.length >= mostTold) return
    this.#attempts.push({ providerName: provider.name, model, ...endingOf(outcome) })
  }

  /** Keys that the API passed over before the one that it granted. */
  passedOver(skipped: readonly PassedOver[]): void {
    for (const { providerName, model, reasons } of skipped) {
      this.#skip({ providerName, model: model ?? '', reasons: reasons.map(reasonOf) })
    }
  }

  /** A key that was left alone because its vendor has just refused others. */
  rested(note: Note): void {
    if (note.kind !== 'refused' || note.retryAtMs === null) return
    const retryAt = new Date(note.retryAtMs).toISOString()
    this.#skip({
      providerName: note.providerName,
      model: note.model,
      reasons: [{ code: 'cooling_down', limitId: null, retryAt }],
    })
  }

  /** Keys that were not called, and why. */
  noted(notes: readonly Note[]): void {
    for (const note of notes) {
      if (note.kind === 'denied') this.passedOver([note])
      if (note.kind !== 'missing') continue
      const reasons = [{ code: 'missing', limitId: null, retryAt: null }]
      this.#skip({ providerName: note.providerName, model: '', reasons })
    }
  }

  waitedUntil(sinceMs: number, nowMs: number): void {
    this.#waitedMs = Math.max(0, Math.round(nowMs - sinceMs))
  }

  get told(): Story {
    return { attempts: this.#attempts, skipped: [...this.#skipped.values()], waitedMs: this.#waitedMs }
  }

  #skip(skip: SkipTrace): void {
    const key = `${skip.providerName}/${skip.model}`
    if (this.#skipped.size < mostTold || this.#skipped.has(key)) this.#skipped.set(key, skip)
  }
}

function reasonOf({ code, limitId, retryAt, cause, httpStatus }: Reason): SkipTrace['reasons'][number] {
  // An API of the release before neither gives a cause nor takes one.
  return { code, limitId, retryAt, ...(cause === undefined ? {} : { cause, httpStatus }) }
}

function endingOf(outcome: AttemptOutcome): Pick<AttemptTrace, 'httpStatus' | 'ending'> {
  switch (outcome.kind) {
    case 'answer':
      return { httpStatus: outcome.answer.httpStatus, ending: 'answered' }
    case 'gone':
      return { httpStatus: null, ending: 'aborted' }
    case 'noRoom':
      return { httpStatus: null, ending: 'no memory for its answer' }
    case 'note':
      return endingOfNote(outcome.note)
  }
}

function endingOfNote(note: Note): Pick<AttemptTrace, 'httpStatus' | 'ending'> {
  switch (note.kind) {
    case 'refused':
      return { httpStatus: note.httpStatus, ending: note.tooLarge ? 'too large' : 'refused' }
    case 'failed':
      return { httpStatus: null, ending: note.fault.slice(0, longestEnding) }
    case 'unknownModel':
      return { httpStatus: null, ending: 'unknown model' }
    default:
      return { httpStatus: null, ending: note.kind }
  }
}
