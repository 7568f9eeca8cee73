import type { StreamDialect, TextPiece } from '../../endpoints/stream-dialect.js'
import { type Match, minStartBytes } from '../pattern-scan.js'
import type { KeyRedactor } from '../redact-key.js'
import type { EventFrame } from './event-frames.js'

/** Most bytes held back while a text may become a key. */
const maxHeldBytes = 65_536
/** Most parallel texts: choices and their function calls. */
const maxChannels = 1_000

interface ChannelTexts {
  readonly channel: string
  readonly texts: readonly string[]
}

interface HeldFrame {
  readonly frame: EventFrame
  readonly pieces: readonly TextPiece[]
  isRewritten: boolean
}

/**
 * Redacts keys in a stream. A key within an event is redacted in its bytes. A key split over several events is searched
 * in the texts that the client concatenates: while a text ends with a possible start of a key, its events are held
 * back. Everything else passes unchanged and immediately.
 */
export class RedactingFilter {
  readonly #redactor: KeyRedactor
  readonly #dialect: StreamDialect
  /** The last sent characters of each text, fewer than a recognisable start of a key. */
  readonly #sent = new Map<string, string>()
  #held: HeldFrame[] = []
  #heldBytes = 0

  constructor(redactor: KeyRedactor, dialect: StreamDialect) {
    this.#redactor = redactor
    this.#dialect = dialect
  }

  /** @returns the bytes to send now */
  take(frame: EventFrame): readonly Buffer[] {
    if (this.#redactor.isEmpty) return [frame.bytes]
    const pieces = frame.events.flatMap(({ parsed }) => this.#dialect.textsOf(parsed))
    if (this.#held.length === 0 && byChannel(pieces).every(of => this.#isPlain(of))) {
      for (const { channel, text } of pieces) this.#note(channel, text)
      return [this.#redactor.redact(frame.bytes)]
    }
    this.#held.push({ frame, pieces, isRewritten: false })
    this.#heldBytes += frame.bytes.length
    const channels = new Set(pieces.map(({ channel }) => channel))
    for (const channel of channels) this.#rewrite(channel)
    return this.#mayGoOn(frame) ? [] : this.end()
  }

  /** @returns the bytes still held back */
  end(): readonly Buffer[] {
    const held = this.#held
    this.#held = []
    this.#heldBytes = 0
    for (const { pieces } of held) for (const { channel, text } of pieces) this.#note(channel, text)
    return held.map(({ frame, isRewritten }) =>
      this.#redactor.redact(isRewritten ? this.#bytesOf(frame) : frame.bytes),
    )
  }

  /** Whether a text neither completes nor starts a key. */
  #isPlain({ channel, texts }: ChannelTexts): boolean {
    const { scan } = this.#redactor
    const sent = this.#sent.get(channel) ?? ''
    const bytes = Buffer.from(sent + texts.join(''), 'latin1')
    if (scan.startAtEnd(bytes) !== null) return false
    // A key within one text is found in the bytes of its event.
    return !scan.scan(bytes).matches.some(({ start }) => texts.length > 1 || start < sent.length)
  }

  /** Whether a held text ends with the start of a key and may continue. */
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

  /** Redacts a split key in its events. */
  #rewrite(channel: string): void {
    const pieces = this.#held.flatMap(held =>
      held.pieces.filter(piece => piece.channel === channel).map(piece => ({ held, piece })),
    )
    // A key within one event is found in its bytes.
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

  /** The bytes of a rewritten event, without its name and id. */
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

/** The texts that one event adds to each channel. */
function byChannel(pieces: readonly TextPiece[]): readonly ChannelTexts[] {
  const texts = new Map<string, string[]>()
  for (const { channel, text } of pieces) {
    const before = texts.get(channel)
    if (before === undefined) texts.set(channel, [text])
    else before.push(text)
  }
  return [...texts].map(([channel, of]) => ({ channel, texts: of }))
}

/** A part of a text without the parts covered by matches; `[key]` is inserted once per match, at its start. */
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
