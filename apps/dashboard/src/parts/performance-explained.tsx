import { useLanguage } from '../texts/language-provider.js'

/** What the columns of figures mean. */
export function PerformanceExplained() {
  const { t } = useLanguage()
  return (
    <details className="figures">
      <summary>{t('performance.meaning')}</summary>
      <dl className="explained">
        <dt>{t('shell.calls')}</dt>
        <dd>{t('performance.callsMeaning')}</dd>
        <dt>{t('performance.endings')}</dt>
        <dd>{t('performance.endingsMeaning')}</dd>
        <dt>{t('performance.notCalled')}</dt>
        <dd>{t('performance.notCalledMeaning')}</dd>
        <dt>{t('performance.percentiles')}</dt>
        <dd>{t('performance.percentilesMeaning')}</dd>
      </dl>
    </details>
  )
}
