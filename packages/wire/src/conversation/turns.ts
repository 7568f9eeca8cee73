import type { Call, Item, Message, Reasoning, Result } from './conversation.js'

/** A turn of one side, as in chat completions and Messages. */
export type Turn =
  | { readonly type: 'said'; readonly message: Message }
  | {
      readonly type: 'assistant'
      readonly items: readonly (Message | Reasoning | Call)[]
      /** The results of its calls, in the order of the calls. */
      readonly results: readonly Result[]
    }
  /** A result without its call in the request. */
  | { readonly type: 'orphan'; readonly result: Result }

/**
 * Groups items into turns: consecutive items of the assistant are one turn, and results follow the turn of their calls,
 * since both dialects refuse results elsewhere. A call without a result gets an empty one, unless it is last.
 */
export function turnsOf(items: readonly Item[]): readonly Turn[] {
  const results = resultsByCall(items)
  const used = new Set<Result>()
  const turns: Turn[] = []
  let place = 0
  while (place < items.length) {
    const item = items[place]
    if (item === undefined) break
    if (item.type === 'result') {
      if (!used.has(item)) turns.push({ type: 'orphan', result: item })
      place += 1
    } else if (!isAssistants(item)) {
      turns.push({ type: 'said', message: item })
      place += 1
    } else {
      const group: (Message | Reasoning | Call)[] = []
      let next: Item | undefined = item
      while (next !== undefined && (isAssistants(next) || (next.type === 'result' && used.has(next)))) {
        if (next.type !== 'result') group.push(next)
        place += 1
        next = items[place]
      }
      const isEnd = next === undefined
      const found = group.flatMap(member =>
        member.type === 'call' ? [resultOf(member, results, isEnd)] : [],
      )
      const taken = found.filter(result => result !== null)
      for (const result of taken) used.add(result)
      turns.push({ type: 'assistant', items: group, results: taken })
    }
  }
  return turns
}

function isAssistants(item: Item): item is Message | Reasoning | Call {
  return (
    item.type === 'reasoning' ||
    item.type === 'call' ||
    (item.type === 'message' && item.role === 'assistant')
  )
}

/** The results of one id. Ids may be reused in later rounds. */
interface Results {
  readonly list: Result[]
  takenCount: number
}

function resultsByCall(items: readonly Item[]): Map<string, Results> {
  const byCall = new Map<string, Results>()
  for (const item of items) {
    if (item.type !== 'result') continue
    const known = byCall.get(item.callId)
    if (known === undefined) byCall.set(item.callId, { list: [item], takenCount: 0 })
    else known.list.push(item)
  }
  return byCall
}

function resultOf(call: Call, results: Map<string, Results>, isEnd: boolean): Result | null {
  const known = results.get(call.id)
  const found = known?.list[known.takenCount]
  if (known !== undefined) known.takenCount += 1
  if (found !== undefined) return found
  if (isEnd) return null
  return { type: 'result', callId: call.id, isCustom: call.tool.isCustom, parts: [], isError: false }
}
