import { vendorNames } from '../known-vendors.js'

/** Why a line has no key that can be used. */
export type SkipCode =
  | 'text_too_long'
  | 'too_many_keys'
  | 'no_key_line'
  | 'unknown_variable'
  | 'unknown_vendor'
  | 'empty_key'
  | 'invalid_key'
  | 'invalid_json'
  | 'no_list'
  | 'no_object'

/** A line without a key that can be used, and why. Contains no part of the line's value. */
export interface SkippedLine {
  readonly line: number
  readonly code: SkipCode
  /** What the reason names: a bound, a variable or a vendor; `''` for nothing. */
  readonly named: string
  /** The reason in English. */
  readonly reason: string
}

export function skippedLine(line: number, code: SkipCode, named = ''): SkippedLine {
  return { line, code, named, reason: reasonOf(code, named) }
}

function reasonOf(code: SkipCode, named: string): string {
  switch (code) {
    case 'text_too_long':
      return `longer than ${named} characters`
    case 'too_many_keys':
      return `more than ${named} keys`
    case 'no_key_line':
      return 'is neither NAME=KEY nor platform,key,label'
    case 'unknown_variable':
      return `${named} is no variable of a known vendor`
    case 'unknown_vendor':
      return `"${named}" is no known vendor; known are ${vendorNames.join(', ')}`
    case 'empty_key':
      return `the key of ${named} is empty`
    case 'invalid_key':
      return `the key of ${named} is shorter than 4 characters, or has others than a key`
    case 'invalid_json':
      return 'begins as JSON, but is not valid'
    case 'no_list':
      return 'is no list of keys'
    case 'no_object':
      return 'is no object with platform and key'
  }
}
