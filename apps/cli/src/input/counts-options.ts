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
    .option('--requests <number>', 'calls to the vendor (default: 1)', wholeNumber)
    .option('--characters <number>', 'characters of prompt and answer (default: 0)', wholeNumber)
    .option('--input-tokens <number>', 'input tokens, cached ones included (default: 0)', wholeNumber)
    .option('--output-tokens <number>', 'output tokens (default: 0)', wholeNumber)
    .option(
      '--cached-input-tokens <number>',
      'input tokens that the vendor read from its cache (default: 0)',
      wholeNumber,
    )
    .option('--cost <dollars>', 'cost in dollars, such as 0.25 (default: 0)', costOption)
    .option('--audio-seconds <number>', 'seconds of transcribed audio (default: 0)', wholeNumber)
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
