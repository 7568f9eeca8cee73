import { reasonText } from '@quotakeeper/quota-core/rules'
import { Link } from 'wouter'
import type { Outputs } from '../data/api.js'
import { useNow } from '../data/use-now.js'
import { amount } from '../show/amounts.js'
import { clockTime, exactTime, lengthOf } from '../show/instants.js'
import { LedgerTable } from './ledger-table.js'

type Trace = Outputs['requests']['get']

/** What became of a request: what was tried, skipped and spent. */
export function RequestSteps({ trace }: { readonly trace: Trace }) {
  const nowMs = useNow()
  const { model, attempts, skipped, ledger, count } = trace
  const back = (instant: string): string => clockTime(instant, nowMs)
  return (
    <>
      <p className="lead">{sentenceOf(trace)}</p>
      {count > 1 && (
        <p>This trace represents {amount(count)} requests with the same outcome within a minute.</p>
      )}
      <section aria-labelledby="tried">
        <h2 id="tried">Tried</h2>
        {attempts.length === 0 ? (
          <p className="quiet">No vendor was called.</p>
        ) : (
          <ol className="steps">
            {attempts.map((attempt, index) => (
              <li key={index}>
                <ProviderLink name={attempt.providerName} />
                {attempt.model !== model && attempt.model !== '' && <> as {attempt.model}</>}:{' '}
                {attempt.ending}
                {attempt.httpStatus !== null && <> (HTTP {attempt.httpStatus})</>}
              </li>
            ))}
          </ol>
        )}
      </section>
      <section aria-labelledby="skipped">
        <h2 id="skipped">Skipped</h2>
        {skipped.length === 0 ? (
          <p className="quiet">No key was skipped.</p>
        ) : (
          <ul className="steps">
            {skipped.map(skip => (
              <li key={`${skip.providerName}/${skip.model}`}>
                <ProviderLink name={skip.providerName} />:{' '}
                {skip.reasons.map(reason => reasonText(reason, back)).join('; ')}
              </li>
            ))}
          </ul>
        )}
      </section>
      <section aria-labelledby="spent">
        <h2 id="spent">Spent</h2>
        {ledger.length === 0 ? (
          <p className="quiet">Nothing was charged.</p>
        ) : (
          <LedgerTable rows={ledger} withProvider />
        )}
      </section>
    </>
  )
}

function ProviderLink({ name }: { readonly name: string }) {
  return <Link href={`/providers/${encodeURIComponent(name)}`}>{name}</Link>
}

function sentenceOf({ at, providerName, outcome, durationMs, waitedMs, strategy, isStream }: Trace): string {
  const served =
    outcome === 'answered'
      ? `was served by ${providerName}`
      : outcome === 'aborted'
        ? 'was aborted by the client'
        : 'was refused'
  const waited = waitedMs === 0 ? '' : `, including a wait of ${lengthOf(waitedMs)} for quota`
  const kind = isStream ? 'A stream, it' : 'It'
  return `${kind} arrived at ${exactTime(at)} and ${served} after ${durationMs} ms${waited}. Keys were ordered by ${strategy}.`
}
