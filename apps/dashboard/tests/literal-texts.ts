import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { parseSync } from 'oxc-parser'

/** A node of the syntax tree. */
interface Node {
  readonly type: string
  readonly start: number
  readonly [field: string]: unknown
}

/** A file of the page. */
export interface Source {
  readonly path: string
  readonly text: string
}

/** The sources of the page, without its tests and its catalogs of texts. */
export function pageSources(folder: string): readonly Source[] {
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter(path => /(?<!\.test)\.tsx?$/.test(path) && !/^texts\/(?:en|zh-Hans)\//.test(path))
    .map(path => ({ path, text: readFileSync(join(folder, path), 'utf8') }))
}

/** Attributes of elements that people read or hear; others name things for the browser. */
const readAttributes =
  /^(?:aria-(?:label|description|roledescription|valuetext)|title|placeholder|alt|label)$/
/** Attributes of components that people do not read; others may be shown. */
const unreadProps = /^(?:\w*[cC]lassName|href|id|key|path|lang|aria-current|by|field|unit)$/

/** Two words, or one that begins as a sentence does. */
const sentence = /\p{L}{2,}[,;:]?\s+\p{L}{2,}|^\p{Lu}\p{Ll}+$/u

/** Names that are the same in every language: of this product, and of programming languages. */
const names = /\b(?:Quotakeeper|Python|TypeScript)\b/g

/**
 * Finds texts for people that are written in a source instead of taken from a catalog: in JSX any with a letter,
 * elsewhere what reads as a sentence or a heading. Returns `line: text` of each.
 */
export function literalTexts({ path, text }: Source): readonly string[] {
  const found: string[] = []
  const visit = ({ node, isShown }: Seen): void => {
    for (const words of wordsOf(node)) {
      const form = isShown ? /\p{L}/u : sentence
      if (!form.test(words.replace(names, ''))) continue
      found.push(`${text.slice(0, node.start).split('\n').length}: ${words}`)
    }
    for (const child of childrenOf(node, isShown)) visit(child)
  }
  visit({ node: programOf({ path, text }), isShown: false })
  return found
}

/** A node, and whether what it yields is shown as it is. */
interface Seen {
  readonly node: Node
  readonly isShown: boolean
}

function childrenOf(node: Node, isShown: boolean): readonly Seen[] {
  const seen = (value: unknown, shown: boolean): readonly Seen[] =>
    nodesIn(value).map(each => ({ node: each, isShown: shown }))
  switch (node.type) {
    case 'ImportDeclaration':
      return []
    case 'JSXElement':
      return [...attributesOf(node['openingElement'] as Node), ...seen(node['children'], true)]
    case 'JSXFragment':
      return seen(node['children'], true)
    case 'TemplateLiteral':
    case 'JSXExpressionContainer':
    case 'TSAsExpression':
      return [...seen(node['expressions'], isShown), ...seen(node['expression'], isShown)]
    // What is shown is one of the branches, not what decides on it.
    case 'ConditionalExpression':
      return [...seen(node['test'], false), ...seen([node['consequent'], node['alternate']], isShown)]
    case 'LogicalExpression':
      return [...seen(node['left'], isShown && node['operator'] !== '&&'), ...seen(node['right'], isShown)]
    default:
      return node.type.startsWith('TS') ? [] : Object.values(node).flatMap(child => seen(child, false))
  }
}

/** What is to be seen in the attributes of an element or a component. */
function attributesOf({ name: tag, attributes }: Node): readonly Seen[] {
  const isElement = /^[a-z]/.test((tag as { readonly name?: string }).name ?? '')
  return nodesIn(attributes).flatMap((attribute): readonly Seen[] => {
    const { name } = (attribute['name'] ?? {}) as { readonly name?: string }
    if (name === undefined) return nodesIn(attribute['argument']).map(node => ({ node, isShown: false }))
    const isShown = isElement ? readAttributes.test(name) : !unreadProps.test(name)
    const isCode = name === 'className' || attribute['value'] === null
    return nodesIn(attribute['value']).flatMap(node =>
      isShown || !(isCode || node.type === 'Literal') ? [{ node, isShown }] : [],
    )
  })
}

/** The words that a node itself holds. */
function wordsOf(node: Node): readonly string[] {
  const { type, value } = node
  if (type === 'JSXText' || (type === 'Literal' && typeof value === 'string')) return [String(value).trim()]
  return type === 'TemplateLiteral' ? piecesOf(node).map(piece => piece.trim()) : []
}

/** The keys that a source asks for; a part that varies is `*`, as in `codes.states.*`. */
export function keysIn(source: Source): readonly string[] {
  const keys: string[] = []
  const visit = (node: Node): void => {
    if (node.type === 'Literal' && typeof node['value'] === 'string') keys.push(node['value'])
    if (node.type === 'TemplateLiteral') keys.push(piecesOf(node).join('*'))
    for (const child of Object.values(node)) for (const each of nodesIn(child)) visit(each)
  }
  visit(programOf(source))
  return keys
}

function programOf({ path, text }: Source): Node {
  return parseSync(path, text).program as unknown as Node
}

/** The fixed pieces of a template. */
function piecesOf(template: Node): readonly string[] {
  return nodesIn(template['quasis']).map(quasi => (quasi['value'] as { readonly cooked: string }).cooked)
}

function nodesIn(value: unknown): readonly Node[] {
  if (Array.isArray(value)) return value.flatMap(nodesIn)
  return typeof value === 'object' && value !== null && 'type' in value ? [value as Node] : []
}
