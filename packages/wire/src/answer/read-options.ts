import type { ToolNames } from '../conversation/tool-names.js'

/** Options of answer readers. */
export interface ReadOptions {
  /** The vendor's name in the configuration; its carried fields are returned only to it. */
  readonly vendor: string
  /** The tools of the request, by their flat names. */
  readonly toolNames: ToolNames
  /** Base of ids that the vendor omits. */
  readonly idBase: string
  /** Most characters of an answer that are translated. */
  readonly maxCharacters: number
  readonly maxCalls: number
}
