import { Link } from 'wouter'
import type { Outputs } from '../data/api.js'
import { useNow } from '../data/use-now.js'
import { exactTime } from '../show/instants.js'
import type { Language } from '../texts/language.js'
import { useLanguage } from '../texts/language-provider.js'
import { LedgerTable } from './ledger-table.js'

type Trace = Outputs['requests']['get']

/** What became of a request: what was tried, skipped and spent. */
export function RequestSteps({ trace }: { readonly trace: Trace }) {
  const nowMs = useNow()
  const language = useLanguage()
  const { t, amount, clockTime, endingWords, reasonText } = language
  const { model, attempts, skipped, ledger, count } = trace
  const back = (instant: string): string => clockTime(instant, nowMs)
  return (
    <>
      <p className="lead">{sentenceOf(language, trace)}</p>
      {count > 1 && <p>{t('requests.represents', { count: amount(count) })}</p>}
      <section aria-labelledby="tried">
        <h2 id="tried">{t('requests.tried')}</h2>
        {attempts.length === 0 ? (
          <p className="quiet">{t('requests.noVendorCalled')}</p>
        ) : (
          <ol className="steps">
            {attempts.map((attempt, index) => (
              <li key={index}>
                {t.rich(
                  attempt.model === model || attempt.model === '' ? 'requests.attempt' : 'requests.attemptAs',
                  {
                    name: attempt.providerName,
                    provider: () => <ProviderLink name={attempt.providerName} />,
                    model: attempt.model,
                    ending:
                      attempt.httpStatus === null
                        ? endingWords(attempt.ending)
                        : t('requests.endingStatus', {
                            ending: endingWords(attempt.ending),
                            status: String(attempt.httpStatus),
                          }),
                  },
                )}
              </li>
            ))}
          </ol>
        )}
      </section>
      <section aria-labelledby="skipped">
        <h2 id="skipped">{t('requests.skipped')}</h2>
        {skipped.length === 0 ? (
          <p className="quiet">{t('requests.noKeySkipped')}</p>
        ) : (
          <ul className="steps">
            {skipped.map(skip => (
              <li key={`${skip.providerName}/${skip.model}`}>
                {t.rich('requests.skip', {
                  name: skip.providerName,
                  provider: () => <ProviderLink name={skip.providerName} />,
                  reasons: skip.reasons.map(reason => reasonText(reason, back)).join(t('formats.semicolon')),
                })}
              </li>
            ))}
          </ul>
        )}
      </section>
      <section aria-labelledby="charged">
        <h2 id="charged">{t('requests.charged')}</h2>
        {ledger.length === 0 ? (
          <p className="quiet">{t('requests.nothingCharged')}</p>
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

function sentenceOf(
  { t, lengthOf }: Language,
  { at, providerName, outcome, durationMs, waitedMs, strategy, isStream }: Trace,
): string {
  return t(`requests.${outcome}`, {
    kind: isStream ? 'stream' : 'call',
    at: exactTime(at),
    name: providerName,
    duration: t('formats.milliseconds', { count: String(durationMs) }),
    waited: waitedMs === 0 ? '' : t('requests.waited', { length: lengthOf(waitedMs) }),
    strategy,
  })
}
