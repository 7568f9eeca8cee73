import { useFilters } from '../data/use-filters.js'
import { ConsumerList } from '../parts/consumer-list.js'
import { FilterText } from '../parts/filter-fields.js'
import { BarLegend } from '../parts/limit-bar.js'
import { EmptyNotice } from '../parts/notices.js'
import { consumersFilters } from '../show/page-filters.js'
import { useLanguage } from '../texts/language-provider.js'
import { code } from '../texts/tags.js'

/** All consumers that may be seen, by name. */
export function ConsumersPage() {
  const { t } = useLanguage()
  const [{ search, plan }, change] = useFilters(consumersFilters)
  const isFiltered = search.trim() !== '' || plan.trim() !== ''
  return (
    <>
      <div className="title-row">
        <h1>{t('shell.consumers')}</h1>
        <p className="title-note">{t('consumers.note')}</p>
      </div>
      <div className="section-row">
        <div className="filter">
          <FilterText name={t('common.name')} value={search} onChange={text => change({ search: text })} />
          <FilterText name={t('common.plan')} value={plan} onChange={text => change({ plan: text })} />
        </div>
        <BarLegend />
      </div>
      <ConsumerList
        filter={{
          ...(search.trim() !== '' && { search: search.trim() }),
          ...(plan.trim() !== '' && { plan: plan.trim() }),
        }}
        empty={
          isFiltered ? (
            <EmptyNotice title={t('consumers.noMatch')}>{t('overview.changeFilter')}</EmptyNotice>
          ) : (
            <EmptyNotice title={t('consumers.noneYet')}>
              {t.rich('consumers.noneYetHint', { code })}
            </EmptyNotice>
          )
        }
      />
    </>
  )
}
