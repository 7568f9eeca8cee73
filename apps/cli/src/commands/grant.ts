import type { Command } from 'commander'
import { everyRow } from '../api/every-page.js'
import { refusal } from '../api/to-failure.js'
import { usageFailure } from '../failure.js'
import { instantAhead } from '../input/instant-ahead.js'
import { microDollars } from '../input/whole-number.js'
import { noSuchLimit } from '../input/without-limits.js'
import { action, type Runner } from '../run-command.js'
import type { Session } from '../session.js'
import { amountOf } from '../terminal/numbers.js'
import { stripControls } from '../terminal/text-width.js'

interface Options {
  readonly until: string
}

/** `quotakeeper grant`: adds to a limit until an instant. */
export function addGrant(program: Command, runner: Runner): void {
  program
    .command('grant')
    .description(
      'add to a limit until an instant; audited, and also where the configuration file manages the limit',
    )
    .argument('<subject>', 'a provider, or KIND/NAME, such as pool/groq-org or consumer/acme')
    .argument('<limit>', 'the id of the limit')
    .argument('<amount>', 'units to add; dollars for cost')
    .requiredOption(
      '--until <instant>',
      'when it ends: 2026-11-30T18:00Z, or after a time such as 90m, 6h or 3d',
    )
    .addHelpText(
      'after',
      "\nExamples:\n  quotakeeper grant groq_1 requests/month 20 --until 6h\n  quotakeeper grant pool/groq-org cost/month '$5' --until 2026-11-30T18:00:00Z",
    )
    .action(action<[string, string, string, Options]>(runner, grant))
}

async function grant(
  { client, terminal, wantsJson, clock }: Session,
  subjectText: string,
  limitId: string,
  amountText: string,
  { until }: Options,
): Promise<void> {
  const time = clock()
  const asked = subjectOf(subjectText)
  const untilInstant = instantAhead(until, time.nowMs)
  const metric = await metricOf(client, asked, limitId)
  const amount = amountIn(metric, amountText)
  const answer = await client.quota.grant.mutate({ subject: asked, limitId, amount, until: untilInstant })
  if (wantsJson) return terminal.json(answer)
  const { subject, max, grants } = answer
  const active = grants.map(
    ({ amount: added, until: end }) => `${amountOf(metric, added)} until ${time.long(end)}`,
  )
  terminal.print(
    stripControls(
      `${subject.name}: ${limitId} allows ${amountOf(metric, max)} now, with ${active.join(', ')}`,
    ),
  )
}

/** What the limit measures, by which its amount is read. @throws Failure if there is no such limit */
async function metricOf(
  client: Session['client'],
  { kind, name }: Subject,
  limitId: string,
): Promise<string> {
  const limits = await limitsOf(client, { kind, name })
  const limit = limits.find(({ id }) => id === limitId)
  if (limit === undefined) throw noSuchLimit(limits, limitId, name)
  return limit.metric
}

async function limitsOf(
  client: Session['client'],
  { kind, name }: Subject,
): Promise<readonly { readonly id: string; readonly metric: string }[]> {
  switch (kind) {
    case 'provider': {
      const { limits, learnedLimits } = await client.providers.get.query({ name })
      return [...limits, ...learnedLimits]
    }
    case 'consumer': {
      const { limits, planLimits } = await client.consumers.get.query({ name })
      return [...limits, ...planLimits]
    }
    case 'pool': {
      const pools = await everyRow(page => client.pools.list.query(page))
      const found = pools.find(pool => pool.name === name)
      if (found !== undefined) return [...found.limits, ...found.learnedLimits]
      throw refusal({
        ...{ code: 'NOT_FOUND', quotaCode: 'UNKNOWN_POOL' },
        message: `unknown pool "${name}"`,
      })
    }
  }
}

/** @throws Failure if it is no amount of the metric */
function amountIn(metric: string, text: string): number {
  const plain = text.replaceAll('_', '')
  const amount = metric === 'cost' ? microDollars(plain) : /^\d+$/.test(plain) ? Number(plain) : null
  if (amount !== null && amount > 0 && Number.isSafeInteger(amount)) return amount
  const kind = metric === 'cost' ? 'dollars such as $5' : 'a whole number from 1'
  throw usageFailure(`amount "${text}": write ${kind}`)
}

interface Subject {
  readonly kind: 'pool' | 'provider' | 'consumer'
  readonly name: string
}

/** `groq_1`, `pool/groq-org`. */
function subjectOf(text: string): Subject {
  const at = text.indexOf('/')
  if (at < 0) return { kind: 'provider', name: text }
  const kind = text.slice(0, at)
  if (kind !== 'pool' && kind !== 'provider' && kind !== 'consumer')
    throw usageFailure(`subject "${text}": write the name of a provider, pool/NAME or consumer/NAME`)
  return { kind, name: text.slice(at + 1) }
}
