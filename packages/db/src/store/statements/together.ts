import type { Statement } from '../../database/database.js'
import { placeForCondition } from './rows.js'

/** The statements of each combination as one, by the names of its parts. There are a few dozen at most. */
const combinations = new Map<string, { readonly name: string; readonly text: string }>()

/**
 * Writes to different rows as one statement: a list of WITH queries, each of which PostgreSQL carries out
 * once and whole. Each statement less spares some 0.1 ms of a lone call. Their order is not defined, so
 * none may depend on another.
 */
export function together(statements: readonly Statement[]): readonly Statement[] {
  if (statements.length < 2) return statements
  const key = statements.map(statement => statement.name).join('+')
  const known = combinations.get(key) ?? combine(statements, combinations.size)
  combinations.set(key, known)
  return [{ values: statements.flatMap(statement => statement.values), ...known }]
}

/**
 * The same, none of them carried out unless `condition` finds that it `holds`; its row is the answer. Statements
 * of {@link overRows} alone.
 */
export function onlyIf(condition: Statement, statements: readonly Statement[]): Statement {
  const parts = [condition, ...statements]
  const key = parts.map(statement => statement.name).join('+')
  const known = combinations.get(key) ?? combineIf(condition, statements, combinations.size)
  combinations.set(key, known)
  return { values: parts.flatMap(statement => statement.values), ...known }
}

function combineIf(
  condition: Statement,
  statements: readonly Statement[],
  number: number,
): { name: string; text: string } {
  const conditional = statements.map(statement => {
    if (!statement.text.includes(placeForCondition))
      throw new Error(`${statement.name} cannot be made conditional`)
    const text = statement.text.replaceAll(placeForCondition, 'where (select holds from condition)')
    return { ...statement, text }
  })
  // Asked for by all, and so materialized: it is found out once, before anything else.
  const parts = [
    `condition as materialized (${condition.text})`,
    ...shifted(conditional, condition.values.length),
  ]
  return { name: `writes-if-${number}`, text: `with ${parts.join(',\n')} select * from condition` }
}

/** Names are short, since PostgreSQL tells prepared statements apart by 63 characters. */
function combine(statements: readonly Statement[], number: number): { name: string; text: string } {
  return { name: `writes-${number}`, text: `with ${shifted(statements, 0).join(',\n')} select` }
}

/** The statements as parts of one, their parameters counted on from those before. */
function shifted(statements: readonly Statement[], parametersBefore: number): readonly string[] {
  let before = parametersBefore
  return statements.map(({ text, values }, index) => {
    const part = text.replaceAll(/\$(\d+)/g, (_, position) => `$${Number(position) + before}`)
    before += values.length
    return `part_${index} as (${part})`
  })
}
