import { randomInt } from 'node:crypto'

const defaultLoadSeconds = 6
const maxLoadSeconds = 3_600

/** How long the load of each scenario lasts: `FIRE_SECONDS`, 6 s unless given, an hour at most. */
export const loadMs: number =
  wholeNumber('FIRE_SECONDS', { least: 2, most: maxLoadSeconds, otherwise: defaultLoadSeconds }) * 1_000

/** What all choices of a run follow from: `FIRE_SEED`, or a new one. Printed by the runner. */
export const seed: number = wholeNumber('FIRE_SEED', {
  least: 0,
  most: 2 ** 32 - 1,
  otherwise: randomInt(2 ** 32 - 1),
})

function wholeNumber(
  name: string,
  range: { readonly least: number; readonly most: number; readonly otherwise: number },
): number {
  const text = process.env[name]
  if (text === undefined || text === '') return range.otherwise
  const value = Number(text)
  if (Number.isInteger(value) && value >= range.least && value <= range.most) return value
  throw new Error(`${name} must be a whole number from ${range.least} to ${range.most}, not "${text}"`)
}
