import type { ToolName } from '../conversation/conversation.js'
import { JsonEnd } from '../json/json-end.js'
import { jsonText, parseJson } from '../json/json-text.js'
import { fieldOf, type JsonObject } from '../json/json-value.js'
import type { AnswerDelta } from './answer-delta.js'

export type TextKind = 'text' | 'refusal' | 'reasoning'

/** A piece of a called function, as vendors stream them. */
export interface CallPiece {
  /** What tells the calls of one answer apart. */
  readonly key: string
  readonly id: string
  /** Empty in pieces after the first, as a rule. */
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
  /** What has not left of them. Those that have are not kept: cutting them off each time would cost the square. */
  unsent: string
  readonly end: JsonEnd
  isStarted: boolean
}

/** Takes what leaves the queue. */
export type Emit = (delta: AnswerDelta) => void

/**
 * Brings blocks that a vendor streams side by side (parallel calls) one behind the other, as Messages wants them. The
 * first leaves as it comes; those behind it wait until it is complete: a call when its arguments are whole JSON, a text
 * when another block begins.
 */
export class BlockQueue {
  readonly #emit: Emit
  #head: TextBlock | CallBlock | null = null
  #waiting: (TextBlock | CallBlock)[] = []
  readonly #calls = new Map<string, CallBlock>()

  constructor(emit: Emit) {
    this.#emit = emit
  }

  /** Calls that were named, and others. */
  get callCount(): number {
    return this.#calls.size
  }

  /** Whether a call has left. */
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

  /** Lets everything go. */
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

  /** Sends what there is of the head. */
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
    // The text of a custom tool stands within JSON: it can be read when it is whole.
    if (head.tool.isCustom || head.unsent === '') return
    const { unsent } = head
    head.unsent = ''
    this.#emit({ type: 'arguments', text: unsent })
  }

  /** What remains to be sent when the head is left behind. */
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

/** The text of a custom tool, of the arguments with which its stand-in, a function with one text, was called. */
function customInput(given: string): string {
  const input = fieldOf(parseJson(given), 'input')
  if (typeof input === 'string') return input
  return input === undefined ? given : (jsonText(input) ?? given)
}
