import type { ToolName } from '../conversation/conversation.js'
import { JsonEnd } from '../json/json-end.js'
import { jsonText, parseJson } from '../json/json-text.js'
import { fieldOf, type JsonObject } from '../json/json-value.js'
import type { AnswerDelta } from './answer-delta.js'

export type TextKind = 'text' | 'refusal' | 'reasoning'

/** A streamed part of a function call. */
export interface CallPiece {
  /** Identifies the call within its answer. */
  readonly key: string
  readonly id: string
  /** Usually empty after the first part. */
  readonly tool: ToolName | null
  readonly arguments: string
  readonly extra: JsonObject
}

interface TextBlock {
  readonly kind: TextKind
  pieces: { readonly text: string; readonly logprobs: readonly unknown[] }[]
}

interface CallBlock {
  readonly kind: 'call'
  readonly key: string
  readonly id: string
  tool: ToolName | null
  extra: JsonObject
  /** Arguments not sent yet. Sent ones are not kept: slicing them off each time would take quadratic time. */
  unsent: string
  readonly end: JsonEnd
  isStarted: boolean
}

/** Receives deltas from the queue. */
export type Emit = (delta: AnswerDelta) => void

/**
 * Serialises blocks that a vendor streams in parallel (parallel calls), as Messages requires. The first block is
 * streamed; the others wait until it is complete: a call when its arguments are complete JSON, a text when another
 * block begins.
 */
export class BlockQueue {
  readonly #emit: Emit
  #head: TextBlock | CallBlock | null = null
  #waiting: (TextBlock | CallBlock)[] = []
  readonly #calls = new Map<string, CallBlock>()

  constructor(emit: Emit) {
    this.#emit = emit
  }

  /** All calls, with or without a name. */
  get callCount(): number {
    return this.#calls.size
  }

  /** Whether a call was sent. */
  hasCalls = false

  addText(kind: TextKind, text: string, logprobs: readonly unknown[] = []): void {
    const last = this.#waiting.at(-1) ?? this.#head
    const block: TextBlock = last !== null && last.kind === kind ? last : { kind, pieces: [] }
    block.pieces.push({ text, logprobs })
    if (block !== last) this.#waiting.push(block)
    this.#advance()
  }

  addCall(piece: CallPiece): void {
    const known = this.#calls.get(piece.key)
    if (known !== undefined) {
      known.unsent += piece.arguments
      known.end.add(piece.arguments)
      known.tool ??= piece.tool
    } else {
      const { key, id, tool, extra } = piece
      const block: CallBlock = {
        kind: 'call',
        key,
        id,
        tool,
        extra,
        unsent: piece.arguments,
        end: new JsonEnd(),
        isStarted: false,
      }
      block.end.add(piece.arguments)
      this.#calls.set(key, block)
      this.#waiting.push(block)
    }
    this.#advance()
  }

  /** Sends everything. */
  flush(): void {
    this.#send()
    for (const block of this.#waiting) this.#begin(block)
    this.#waiting = []
  }

  #advance(): void {
    this.#send()
    let begun = 0
    for (const block of this.#waiting) {
      if (!isComplete(this.#head)) break
      this.#begin(block)
      begun += 1
    }
    if (begun > 0) this.#waiting = this.#waiting.slice(begun)
  }

  #begin(block: TextBlock | CallBlock): void {
    this.#finish()
    this.#head = block
    this.#send()
  }

  /** Sends the available part of the first block. */
  #send(): void {
    const head = this.#head
    if (head === null) return
    if (head.kind !== 'call') {
      const { kind, pieces } = head
      head.pieces = []
      for (const { text, logprobs } of pieces)
        this.#emit(
          kind === 'text'
            ? { type: kind, text, logprobs }
            : kind === 'refusal'
              ? { type: kind, text }
              : { type: kind, text, isNew: false },
        )
      return
    }
    if (head.tool === null) return
    if (!head.isStarted) {
      head.isStarted = true
      this.hasCalls = true
      this.#emit({ type: 'call', id: head.id, tool: head.tool, extra: head.extra })
    }
    // The text of a custom tool is within JSON, which can be read only when complete.
    if (head.tool.isCustom || head.unsent === '') return
    const { unsent } = head
    head.unsent = ''
    this.#emit({ type: 'arguments', text: unsent })
  }

  /** Sends the rest of the first block. */
  finishHead(): void {
    this.#finish()
    this.#head = null
  }

  #finish(): void {
    const head = this.#head
    if (head?.kind !== 'call' || head.tool?.isCustom !== true) return
    const { unsent } = head
    head.unsent = ''
    this.#emit({ type: 'arguments', text: customInput(unsent) })
  }
}

function isComplete(block: TextBlock | CallBlock | null): boolean {
  if (block?.kind !== 'call') return true
  return block.isStarted && block.end.isReached
}

/** The text of a custom tool, from the arguments of its stand-in, a function with one text. */
function customInput(given: string): string {
  const input = fieldOf(parseJson(given), 'input')
  if (typeof input === 'string') return input
  return input === undefined ? given : (jsonText(input) ?? given)
}
