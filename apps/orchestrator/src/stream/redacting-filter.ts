import type { StreamDialect, TextPiece } from '../doors/stream-dialect.js'
import type { KeyRedactor } from '../vendor/redact-key.js'
import type { EventFrame } from './event-frames.js'

/** Held back while a text may still become a key; beyond it all leaves. */
const maxHeldBytes = 65_536
/** Texts side by side that are followed: answers, and functions that they call. */
const maxChannels = 1_000

interface HeldFrame {
  readonly frame: EventFrame
  readonly pieces: readonly TextPiece[]
  isRewritten: boolean
}

/**
 * Takes keys out of a stream. One within an event is taken out of its bytes; one that is cut in pieces over several
 * events is looked for in the texts that the client joins: while a text ends in what may be the start of a key, its
 * events are held back. All else leaves as it came, byte for byte and at once.
 */
export class RedactingFilter {
  readonly #redactor: KeyRedactor
  readonly #dialect: StreamDialect
  /** The last letters that have left of each text. */
  readonly #sent = new Map<string, string>()
  #held: HeldFrame[] = []
  #heldBytes = 0

  constructor(redactor: KeyRedactor, dialect: StreamDialect) {
    this.#redactor = redactor
    this.#dialect = dialect
  }

  /** @returns what may leave now */
  take(frame: EventFrame): readonly Buffer[] {
    if (this.#redactor.isEmpty) return [frame.bytes]
    const pieces = frame.events.flatMap(({ parsed }) => this.#dialect.textsOf(parsed))
    if (pieces.length === 0 && this.#held.length === 0) return [this.#redactor.redact(frame.bytes)]
    this.#held.push({ frame, pieces, isRewritten: false })
    this.#heldBytes += frame.bytes.length
    const channels = new Set(pieces.map(({ channel }) => channel))
    for (const channel of channels) this.#rewrite(channel)
    return this.#mayGoOn(frame) ? [] : this.end()
  }

  /** @returns what was still held back */
  end(): readonly Buffer[] {
    const held = this.#held
    this.#held = []
    this.#heldBytes = 0
    for (const { pieces } of held) for (const { channel, text } of pieces) this.#note(channel, text)
    return held.map(({ frame, isRewritten }) =>
      this.#redactor.redact(isRewritten ? bytesOf(frame) : frame.bytes),
    )
  }

  /** Whether a text that is held ends in the start of a key, and may still go on. */
  #mayGoOn({ events }: EventFrame): boolean {
    if (this.#heldBytes > maxHeldBytes) return false
    const isAtEnd = events.some(
      ({ text, parsed }) =>
        text.startsWith(this.#dialect.endMark) ||
        this.#dialect.progressOf(parsed).some(({ isFinished }) => isFinished),
    )
    if (isAtEnd) return false
    const channels = new Set(this.#held.flatMap(({ pieces }) => pieces.map(({ channel }) => channel)))
    return [...channels].some(
      channel => this.#redactor.scan.startAtEnd(this.#bytesOfChannel(channel)) !== null,
    )
  }

  /** Takes a key that has come in pieces out of the events that hold them. */
  #rewrite(channel: string): void {
    const pieces = this.#held.flatMap(held =>
      held.pieces.filter(piece => piece.channel === channel).map(piece => ({ held, piece })),
    )
    // What is within one event is found in its bytes.
    if (pieces.length === 1 && !this.#sent.has(channel)) return
    const { matches } = this.#redactor.scan.scan(this.#bytesOfChannel(channel))
    if (matches.length === 0) return
    let start = this.#sent.get(channel)?.length ?? 0
    for (const { held, piece } of pieces) {
      const end = start + piece.text.length
      const cut = matches.filter(match => match.start < end && match.end > start)
      if (cut.length > 0) {
        held.isRewritten = true
        piece.replace(withoutRanges(piece.text, cut, start))
      }
      start = end
    }
  }

  /** Letter by letter, as a scan takes it. */
  #bytesOfChannel(channel: string): Buffer {
    const held = this.#held.flatMap(({ pieces }) =>
      pieces.filter(piece => piece.channel === channel).map(({ text }) => text),
    )
    return Buffer.from((this.#sent.get(channel) ?? '') + held.join(''), 'latin1')
  }

  #note(channel: string, text: string): void {
    if (this.#sent.size >= maxChannels && !this.#sent.has(channel)) this.#sent.clear()
    const sent = (this.#sent.get(channel) ?? '') + text
    this.#sent.set(channel, sent.slice(-this.#redactor.scan.maxLength))
  }
}

/** An event that is written anew; its name and id are left out. */
function bytesOf({ events }: EventFrame): Buffer {
  return Buffer.from(events.map(({ parsed }) => `data: ${JSON.stringify(parsed)}\n\n`).join(''))
}

/** A piece of a text without what ranges of the whole cover; `[key]` stands where one begins. */
function withoutRanges(
  piece: string,
  ranges: readonly { readonly start: number; readonly end: number }[],
  offset: number,
): string {
  let rest = ''
  let position = 0
  for (const { start, end } of ranges) {
    const from = Math.max(start - offset, position)
    const until = Math.min(end - offset, piece.length)
    if (until <= position) continue
    rest += piece.slice(position, from) + (start >= offset ? '[key]' : '')
    position = until
  }
  return rest + piece.slice(position)
}
