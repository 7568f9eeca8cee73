import type { Command } from 'commander'
import { costOption, wholeNumber } from './whole-number.js'

/** Options of a call's usage. */
export interface CountsOptions {
  readonly requests?: number
  readonly characters?: number
  readonly inputTokens?: number
  readonly outputTokens?: number
  readonly cachedInputTokens?: number
  /** In micro-dollars. */
  readonly cost?: number
  readonly audioSeconds?: number
}

/** Adds these options. */
export function withCounts(command: Command): Command {
  return command
    .option('--requests <number>', 'default: 1', wholeNumber)
    .option('--characters <number>', 'default: 0, like the following', wholeNumber)
    .option('--input-tokens <number>', 'including cached ones', wholeNumber)
    .option('--output-tokens <number>', '', wholeNumber)
    .option('--cached-input-tokens <number>', 'of the input', wholeNumber)
    .option('--cost <dollars>', 'such as 0.25', costOption)
    .option('--audio-seconds <number>', 'of sound that is transcribed', wholeNumber)
}

/** The counts for the API: only given ones, so that its defaults apply. */
export function countsOf(options: CountsOptions): {
  readonly requestCount?: number
  readonly characterCount?: number
  readonly inputTokenCount?: number
  readonly outputTokenCount?: number
  readonly cachedInputTokenCount?: number
  readonly costMicroUsd?: number
  readonly audioSecondCount?: number
} {
  const { requests, characters, inputTokens, outputTokens, cachedInputTokens, cost, audioSeconds } = options
  return {
    ...(requests === undefined ? {} : { requestCount: requests }),
    ...(characters === undefined ? {} : { characterCount: characters }),
    ...(inputTokens === undefined ? {} : { inputTokenCount: inputTokens }),
    ...(outputTokens === undefined ? {} : { outputTokenCount: outputTokens }),
    ...(cachedInputTokens === undefined ? {} : { cachedInputTokenCount: cachedInputTokens }),
    ...(cost === undefined ? {} : { costMicroUsd: cost }),
    ...(audioSeconds === undefined ? {} : { audioSecondCount: audioSeconds }),
  }
}
