import { textsIn } from './text-list.js'
import { positiveNumber } from './whole-number.js'

/** `80,90,100`. @throws Failure for anything else */
export function percents(list: string): readonly number[] {
  return textsIn(list).map(positiveNumber)
}
