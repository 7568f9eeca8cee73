import { fieldOf, isObject } from '../../json-value.js'
import { candidatesOf } from './gemini-answer.js'
import { partsOf } from './gemini-parts.js'

type Fields = Record<string, unknown>

/** The whole answer that events amount to: the parts of each candidate in a row; of other fields the last value counts. */
export function assembleGemini(events: readonly unknown[]): unknown {
  const answer = newFields()
  const candidates = new Map<number, Fields>()
  for (const event of events.filter(isObject)) {
    setAll(answer, event, 'candidates')
    for (const [place, candidate] of candidatesOf(event).entries()) {
      const index = indexOf(candidate, place)
      const whole = candidates.get(index) ?? newFields()
      candidates.set(index, whole)
      addCandidate(whole, candidate)
    }
  }
  if (candidates.size === 0) return { ...answer }
  const sorted = [...candidates].toSorted(([left], [right]) => left - right)
  return { candidates: sorted.map(([, candidate]) => ({ ...candidate })), ...answer }
}

/** Which of the candidates side by side one is. */
export function indexOf(candidate: unknown, place: number): number {
  const index = fieldOf(candidate, 'index')
  return typeof index === 'number' ? index : place
}

function addCandidate(whole: Fields, candidate: unknown): void {
  if (!isObject(candidate)) return
  const before = whole['content']
  setAll(whole, candidate, 'content')
  const { content } = candidate
  if (!isObject(content)) return
  const merged = { ...(isObject(before) ? before : {}), ...content }
  whole['content'] =
    before === undefined && !Array.isArray(content['parts'])
      ? merged
      : { ...merged, parts: partsOf(content).reduce<readonly unknown[]>(withPart, partsOf(before)) }
}

/** Text goes on in the part before, if that is of the same kind and has no signature, which stands for its whole part. */
function withPart(parts: readonly unknown[], part: unknown): readonly unknown[] {
  const last = parts.at(-1)
  if (!isObject(last) || !isObject(part) || !isPlainText(last) || !isPlainText(part)) return [...parts, part]
  if (last['thought'] !== part['thought']) return [...parts, part]
  return [...parts.slice(0, -1), { ...last, text: `${last['text']}${part['text']}` }]
}

function isPlainText(part: Readonly<Record<string, unknown>>): boolean {
  return (
    typeof part['text'] === 'string' && Object.keys(part).every(field => ['text', 'thought'].includes(field))
  )
}

function setAll(whole: Fields, from: Readonly<Record<string, unknown>>, except: string): void {
  for (const [field, value] of Object.entries(from))
    if (field !== except) whole[field] = value ?? whole[field] ?? null
}

/** Without a prototype, since vendors name the fields. */
function newFields(): Fields {
  return Object.create(null)
}
