import type { Command } from 'commander'
import { connect } from '../api/connect.js'
import { type ExitCode, exitCodes, Failure } from '../failure.js'
import { positiveNumber } from '../input/whole-number.js'
import { action, type Runner } from '../run-command.js'
import type { Session } from '../session.js'
import { stripControls } from '../terminal/text-width.js'

interface Options {
  readonly maxOutput?: number
}

/** Longer than the two minutes that the API gives the gateway. */
const timeoutMs = 130_000

/** `quotakeeper call`: one call through the gateway, to try keys and limits. */
export function addCall(program: Command, runner: Runner): void {
  program
    .command('call')
    .description('make one call through the gateway: routed, counted and charged like any other')
    .argument('<model>', 'a model; groq_1/NAME for one key, groq/NAME for one vendor')
    .argument('[prompt]', 'what to say', 'Say hello.')
    .option('--max-output <tokens>', 'longest answer in tokens, up to 4096 (default: 256)', positiveNumber)
    .addHelpText(
      'after',
      '\nPrints the answer; the id of the request goes to standard error. Exits 1 if the call is refused.\n\nExamples:\n  quotakeeper call llama-3.1-8b-instant\n  quotakeeper call groq_1/llama-3.1-8b-instant "Name three rivers." --max-output 100',
    )
    .action(action<[string, string, Options]>(runner, call))
}

async function call(
  session: Session,
  model: string,
  prompt: string,
  { maxOutput }: Options,
): Promise<ExitCode> {
  const { api, signal, terminal, wantsJson } = session
  const answer = await connect(api, signal, timeoutMs).gateway.chat.mutate({
    ...{ model, prompt },
    ...(maxOutput === undefined ? {} : { maxOutputTokens: maxOutput }),
  })
  const { text, refusal, requestId, httpStatus } = answer
  if (wantsJson) {
    terminal.json(answer)
    return text === null ? exitCodes.failed : exitCodes.done
  }
  const trace = requestId === null ? '' : `"quotakeeper explain ${requestId}" shows how it was routed`
  if (text === null) {
    const why = stripControls(refusal ?? 'the gateway gives no reason').replace(/\.$/, '')
    const remedy = `${trace}${trace === '' ? '' : '; '}"quotakeeper status" shows what is left`
    throw new Failure(`refused with ${httpStatus}: ${why}: ${remedy}`, exitCodes.failed)
  }
  terminal.print(text.split(/\r?\n/).map(line => line.split('\t').map(stripControls).join('\t')))
  if (trace !== '') terminal.note(trace)
  return exitCodes.done
}
