import { describe, expect, it } from 'vitest'
import {
  chunk,
  fullChatAnswer,
  fullChatStream,
  optionsFor,
  streamed,
  whole,
} from '../../tests/vendor-forms.js'
import { StreamTranslator } from '../index.js'

const ways = (['chat', 'responses', 'messages'] as const).flatMap(from =>
  (['chat', 'responses', 'messages'] as const).map(to => [from, to] as const),
)

/** The answer and the stream of a vendor of each dialect. */
const answerOf = (from: 'chat' | 'responses' | 'messages') =>
  from === 'chat' ? fullChatAnswer : whole(fullChatAnswer, optionsFor('chat', from))
const streamOf = (from: 'chat' | 'responses' | 'messages') =>
  from === 'chat' ? fullChatStream : streamed(fullChatStream, optionsFor('chat', from))

describe.each(ways)('from %s to %s', (from, to) => {
  it('a streamed answer can be returned whole, and a whole answer streamed', () => {
    const fromStream = new StreamTranslator(optionsFor(from, to))
    for (const event of streamOf(from)) fromStream.push(event)
    fromStream.end(true)
    const fromWhole = new StreamTranslator(optionsFor(from, to))
    const events = fromWhole.pushWhole(answerOf(from))
    expect(fromStream.answer).toEqual(fromWhole.answer)
    expect(fromWhole.answer).toMatchObject({ ok: true })
    expect(events.length).toBeGreaterThan(4)
    expect([
      ...fromWhole.push(chunk({ content: 'x' })),
      ...fromWhole.end(),
      ...fromWhole.pushWhole({}),
    ]).toEqual([])
  })

  it('there is no answer before the end of a stream, or without one', () => {
    const translator = new StreamTranslator(optionsFor(from, to))
    translator.push(streamOf(from)[0])
    expect(translator.answer).toMatchObject({ ok: false, error: { code: 'stream_cut' } })
    const none = new StreamTranslator(optionsFor(from, to))
    none.pushWhole({ html: 'x' })
    expect(none.answer).toMatchObject({ ok: false, error: { code: 'no_answer' } })
  })
})
