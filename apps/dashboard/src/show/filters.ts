import { isCleanText, longestText } from '@quotakeeper/quota-core/rules'

/** A filter of a page, as a parameter of its address. */
export interface Filter<Value extends string = string> {
  /** The value without the parameter. */
  readonly usual: Value
  readonly accepts: (text: string) => text is Value
}

/** The filters of a page, by the names of their parameters. */
export type Filters = Readonly<Record<string, Filter>>

export type FilterValues<Named extends Filters> = {
  readonly [Name in keyof Named]: Named[Name]['usual']
}

/** A free text; `''` for all. */
export function textFilter(): Filter {
  return {
    usual: '',
    accepts: (text): text is string => text.length <= longestText && isCleanText(text),
  }
}

/** One of some words. */
export function choiceFilter<Choice extends string>(
  choices: readonly Choice[],
  usual: Choice,
): Filter<Choice> {
  return { usual, accepts: (text): text is Choice => choices.some(choice => choice === text) }
}

/** A day of this century, `YYYY-MM-DD`; `''` for the page's own. */
export function dayFilter(): Filter {
  return { usual: '', accepts: isDay }
}

/** Whether a text is a day of this century that the calendar has. */
export function isDay(text: string): text is string {
  if (!/^20\d\d-\d\d-\d\d$/.test(text)) return false
  const atMs = Date.parse(text)
  return !Number.isNaN(atMs) && new Date(atMs).toISOString().startsWith(text)
}

/** Reads the filters of an address. Of a parameter that is given twice, the first counts; a wrong value counts as none. */
export function readFilters<Named extends Filters>(filters: Named, search: string): FilterValues<Named> {
  const given = new URLSearchParams(search)
  const values = Object.entries(filters).map(([name, { usual, accepts }]) => {
    const text = given.get(name)
    return [name, text !== null && accepts(text) ? text : usual]
  })
  return Object.fromEntries(values) as FilterValues<Named>
}

/** The address's search with some filters changed, `?` included; parameters of others stay, wrong and usual values go. */
export function writeFilters<Named extends Filters>(
  filters: Named,
  search: string,
  changed: Partial<FilterValues<Named>>,
): string {
  const given = new URLSearchParams(search)
  const values: Readonly<Record<string, string>> = { ...readFilters(filters, search), ...changed }
  for (const [name, { usual }] of Object.entries(filters)) {
    const value = values[name] ?? usual
    if (value === usual) given.delete(name)
    else given.set(name, value)
  }
  const text = given.toString()
  return text === '' ? '' : `?${text}`
}
