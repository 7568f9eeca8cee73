import { useFilters } from '../data/use-filters.js'
import { ConsumerList } from '../parts/consumer-list.js'
import { FilterText } from '../parts/filter-fields.js'
import { BarLegend } from '../parts/limit-bar.js'
import { EmptyNotice } from '../parts/notices.js'
import { consumersFilters } from '../show/page-filters.js'

/** All consumers that may be seen, by name. */
export function ConsumersPage() {
  const [{ search, plan }, change] = useFilters(consumersFilters)
  const isFiltered = search.trim() !== '' || plan.trim() !== ''
  return (
    <>
      <div className="title-row">
        <h1>Consumers</h1>
        <p className="title-note">Teams, applications and tenants that make calls.</p>
      </div>
      <div className="section-row">
        <div className="filter">
          <FilterText name="Name" value={search} onChange={text => change({ search: text })} />
          <FilterText name="Plan" value={plan} onChange={text => change({ plan: text })} />
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
            <EmptyNotice title="No consumer matches.">Change the filter above.</EmptyNotice>
          ) : (
            <EmptyNotice title="There are no consumers yet.">
              Add them to <code>quotakeeper.config.yaml</code>, or by{' '}
              <code>qk consumers set acme requests/month=1000</code>. Calls name them in the header{' '}
              <code>x-quotakeeper-consumer</code>.
            </EmptyNotice>
          )
        }
      />
    </>
  )
}
