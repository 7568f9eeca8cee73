import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'
import { texts } from '../src/texts/en/index.js'
import { keysIn, literalTexts, pageSources } from './literal-texts.js'

const sources = pageSources(fileURLToPath(new URL('../src', import.meta.url)))

/** Files whose texts stand in no catalog, and why. */
const exceptions: Readonly<Record<string, string>> = {
  'show/first-call.ts': 'code to be copied',
  'main.tsx': 'shown when no catalog could be loaded',
}

/** What reads as a text, but is none. */
const noTexts: readonly string[] = [
  // An address, commands, style, part of a key, and a script of BCP 47.
  ...['https://api.example.com/v1', 'qk usage summary --group-by consumer,model --days'],
  'qk performance --by',
  ...['(prefers-color-scheme: dark)', '12px system-ui', 'Remedy', 'Hans'],
  // For programmers.
  'no LanguageProvider',
]

test('every text of the page is from a catalog', () => {
  const found = sources
    .filter(({ path }) => !(path in exceptions))
    .flatMap(source => literalTexts(source).map(text => `${source.path}:${text}`))
    .filter(text => !noTexts.some(none => text.endsWith(`: ${none}`)))
  expect(sources.length).toBeGreaterThan(50)
  expect(found).toEqual([])
})

const sample = `
import { Loading } from './some where.js'
const places = [['/', 'Overview']]
const word = isOff ? 'no key has room' : t('standing.off')
export function Page({ what, isBusy }) {
  return (
    <main className="two words" aria-label="Pages" aria-labelledby="title of it" data-x="a b">
      <h1>Quotakeeper</h1>
      <p title={isBusy ? 'Busy' : undefined}>Keys: {count === 'all' ? \`all \${count}\` : t('keys.title')} …</p>
      <Loading what="usage" className="wide one" />
      <img alt="" /> / {isBusy && 'Working'} {t(isBusy ? 'common.working' : 'common.close')} ✓
    </main>
  )
}`

test('a text in JSX, in an attribute that is read, or in a list is found; classes, keys and codes are not', () => {
  expect(literalTexts({ path: 'page.tsx', text: sample })).toEqual([
    '3: Overview',
    '4: no key has room',
    '7: Pages',
    '9: Busy',
    '9: Keys:',
    '9: all',
    '10: usage',
    '11: Working',
  ])
})

interface Tree {
  readonly [key: string]: string | Tree
}

function keysOf(tree: Tree, path = ''): readonly string[] {
  return Object.entries(tree).flatMap(([key, value]) =>
    typeof value === 'string' ? [`${path}${key}`] : keysOf(value, `${path}${key}.`),
  )
}

test('every text of the catalogs is used', () => {
  const asked = new Set(sources.flatMap(keysIn))
  const patterns = [...asked]
    .filter(key => /^\w+\.[\w.]*\*\w*$/.test(key))
    .map(key => new RegExp(`^${key.replaceAll('.', '\\.').replace('*', '[\\w-]+')}$`))
  const unused = keysOf(texts).filter(key => !asked.has(key) && !patterns.some(form => form.test(key)))
  expect(unused).toEqual([])
})
