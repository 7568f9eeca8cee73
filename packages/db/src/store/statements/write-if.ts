import type { Statement } from '../../database/database.js'
import { placeForCondition } from './rows.js'

/** The statements of each combination as one, by the names of its parts. There are a few dozen at most. */
const combinations = new Map<string, { readonly name: string; readonly text: string }>()

/**
 * Writes to different rows as one statement: a list of WITH queries, each of which PostgreSQL carries out once and whole,
 * and none of them unless `condition` finds that it `holds`. Its row, with the revision of the write, is the answer.
 * Each statement less spares some 0.1 ms of a lone call. Their order is not defined, so none may depend on another.
 *
 * @param statements made by {@link overRows}
 */
export function writeIf(condition: Statement, statements: readonly Statement[]): Statement {
  const parts = [condition, ...statements]
  const key = parts.map(statement => statement.name).join('+')
  const known = combinations.get(key) ?? combine(condition, statements, combinations.size)
  combinations.set(key, known)
  return { values: parts.flatMap(statement => statement.values), ...known }
}

/** Names are short: PostgreSQL distinguishes prepared statements by 63 characters. */
function combine(
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
  // Referred to by all, and so materialized: it is evaluated once, before anything else.
  const parts = [
    `condition as materialized (${condition.text})`,
    ...shifted(conditional, condition.values.length),
  ]
  return {
    name: `writes-if-${condition.name}-${number}`,
    text: `with ${parts.join(',\n')} select * from condition`,
  }
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
