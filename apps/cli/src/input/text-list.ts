/** Collects an option that may be given several times. */
export function collect(value: string, before: readonly string[] | undefined): readonly string[] {
  return [...(before ?? []), value]
}

/** The texts of a list that is separated by commas, without empty ones. */
export function textsIn(list: string): string[] {
  return list
    .split(',')
    .map(text => text.trim())
    .filter(text => text !== '')
}
