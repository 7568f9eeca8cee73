import type { StreamDialect, TextPiece } from '../../endpoints/stream-dialect.js'
import { type Match, minStartBytes } from '../pattern-scan.js'
import type { KeyRedactor } from '../redact-key.js'
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
  /** The last letters that have left of each text: fewer than a key is suspected by, or it would have been held. */
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
    if (this.#held.length === 0 && pieces.every(piece => this.#isPlain(piece))) {
      for (const { channel, text } of pieces) this.#note(channel, text)
      return [this.#redactor.redact(frame.bytes)]
    }
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
      this.#redactor.redact(isRewritten ? this.#bytesOf(frame) : frame.bytes),
    )
  }

  /** Whether a piece ends no key that was begun, and begins none. */
  #isPlain({ channel, text }: TextPiece): boolean {
    const { scan } = this.#redactor
    const sent = this.#sent.get(channel) ?? ''
    const bytes = Buffer.from(sent + text, 'latin1')
    if (scan.startAtEnd(bytes) !== null) return false
    return !scan.scan(bytes).matches.some(({ start }) => start < sent.length)
  }

  /** Whether a text that is held ends in the start of a key, and may still go on. */
  #mayGoOn({ events }: EventFrame): boolean {
    if (this.#heldBytes > maxHeldBytes) return false
    const { endMark } = this.#dialect
    const isAtEnd = events.some(
      ({ text, parsed }) =>
        (endMark !== null && text.startsWith(endMark)) ||
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
    let offset = this.#sent.get(channel)?.length ?? 0
    const marked = new Set<Match>()
    for (const { held, piece } of pieces) {
      const cut = matches.filter(({ start, end }) => start < offset + piece.text.length && end > offset)
      if (cut.length > 0) {
        held.isRewritten = true
        piece.replace(withoutMatches(piece.text, cut, { offset, marked }))
      }
      offset += piece.text.length
    }
  }

  /** Letter by letter, as a scan takes it. */
  /** An event that is written anew; its name and id are left out. */
  #bytesOf({ events }: EventFrame): Buffer {
    return Buffer.from(events.map(({ parsed }) => this.#dialect.write(parsed)).join(''))
  }

  #bytesOfChannel(channel: string): Buffer {
    const held = this.#held.flatMap(({ pieces }) =>
      pieces.filter(piece => piece.channel === channel).map(({ text }) => text),
    )
    return Buffer.from((this.#sent.get(channel) ?? '') + held.join(''), 'latin1')
  }

  #note(channel: string, text: string): void {
    if (this.#sent.size >= maxChannels && !this.#sent.has(channel)) this.#sent.clear()
    const sent = (this.#sent.get(channel) ?? '') + text
    this.#sent.set(channel, sent.slice(1 - minStartBytes))
  }
}
/** A piece of a text without what matches in the whole cover; `[key]` stands once for each, where it begins. */
function withoutMatches(
  piece: string,
  matches: readonly Match[],
  { offset, marked }: { readonly offset: number; readonly marked: Set<Match> },
): string {
  let rest = ''
  let position = 0
  for (const match of matches) {
    rest += piece.slice(position, Math.max(match.start - offset, position))
    if (!marked.has(match)) rest += '[key]'
    marked.add(match)
    position = Math.min(Math.max(match.end - offset, position), piece.length)
  }
  return rest + piece.slice(position)
}
