import type { ToolNames } from '../conversation/tool-names.js'

/** What readers of answers need to know. */
export interface ReadOptions {
  /** The vendor's name in the configuration, by which its own fields are given back to it. */
  readonly vendor: string
  /** The tools of the request, by their flat names. */
  readonly toolNames: ToolNames
  /** What ids that a vendor leaves out are made of. */
  readonly idBase: string
  /** So much of an answer is translated. */
  readonly maxCharacters: number
  readonly maxCalls: number
}
