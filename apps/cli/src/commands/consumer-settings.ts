import type { Inputs, Outputs } from '../api/connect.js'
import { asRead, onLatest } from '../api/on-latest.js'
import { quotaCodeOf } from '../api/to-failure.js'
import { changedLimits, type LimitsOptions } from '../input/limits-options.js'
import { type SubjectOptions, subjectSettings } from '../input/subject-options.js'
import { textsIn } from '../input/text-list.js'
import type { Session } from '../session.js'
import { limitsText } from '../terminal/limits-text.js'
import { printAnswer } from '../terminal/print-answer.js'

type Consumer = Outputs['consumers']['get']
type ConsumerInput = Inputs['consumers']['upsert']

/** Options of `consumers set`; absent ones change nothing. */
export interface ConsumerOptions extends LimitsOptions, SubjectOptions {
  readonly parent?: string
  readonly plan?: string
  readonly models?: string
  readonly providers?: string
  readonly strict?: boolean
  readonly showCost?: boolean
}

/** `quotakeeper consumers set`: adds or changes a consumer. */
export async function setConsumer(
  session: Session,
  name: string,
  texts: readonly string[],
  options: ConsumerOptions,
): Promise<void> {
  const { client } = session
  const changesLimits = texts.length > 0 || options.removeLimit !== undefined
  const settings = { name, ...settingsIn(options) }
  const consumer = changesLimits
    ? await onLatest(async () => {
        const known = await consumerNamed(client, name)
        const limits = changedLimits(known?.limits ?? [], texts, options, name)
        return client.consumers.upsert.mutate({ ...settings, limits, ...asRead(known) })
      })
    : await client.consumers.upsert.mutate(settings)
  printAnswer(session, consumer, lineOf(consumer))
}

/** Undefined for a consumer that does not exist yet. */
async function consumerNamed(client: Session['client'], name: string): Promise<Consumer | undefined> {
  try {
    return await client.consumers.get.query({ name })
  } catch (error) {
    if (quotaCodeOf(error) === 'UNKNOWN_CONSUMER') return undefined
    throw error
  }
}

function settingsIn(options: ConsumerOptions): Omit<ConsumerInput, 'name' | 'limits'> {
  const { parent, plan, models, providers, strict, showCost } = options
  return {
    ...(parent === undefined ? {} : { parent: parent === 'none' ? null : parent }),
    ...(plan === undefined ? {} : { plan: plan === 'none' ? null : plan }),
    ...(models === undefined ? {} : { models: textsIn(models) }),
    ...(providers === undefined ? {} : { providers: providers === 'all' ? null : textsIn(providers) }),
    ...subjectSettings(options),
    ...(strict === undefined ? {} : { strict }),
    ...(showCost === undefined ? {} : { showCost }),
  }
}

function lineOf({ name, parent, plan, limits, planLimits }: Consumer): string {
  const under = parent === null ? '' : ` under ${parent}`
  const withPlan = plan === null ? '' : ` with plan ${plan}`
  const all = limitsText([...limits, ...planLimits], 'no limits of its own')
  return `${name}${under}${withPlan}: ${all}`
}
