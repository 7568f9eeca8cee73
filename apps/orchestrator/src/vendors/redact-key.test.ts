import fc from 'fast-check'
import { expect, test } from 'vitest'
import { KeyRedactor } from './redact-key.js'

const key = 'gsk_Zq3+/9aB-7xYt_LmNoP0rStU.vWx'
const others = ['AIzaSyA1234567890bcdefghijklmnopqrstuv', 'hf_QwErTyUiOpAsDfGhJkLz']
const redactor = new KeyRedactor([...others, key, 'short'])

const ofEach = (write: (letter: string) => string) => (text: string) => [...text].map(write).join('')
const hexOf = (letter: string): string => letter.charCodeAt(0).toString(16).padStart(2, '0')
const base64 = (text: string): string => Buffer.from(text).toString('base64')
const wrapped = (text: string, end: string): string => (text.match(/.{1,64}/g) ?? []).join(end)

const writings: readonly (readonly [string, (key: string) => string])[] = [
  ['as it is', text => text],
  ['in JSON, every letter', ofEach(letter => `\\u00${hexOf(letter)}`)],
  ['in JSON, in capitals', ofEach(letter => `\\u00${hexOf(letter).toUpperCase()}`)],
  [
    'in JSON, one letter',
    text => text.replace('Z', '\\u005a').replace('A', '\\u0041').replace('Q', '\\u0051'),
  ],
  ['in JSON of PHP', text => text.replaceAll('/', '\\/')],
  ['in JSON within JSON', ofEach(letter => `\\\\u00${hexOf(letter)}`)],
  ['in a literal of JavaScript', ofEach(letter => `\\x${hexOf(letter)}`)],
  ['in a URL', encodeURIComponent],
  ['in a URL, every letter', ofEach(letter => `%${hexOf(letter)}`)],
  ['in a URL within a URL', ofEach(letter => `%25${hexOf(letter).toUpperCase()}`)],
  ['in HTML, decimal', ofEach(letter => `&#${letter.charCodeAt(0)};`)],
  ['in HTML, hexadecimal', ofEach(letter => `&#x${hexOf(letter)};`)],
  ['in HTML within HTML', ofEach(letter => `&amp;#${letter.charCodeAt(0)};`)],
  [
    'in JSON that holds a URL',
    text => ofEach(letter => `%${hexOf(letter)}`)(text).replaceAll('%', '\\u0025'),
  ],
  ['torn by letters without a width', ofEach(letter => `${letter}\u200b`)],
  ['torn by such letters in JSON', ofEach(letter => `${letter}\\u200b\\ufeff`)],
  ['in hexadecimal', text => Buffer.from(text).toString('hex')],
  ['in hexadecimal capitals', text => Buffer.from(text).toString('hex').toUpperCase()],
  ['in base64', base64],
  ['in base64 for URLs', text => Buffer.from(text).toString('base64url')],
  ['in base64 of a header', text => base64(`Bearer ${text}`)],
  ['in base64 of a login', text => base64(`me:${text}`)],
  ['in base64 of a body', text => base64(JSON.stringify({ authorization: text, more: 'x' }))],
  ['in base64 within JSON of PHP', text => base64(`u:${text}`).replaceAll('/', '\\/')],
  ['in base64 within a URL', text => encodeURIComponent(base64(`us:${text}`))],
  ['in lines of base64', text => wrapped(base64(`${'padding '.repeat(5)}${text}${text}`), '\n')],
  ['in lines of base64 within JSON', text => wrapped(base64(`${'padding '.repeat(5)}${text}`), '\\r\\n')],
]

/** Decodes common encodings repeatedly. */
function undone(text: string): string {
  let all = text
  let latest = text
  for (let round = 0; round < 4; round++) {
    latest = latest
      .replaceAll(/\\+(?:u00|x)([0-9a-f]{2})/gi, (_, code) => String.fromCharCode(Number.parseInt(code, 16)))
      .replaceAll(/%([0-9a-f]{2})/gi, (_, code) => String.fromCharCode(Number.parseInt(code, 16)))
      .replaceAll(/&#x([0-9a-f]+);/gi, (_, code) => String.fromCharCode(Number.parseInt(code, 16)))
      .replaceAll(/&#(\d+);/g, (_, code) => String.fromCharCode(Number(code)))
      .replaceAll('&amp;', '&')
      .replaceAll('\\/', '/')
      .replaceAll(/\u200b|\\u200b|\\ufeff/g, '')
    all += `\n${latest}`
    for (const [run] of latest.replaceAll(/\\[rn]|\s/g, '').matchAll(/[A-Za-z0-9+/_-]{8,}/g)) {
      for (const shift of [0, 1, 2, 3])
        all += `\n${Buffer.from(run.slice(shift), 'base64').toString('latin1')}`
      all += `\n${Buffer.from(run, 'hex').toString('latin1')}`
    }
  }
  return all
}

test.each(writings)('a key %s does not leave, and what is around it does', (_, write) => {
  for (const secret of [key, ...others]) {
    const text = `{"before":"é😀 100% \\"x\\"","message":"${write(secret)}","after":[1,2]}`
    expect(undone(text)).toContain(secret)
    const left = redactor.redact(Buffer.from(text)).toString('utf8')
    expect(undone(left)).not.toContain(secret)
    expect(undone(left)).not.toContain(secret.slice(4, -4))
    expect(left).toContain('[key]')
    expect(left.startsWith('{"before":"é😀 100% \\"x\\"","message":"')).toBe(true)
    expect(left.endsWith('","after":[1,2]}')).toBe(true)
  }
})

test('a key with characters that JSON escapes is redacted', () => {
  for (const odd of ['a"b\\c%41d&e<f>g', '%41%42%43%44%45', "k'e'y;w/ith\\u0041"]) {
    const own = new KeyRedactor([odd])
    for (const text of [
      odd,
      JSON.stringify(odd),
      JSON.stringify(JSON.stringify(odd)),
      encodeURIComponent(odd),
    ])
      expect(own.redact(Buffer.from(`x${text}y`)).toString()).toContain('[key]')
  }
})

test('a text without a key is returned as the same buffer', () => {
  const texts = [
    '',
    'gsk_',
    key.slice(0, -1),
    JSON.stringify({ content: `a\n"b"\t\\ 50% of &amp; <p>${key.slice(1)}` }),
    '{"a":"\\u0041\\u00e9\\u4e2d %20 &#65; \\/"}',
    '\ufeff{"x":1}',
  ]
  for (const text of texts) {
    const bytes = Buffer.from(text)
    expect(redactor.redact(bytes)).toBe(bytes)
  }
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 300 }), array => {
      const bytes = Buffer.from(array)
      expect(redactor.redact(bytes)).toBe(bytes)
    }),
  )
})

test('every occurrence of a key is found, also next to others', () => {
  fc.assert(
    fc.property(fc.array(fc.oneof(fc.string(), fc.constantFrom(key, ...others)), { maxLength: 8 }), parts => {
      const left = redactor.redact(Buffer.from(parts.join('|'))).toString('utf8')
      for (const secret of [key, ...others]) expect(left).not.toContain(secret)
      const count = parts.filter(part => part === key || others.includes(part)).length
      expect(left.split('[key]').length - 1).toBe(count)
    }),
  )
})

test('a key of less than eight characters is redacted where it stands alone: in errors, and in answers if it is not a word', () => {
  const text = Buffer.from('short: a shortcut, "short"')
  expect(redactor.redact(text)).toBe(text)
  expect(redactor.redactComplaint(text).toString()).toBe('[key]: a shortcut, "[key]"')
  const odd = new KeyRedactor(['key-a', 'ollama', 'a-b'])
  expect(odd.redact(Buffer.from('"key-a", key-ab, ollama, a-b')).toString()).toBe(
    '"[key]", key-ab, ollama, a-b',
  )
  expect(redactor.redactText(`no such key: ${key}`)).toBe('no such key: [key]')
})

test('without keys nothing is searched', () => {
  const text = Buffer.from('"\\u0041"')
  expect(new KeyRedactor([]).redact(text)).toBe(text)
  expect(new KeyRedactor(['']).redactComplaint(text)).toBe(text)
})

test('no text takes quadratic time', () => {
  for (const unit of ['\\', '%', '&#', '&amp;', '\\u00', '\n', 'A', 'gsk_Zq3+', '\u200b']) {
    const bytes = Buffer.from(unit.repeat(2_000_000 / unit.length))
    expect(redactor.redactComplaint(bytes)).toBe(bytes)
  }
})
