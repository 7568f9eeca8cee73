import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, test } from 'vitest'
import { StartupError } from '../lifecycle/startup-error.js'
import { readDotenv } from './dotenv.js'

const folder = mkdtempSync(join(tmpdir(), 'quotakeeper-dotenv-'))
afterAll(() => rmSync(folder, { recursive: true }))

function read(text: string | Buffer) {
  const path = join(folder, '.env')
  writeFileSync(path, text)
  return readDotenv(path)
}

test('variables are read with comments, quotes, values of several lines and Windows line ends', () => {
  const text =
    '# keys\r\n\r\nGROQ_API_KEY=gsk_1 # mine\r\nexport HF_TOKEN = "hf 2"\r\nEMPTY=\r\nPEM=\'one\n=two\nthree\' # end\nLAST=`a"b`'
  expect(read(text)).toEqual({
    GROQ_API_KEY: 'gsk_1',
    HF_TOKEN: 'hf 2',
    EMPTY: '',
    PEM: 'one\n=two\nthree',
    LAST: 'a"b',
  })
  expect(read('')).toEqual({})
})

test('every line with a fault is named with its remedy, never its content', () => {
  const text =
    'GOOD=1\nGROQ_API_KEY gsk_secret\n  \ngsk-secret key=gsk_secret\n=gsk_secret\nOPEN="gsk_secret\nLAST=1'
  const attempt = () => read(text)
  expect(attempt).toThrow(StartupError)
  expect(attempt).toThrow(
    /:2: must be NAME=value; begin a comment with #\n.*:4: what precedes = .*\n.*:5: what/,
  )
  expect(attempt).toThrow(/:6: the quote before the value is not closed: close it, or remove it$/)
  expect(attempt).not.toThrow(/gsk/)
})

test('a byte-order mark is not part of the first name', () => {
  expect(read('\uFEFFQUOTA_API_PORT=4001\n')).toEqual({ QUOTA_API_PORT: '4001' })
})

test.each([
  ['a # within a value', 'URL=postgres://user:a#b@host/db', 'the value would end at its #: put it in quotes'],
  ['a # at its beginning', 'TOKEN=#secret', 'the value would end at its #'],
  ['text after the closing quote', 'TOKEN="secret"more', 'a comment alone may follow the closing quote'],
  ['an escaped quote', 'TOKEN="sec\\"ret"', 'a comment alone may follow the closing quote'],
  ['an apostrophe in single quotes', "TOKEN='secret # it's'", 'a comment alone may follow'],
  ['text after a value of several lines', 'PEM="one\ntwo" secret', 'a comment alone may follow'],
  ['a tab after export', 'export\tTOKEN=secret', 'what precedes = must be the name of a variable'],
])('what Node.js would leave out is refused: %s', (_, text, fault) => {
  expect(() => read(`A=1 #\n${text}\nB=2`)).toThrow(`${join(folder, '.env')}:2: ${fault}`)
  expect(() => read(text)).not.toThrow(/secret|postgres/)
})

test('a # that cannot be mistaken is accepted', () => {
  expect(read('A="b#c" # d\nE= # f\nG=h i #j#k\nL=\'#\'')).toEqual({ A: 'b#c', E: '', G: 'h i', L: '#' })
})

test('another encoding than UTF-8 is refused, and not read with other characters', () => {
  for (const bytes of [Buffer.from('A=café', 'latin1'), Buffer.from('\uFEFFA=1', 'utf16le')])
    expect(() => read(bytes)).toThrow(/is not UTF-8 text: save it in that encoding$/)
})

test('a file that cannot be read or is too large is refused with the reason and the remedy', () => {
  expect(() => readDotenv(folder)).toThrow(
    /cannot be read \(EISDIR\): make it a file that the user of this process may read, or remove it$/,
  )
  expect(() => read('#'.repeat(1_048_577))).toThrow(
    /is larger than 1048576 bytes: it must hold settings alone$/,
  )
})
